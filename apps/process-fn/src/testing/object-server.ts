import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of S3 as PutObject needs, on a free port of the loopback interface. */
export interface ObjectServer {
  readonly url: string;
  /** Bodies by path, `/<bucket>/<key>` unescaped. */
  readonly objects: ReadonlyMap<string, string>;
  /** While true, every request is refused. */
  failing: boolean;
  close(): Promise<void>;
}

export async function startObjectServer(): Promise<ObjectServer> {
  const objects = new Map<string, string>();
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (!self.failing) objects.set(decodeURIComponent(request.url?.split('?')[0] ?? ''), body);
      response.writeHead(self.failing ? 500 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: ObjectServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    failing: false,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
  return self;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
