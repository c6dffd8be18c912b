/**
 * `nx run process-fn:simulate -- --runs N --seed S [--no-shrink]`: runs schedules of the simulator, and fails with the first
 * that goes wrong, shrunk.
 */
import { parseArgs } from 'node:util';
import { describeFailure, firstFailure } from './run-schedules.js';

const RUNS = '2000';
const SEED = '1';

function wholeNumber(option: string, text: string, min: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < min) {
    throw new RangeError(
      `--${option} is ${JSON.stringify(text)}, and must be a whole number of at least ${min}`,
    );
  }
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: RUNS },
      seed: { type: 'string', default: SEED },
      shrink: { type: 'boolean', default: true },
    },
    allowNegative: true,
  });
  const runs = wholeNumber('runs', values.runs, 1);
  const firstSeed = wholeNumber('seed', values.seed, 0);
  const startMs = performance.now();
  const seconds = (): string => ((performance.now() - startMs) / 1000).toFixed(0);
  const failed = await firstFailure(firstSeed, runs, (done) => {
    if (done % 1000 === 0) console.log(`${done} of ${runs} schedules are exact (${seconds()} s)`);
  });
  if (failed) throw new Error(await describeFailure(failed, values.shrink));
  console.log(`All ${runs} schedules from seed ${firstSeed} are exact (${seconds()} s).`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
