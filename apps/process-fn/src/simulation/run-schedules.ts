import { makeWorkload } from './make-workload.js';
import { SeededRandom } from './seeded-random.js';
import { shrink } from './shrink.js';
import { simulate, simulateWorkload } from './simulate.js';
import type { Workload } from './workload.js';

/** Another workload than the one that failed fails only if its decisions happen to fall that way: so many get a chance. */
const DECISION_SEEDS = 40;
const SHRINK_TRIES_MAX = 150;
const SENTENCES_MAX = 6;

/** A schedule that went wrong, and how. */
export interface FailedSchedule {
  readonly seed: number;
  readonly wrong: readonly string[];
}

/**
 * Runs the schedules of consecutive seeds.
 *
 * @param onDone hears after each schedule how many have gone well
 * @returns the first that goes wrong, after which no more are run
 */
export async function firstFailure(
  firstSeed: number,
  runs: number,
  onDone: (done: number) => void = () => undefined,
): Promise<FailedSchedule | undefined> {
  for (let done = 0; done < runs; done += 1) {
    const seed = firstSeed + done;
    const { wrong } = await simulate(seed);
    if (wrong.length > 0) return { seed, wrong };
    onDone(done + 1);
  }
  return undefined;
}

/**
 * A failed schedule for people, who can repeat it from its seed.
 *
 * @param shrunk whether to add a smaller workload that goes wrong as well, and what happens in it; takes up to minutes
 */
export async function describeFailure({ seed, wrong }: FailedSchedule, shrunk = true): Promise<string> {
  return [
    `Seed ${seed} goes wrong:`,
    ...sentences(wrong),
    ...(shrunk ? await describeSmallest({ seed, wrong }) : []),
    `Repeat it: npx nx run process-fn:simulate -- --runs 1 --seed ${seed}`,
  ].join('\n');
}

async function describeSmallest({ seed, wrong }: FailedSchedule): Promise<string[]> {
  const start = { workload: makeWorkload(new SeededRandom(seed)), failure: { seed, wrong } };
  const { workload, failure } = await shrink<FailedSchedule>(
    start,
    (smaller) => tryOut(smaller, seed),
    SHRINK_TRIES_MAX,
  );
  const trace: string[] = [];
  await simulateWorkload(workload, failure.seed, (line) => trace.push(`  ${line}`));
  return [
    `Shrunk, with the decisions of seed ${failure.seed}:`,
    ...sentences(failure.wrong),
    `The workload: ${JSON.stringify(workload)}`,
    'What happened, after how many turns, and to whom:',
    ...trace,
  ];
}

/** Runs a workload with the decisions of several seeds up to the first that makes it go wrong. */
async function tryOut(workload: Workload, firstSeed: number): Promise<FailedSchedule | undefined> {
  for (let seed = firstSeed; seed < firstSeed + DECISION_SEEDS; seed += 1) {
    const { wrong } = await simulateWorkload(workload, seed);
    if (wrong.length > 0) return { seed, wrong };
  }
  return undefined;
}

function sentences(wrong: readonly string[]): string[] {
  return wrong.slice(0, SENTENCES_MAX).map((sentence) => `  ${sentence}`);
}
