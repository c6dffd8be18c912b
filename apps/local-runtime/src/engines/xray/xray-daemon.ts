import { createSocket } from 'node:dgram';

export interface XrayDaemonOptions {
  /** 0 takes any free port. */
  readonly port: number;
  onSegment(segment: object): void;
}

export interface XrayDaemon {
  /** `host:port`, as `AWS_XRAY_DAEMON_ADDRESS` takes it. */
  readonly address: string;
  /** Datagrams that were no segment documents. */
  rejected(): number;
  close(): Promise<void>;
}

/** Functions send in bursts, and what finds no room is lost. The system may grant less. */
const receiveBufferBytes = 4 * 1024 * 1024;

/**
 * Receives segments over UDP: a line `{"format":"json","version":1}`, then the JSON document.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export async function startXrayDaemon(options: XrayDaemonOptions): Promise<XrayDaemon> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes });
  let rejected = 0;
  socket.on('message', (datagram) => {
    const segment = parseDatagram(datagram.toString('utf8'));
    if (segment === undefined) rejected += 1;
    else options.onSegment(segment);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port: options.port, address: '127.0.0.1' }, () => resolve());
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    rejected: () => rejected,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** The document of a datagram, or undefined when the datagram is something else. */
export function parseDatagram(text: string): object | undefined {
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return undefined;
  try {
    const header: unknown = JSON.parse(text.slice(0, lineEnd));
    if (typeof header !== 'object' || header === null || !('format' in header) || header.format !== 'json')
      return undefined;
    const document: unknown = JSON.parse(text.slice(lineEnd + 1));
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}
