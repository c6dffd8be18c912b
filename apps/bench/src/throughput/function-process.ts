import { measureIngesting } from './measure-ingesting.js';
import { measureProcessing } from './measure-processing.js';
import type { Turns } from './cpu-turns.js';

/** Measures one function in a process of its own, and sends the result to the parent. */

export interface FunctionOrder {
  readonly project: 'ingest-fn' | 'process-fn';
  /** The store's or the stream's. */
  readonly endpoint: string;
  readonly turns: Turns;
}

async function measure({ project, endpoint, turns }: FunctionOrder): Promise<unknown> {
  return project === 'ingest-fn' ? measureIngesting(endpoint, turns) : measureProcessing(endpoint, turns);
}

process.on('disconnect', () => process.exit());
process.on('message', (order: FunctionOrder) => {
  measure(order).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: Error) => {
      process.stderr.write(`${order.project}: ${error.stack}\n`);
      process.exit(1);
    },
  );
});
