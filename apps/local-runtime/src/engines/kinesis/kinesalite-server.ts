import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parseArgs } from 'node:util';
import kinesalite from 'kinesalite';
import { endInterruptedUpdates } from './interrupted-updates.js';
import type { PutMessage } from './kinesis-message.js';
import { PutNotice } from './put-notice.js';

/**
 * The Kinesis engine as a process of its own: kinesalite with a LevelDB store. Every acknowledged record has been handed
 * to the operating system, so it outlives a SIGKILL of this process and of the runtime.
 *
 * Arguments: `--port`, `--path`. It tells the runtime when records are put. It ends when the runtime asks for it or is gone (the IPC channel closes).
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string' }, path: { type: 'string' } } });
  if (values.port === undefined || values.path === undefined) {
    process.stderr.write('The Kinesis engine needs --port and --path.\n');
    process.exit(2);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

  await endInterruptedUpdates(values.path);
  const server = kinesalite({
    path: values.path,
    ssl: false,
    createStreamMs: 0,
    deleteStreamMs: 0,
    updateStreamMs: 0,
    shardLimit: 1_000,
  });
  const [listener] = server.listeners('request') as RequestListener[];
  if (listener === undefined) throw new Error('kinesalite has no request listener.');
  server.removeAllListeners('request');
  const notice = new PutNotice(() => {
    const message: PutMessage = { kind: 'put' };
    if (process.connected) process.send?.(message, () => undefined);
  });
  server.on('request', (request, response) => {
    if (/\.PutRecords?$/.test(String(request.headers['x-amz-target']))) {
      response.once('finish', () => notice.put());
    }
    serve(listener, request, response);
  });
  // Above the idle time of SDK clients, so that none sends a request on a connection that is just being closed.
  server.keepAliveTimeout = 120_000;

  const stop = (): void => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    // The store is closed first; what remains are connections in the middle of a request.
    setTimeout(() => process.exit(0), 500).unref();
  };
  process.on('message', stop);
  process.on('disconnect', stop);
  server.listen({ port: Number(values.port), host: '127.0.0.1' });
}

/** kinesalite throws when a client goes away in the middle of a request, which would end the engine for everybody. */
function serve(listener: RequestListener, request: IncomingMessage, response: ServerResponse): void {
  listener(request, response);
  request.removeAllListeners('error');
  request.on('error', () => response.destroy());
}

main().catch((error: unknown) => {
  process.stderr.write(`The Kinesis engine cannot run: ${String(error)}\n`);
  process.exit(1);
});
