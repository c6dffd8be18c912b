import { Server } from 'node:net';
import { parseArgs } from 'node:util';

/**
 * The second Kinesis engine as a process of its own: kinesis-local (kinesis-mock), which keeps everything in memory and
 * writes it to a file every second. It ends when the runtime asks for it or is gone (the IPC channel closes).
 *
 * Arguments: `--port`, `--path` (folder of its file), `--certificate` (the file that its package brings).
 * https://github.com/etspaceman/kinesis-mock
 */
const persistIntervalMs = 1_000;

function main(): void {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, path: { type: 'string' }, certificate: { type: 'string' } },
  });
  const { port, path, certificate } = values;
  if (port === undefined || path === undefined || certificate === undefined) {
    process.stderr.write('The Kinesis engine needs --port, --path and --certificate.\n');
    process.exit(2);
  }
  Object.assign(process.env, {
    KINESIS_MOCK_PLAIN_PORT: port,
    // It insists on a second, encrypted server, which nobody uses.
    KINESIS_MOCK_TLS_PORT: '0',
    KINESIS_MOCK_CERT_PATH: certificate,
    SHOULD_PERSIST_DATA: 'true',
    PERSIST_PATH: path,
    PERSIST_INTERVAL: `${persistIntervalMs}ms`,
    SHARD_LIMIT: '1000',
    LOG_LEVEL: 'WARN',
    ...Object.fromEntries(
      ['CREATE_STREAM', 'DELETE_STREAM', 'MERGE_SHARDS', 'SPLIT_SHARD', 'UPDATE_SHARD_COUNT'].map(
        (action) => [`${action}_DURATION`, '1ms'],
      ),
    ),
  });
  listenOnLoopback();
  // Once more written down, then nothing is lost.
  const stop = (): void => {
    setTimeout(() => process.exit(0), 2 * persistIntervalMs);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('message', stop);
  process.on('disconnect', stop);
  import('kinesis-local').catch((error: unknown) => {
    process.stderr.write(`The Kinesis engine cannot run: ${String(error)}\n`);
    process.exit(1);
  });
}

/** kinesis-local would listen on every interface, and has no setting for it. */
function listenOnLoopback(): void {
  const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;
  Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
    const [target, ...rest] = args;
    if (typeof target === 'object' && target !== null && 'port' in target) {
      return listen.call(this, { ...target, host: '127.0.0.1' }, ...rest);
    }
    const callbacks = rest.filter((value) => typeof value === 'function');
    return listen.call(this, { port: Number(target), host: '127.0.0.1' }, ...callbacks);
  } as Server['listen'];
}

main();
