import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A call as it came from a function. */
export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface EngineAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Shorter than any server's patience with idle connections, so that none is used that is just being closed. */
const idleMsMax = 4_000;

/** Headers that are about one connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const connectionHeaders = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
];

/** Sends calls to an engine, unchanged but for what belongs to the connection. */
export class EngineCalls {
  private readonly engine: URL;
  private readonly agent: HttpAgent;

  constructor(engineUrl: string) {
    this.engine = new URL(engineUrl);
    const options = { keepAlive: true, timeout: idleMsMax };
    this.agent = this.engine.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  }

  /** @throws the system error when the engine cannot be reached or does not finish its answer. */
  send({ method, path, headers, body }: EngineRequest): Promise<EngineAnswer> {
    const { agent, engine } = this;
    const start = engine.protocol === 'https:' ? httpsRequest : httpRequest;
    const url = new URL(`${engine.pathname.replace(/\/$/, '')}${path}`, engine);
    return new Promise((resolve, reject) => {
      const outgoing = start(
        url,
        { method, agent, headers: { ...endToEnd(headers), 'content-length': body.byteLength } },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.once('error', reject);
          answer.once('end', () => {
            resolve({
              statusCode: answer.statusCode ?? 502,
              headers: endToEnd(answer.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !connectionHeaders.includes(name)));
}
