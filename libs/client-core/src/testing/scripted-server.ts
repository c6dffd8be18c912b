import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Inflated when it came as gzip. */
  body: string;
}

export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** Breaks the connection: before the answer, or in the middle of its body. */
  breakOff?: 'before' | 'within';
  /** Never answers. */
  silent?: boolean;
}

/** Answers in their order, the last one for ever; or what answers the request with this index, from 0. */
export type Script =
  | readonly ScriptedAnswer[]
  | ((request: SeenRequest, index: number) => ScriptedAnswer | Promise<ScriptedAnswer>);

/** A server on a free loopback port that answers by a script and keeps what it was asked. */
export interface ScriptedServer {
  url: string;
  seen: SeenRequest[];
  /** Resolves when `count` requests have come in. */
  reached(count: number): Promise<void>;
  close(): Promise<void>;
}

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): ScriptedAnswer {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const answerTo = (request: SeenRequest, index: number) =>
    typeof script === 'function' ? script(request, index) : script[Math.min(index, script.length - 1)];
  const server = createServer((request, response) => {
    void readRequest(request).then(async (read) => {
      const index = seen.push(read) - 1;
      waiting.filter(({ count }) => seen.length >= count).forEach(({ resolve }) => resolve());
      const answer = await answerTo(read, index);
      if (answer === undefined || answer.silent) return;
      if (answer.breakOff === 'before') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, answer.headers);
      if (answer.breakOff === 'within') response.write('{"half":', () => request.socket.destroy());
      else response.end(answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    reached: (count) =>
      seen.length >= count
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push({ count, resolve });
          }),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks);
  const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: body.toString(),
  };
}
