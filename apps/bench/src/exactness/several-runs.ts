import { isDeepStrictEqual } from 'node:util';
import { median } from '../median.js';
import { countedUnits, type MeasuredCost } from './measured-cost.js';

/**
 * What the same work took in several runs: the counts, and the median of the CPU time.
 *
 * @param what for the error
 * @throws Error where the runs do not agree in everything that is counted
 */
export function ofSeveralRuns(what: string, runs: readonly MeasuredCost[]): MeasuredCost {
  const [first, ...others] = runs;
  if (first === undefined) throw new Error(`${what}: there is no run`);
  const counts = countedUnits(first);
  for (const other of others.map(countedUnits)) {
    if (!isDeepStrictEqual(other, counts)) {
      throw new Error(
        `${what}: counts must be the same in every run, but ${JSON.stringify(counts)} is not ${JSON.stringify(other)}`,
      );
    }
  }
  return { ...first, cpuMicros: median(runs.map(({ cpuMicros }) => cpuMicros)) };
}
