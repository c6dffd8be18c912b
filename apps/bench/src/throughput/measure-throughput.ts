import { fork } from 'node:child_process';
import { FUNCTION_VARIABLES, NODE_OPTIONS, messageOf } from '../child-process.js';
import type { Turns } from './cpu-turns.js';
import type { FunctionOrder } from './function-process.js';
import type { IngestingTime } from './measure-ingesting.js';
import type { ProcessingTime } from './measure-processing.js';

export interface Throughput {
  readonly processing: readonly ProcessingTime[];
  readonly ingesting: readonly IngestingTime[];
}

/** Each function in a process of its own, one after the other. */
export async function measureThroughput(turns: Turns): Promise<Throughput> {
  return {
    processing: await measureFunction<ProcessingTime[]>('process-fn', 'store', turns),
    ingesting: await measureFunction<IngestingTime[]>('ingest-fn', 'stream', turns),
  };
}

async function measureFunction<Result>(
  project: FunctionOrder['project'],
  kind: 'store' | 'stream',
  turns: Turns,
): Promise<Result> {
  const server = fork(new URL('./endpoint-process.ts', import.meta.url), [kind], {
    execArgv: NODE_OPTIONS,
  });
  try {
    const child = fork(new URL('./function-process.ts', import.meta.url), {
      execArgv: NODE_OPTIONS,
      // What a function logs goes nowhere, but is written as on Lambda.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...FUNCTION_VARIABLES, AWS_LAMBDA_FUNCTION_NAME: project },
    });
    child.send({ project, endpoint: await messageOf<string>(server), turns } satisfies FunctionOrder);
    return await messageOf<Result>(child);
  } finally {
    server.disconnect();
  }
}
