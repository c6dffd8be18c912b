import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a process of the benchmark is started from TypeScript. */
export const NODE_OPTIONS = ['--import', 'tsx', '--conditions=@weir/source'];

/** What every function finds in its environment here. */
export const FUNCTION_VARIABLES = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

/** A metering proxy that runs, in a process of its own. */
export interface MeteringProxy {
  readonly endpoint: string;
  stop(): void;
}

/** @param upstream the engine's endpoint */
export async function startProxyProcess(upstream: string): Promise<MeteringProxy> {
  const child = fork(new URL('./metering/proxy-process.ts', import.meta.url), [upstream], {
    execArgv: NODE_OPTIONS,
  });
  const port = await messageOf<number>(child);
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => child.disconnect() };
}

/**
 * The next message of a child.
 *
 * @throws Error where it ends before
 */
export async function messageOf<Message>(child: ChildProcess): Promise<Message> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, 'exit', { signal }).then(([code, killedBy]) => {
    throw new Error(`a process of the benchmark ended with ${code ?? killedBy} before it answered`);
  });
  ended.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message as Message;
  } finally {
    answered.abort();
  }
}
