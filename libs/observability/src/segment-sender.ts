import type { SegmentDocument } from './segment-document.js';

/** Where segments go. */
export interface SegmentSenderOptions {
  /** `AWS_XRAY_DAEMON_ADDRESS`: `host:port`, or `tcp:host:port udp:host:port`. */
  readonly daemonAddress: string | undefined;
  /** Takes what no datagram can carry, as JSON texts: X-Ray's API. */
  readonly put: (documents: readonly string[]) => Promise<void>;
  /** Told why segments are lost. */
  readonly onTrouble: (error: Error) => void;
  /** How many bytes a datagram may have, where that is known to be less than the system says. */
  readonly datagramBytesMax?: number;
}

export interface SegmentSender {
  /**
   * Hands segments to the daemon. Resolves once they have left the process, or after a tenth of a second; what has to go to
   * the API instead is not waited for. Never rejects: a trace is not worth failing for.
   */
  send(documents: readonly SegmentDocument[]): Promise<void>;
}

const HEADER = '{"format":"json","version":1}\n';
/** What a UDP datagram can carry over IPv4. */
const DATAGRAM_BYTES_MAX = 65_507;
const WAIT_MS_MAX = 100;
const DEFAULT_ADDRESS = '127.0.0.1:2000';

/**
 * Sends over UDP, one segment a datagram, as the X-Ray daemon takes them.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export function createSegmentSender(options: SegmentSenderOptions): SegmentSender {
  const { put, onTrouble, datagramBytesMax = DATAGRAM_BYTES_MAX } = options;

  /** @returns the texts that are too large for a datagram */
  async function sendDatagrams(texts: readonly string[]): Promise<string[]> {
    const { host, port } = parseDaemonAddress(options.daemonAddress ?? DEFAULT_ADDRESS);
    const { createSocket } = await import('node:dgram');
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.on('error', onTrouble);
    const sendOne = (text: string): Promise<string[]> => {
      const datagram = Buffer.from(HEADER + text);
      if (datagram.length > datagramBytesMax) return Promise.resolve([text]);
      return new Promise((resolve) => {
        socket.send(datagram, port, host, (error) => {
          const tooLarge = (error as NodeJS.ErrnoException | null)?.code === 'EMSGSIZE';
          if (error !== null && !tooLarge) onTrouble(error);
          resolve(tooLarge ? [text] : []);
        });
      });
    };
    // One after the other, so that the daemon can empty its socket meanwhile.
    const tooLarge: string[] = [];
    for (const text of texts) tooLarge.push(...(await sendOne(text)));
    socket.close();
    return tooLarge;
  }

  async function deliver(texts: readonly string[]): Promise<void> {
    const tooLarge = await sendDatagrams(texts);
    if (tooLarge.length > 0) void put(tooLarge).catch(onTrouble);
  }

  return {
    async send(documents) {
      if (documents.length === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, WAIT_MS_MAX);
      });
      const texts = documents.map((document) => JSON.stringify(document));
      await Promise.race([deliver(texts).catch(onTrouble), patience]);
      clearTimeout(timer);
    },
  };
}

/**
 * The address for UDP in `AWS_XRAY_DAEMON_ADDRESS`.
 *
 * @throws Error naming the variable, when it has none
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-configuration.html#xray-sdk-nodejs-configuration-envvars
 */
export function parseDaemonAddress(text: string): { readonly host: string; readonly port: number } {
  const parts = text.trim().split(/\s+/);
  const address = parts.find((part) => part.startsWith('udp:'))?.slice('udp:'.length) ?? parts[0] ?? '';
  const match = /^\[?([^[\]]+)\]?:(\d{1,5})$/.exec(address);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || port < 1 || port > 65_535 || match[1].startsWith('tcp')) {
    throw new Error(
      `AWS_XRAY_DAEMON_ADDRESS must be host:port or tcp:host:port udp:host:port, not "${text}"`,
    );
  }
  return { host: match[1], port };
}
