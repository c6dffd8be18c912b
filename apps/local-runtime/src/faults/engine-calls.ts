import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A call as it came from a function. */
export interface EngineRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** The call, asking for an answer that can be read here: one that is not compressed. */
export function readable(request: EngineRequest): EngineRequest {
  const { 'accept-encoding': _, ...headers } = request.headers;
  return { ...request, headers };
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
              headers: {
                ...endToEnd(answer.headers),
                // Of what GET would answer, so it cannot be told from the body.
                ...(method === 'HEAD' ? { 'content-length': answer.headers['content-length'] } : {}),
              },
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

/** Reads a call as it is to be sent on; undefined when its caller went away before it had said what it wants. */
export async function readCall(incoming: IncomingMessage, path: string): Promise<EngineRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch {
    return undefined;
  }
  return {
    method: incoming.method ?? 'POST',
    path,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  };
}

export function sendAnswer(response: ServerResponse, { statusCode, headers, body }: EngineAnswer): void {
  const present = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  response.writeHead(statusCode, { 'content-length': body.byteLength, ...present }).end(body);
}

/** The caller sees ECONNRESET, and cannot tell whether the engine got the call. */
export function resetConnection(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}

/** Listens on a free port of the loopback interface, which it returns. */
export async function listenOnLoopback(server: Server): Promise<number> {
  // Above the idle time of SDK clients, so that none sends a request on a connection that is just being closed.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: 0, host: '127.0.0.1' }, () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
