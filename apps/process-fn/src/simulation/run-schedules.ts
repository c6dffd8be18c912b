import { makeWorkload } from './make-workload.js';
import { SeededRandom } from './seeded-random.js';
import { shrink } from './shrink.js';
import { simulate, simulateWorkload } from './simulate.js';
import type { Workload } from './workload.js';

/** Another workload than the one that failed fails only if its decisions happen to fall that way: so many get a chance. */
const DECISION_SEEDS = 40;
const SHRINK_TRIES_MAX = 150;

/** A seed whose schedule went wrong, and a smaller one that goes wrong as well. */
export interface FailedSchedule {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly smallest: {
    readonly workload: Workload;
    readonly decisionSeed: number;
    readonly wrong: readonly string[];
    /** What happened in it, a line for each event. */
    readonly trace: readonly string[];
  };
}

interface Failure {
  readonly decisionSeed: number;
  readonly wrong: readonly string[];
}

/**
 * Runs the schedules of consecutive seeds up to the first that goes wrong, which is then shrunk.
 *
 * @param onDone hears after each schedule how many have gone well
 */
export async function runSchedules(
  firstSeed: number,
  runs: number,
  onDone: (done: number) => void = () => undefined,
): Promise<FailedSchedule | undefined> {
  for (let done = 0; done < runs; done += 1) {
    const seed = firstSeed + done;
    const { wrong } = await simulate(seed);
    if (wrong.length > 0) return shrunk(seed, wrong);
    onDone(done + 1);
  }
  return undefined;
}

/** A failed schedule for people, who can repeat it from the seed. */
export function describeFailure({ seed, wrong, smallest }: FailedSchedule): string {
  return [
    `Seed ${seed} goes wrong:`,
    ...wrong.slice(0, 6).map((sentence) => `  ${sentence}`),
    `Shrunk, with the decisions of seed ${smallest.decisionSeed}:`,
    ...smallest.wrong.slice(0, 6).map((sentence) => `  ${sentence}`),
    `The workload: ${JSON.stringify(smallest.workload)}`,
    'What happened, after how many turns, and to whom:',
    ...smallest.trace.map((line) => `  ${line}`),
    `Repeat it: npx nx run process-fn:simulate -- --runs 1 --seed ${seed}`,
  ].join('\n');
}

async function shrunk(seed: number, wrong: readonly string[]): Promise<FailedSchedule> {
  const workload = makeWorkload(new SeededRandom(seed));
  const seeds = Array.from({ length: DECISION_SEEDS }, (_, offset) => seed + offset);
  const smallest = await shrink<Failure>(
    { workload, failure: { decisionSeed: seed, wrong } },
    (smaller) => firstFailure(smaller, seeds),
    SHRINK_TRIES_MAX,
  );
  const trace: string[] = [];
  await simulateWorkload(smallest.workload, smallest.failure.decisionSeed, (line) => trace.push(line));
  return { seed, wrong, smallest: { workload: smallest.workload, ...smallest.failure, trace } };
}

async function firstFailure(workload: Workload, seeds: readonly number[]): Promise<Failure | undefined> {
  for (const decisionSeed of seeds) {
    const { wrong } = await simulateWorkload(workload, decisionSeed);
    if (wrong.length > 0) return { decisionSeed, wrong };
  }
  return undefined;
}
