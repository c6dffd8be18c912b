import { countedUnits, type CountedUnits, type MeasuredCost } from './measured-cost.js';
import type { CostsOfWorkload } from './measure-designs.js';

/** A count that two engines do not agree in. */
export interface EngineDifference {
  readonly workload: string;
  readonly design: string;
  readonly unit: keyof CountedUnits;
  /** By the reading, by engine. */
  readonly figures: Readonly<Record<string, number>>;
  /** Why; undefined where nothing known explains it. */
  readonly reason?: string;
}

/** Where DynamoDB Local states other units than AWS documents; dynoxide states those. */
const KNOWN: readonly {
  readonly unit: keyof CountedUnits;
  readonly operation: string;
  readonly reason: string;
}[] = [
  {
    unit: 'writeUnits',
    operation: 'TransactWriteItems',
    reason:
      'DynamoDB Local states four units for a transaction however many small items of a table it writes; AWS charges two for each',
  },
  {
    unit: 'readUnits',
    operation: 'BatchGetItem',
    reason:
      'DynamoDB Local states nothing for a key that BatchGetItem does not find; AWS charges it like an item of the smallest size',
  },
];

/** Everything counted in which engines differ, beyond what rounding of their sums does. */
export function engineDifferences(measured: readonly CostsOfWorkload[]): EngineDifference[] {
  const workloads = new Set(measured.map(({ workload }) => workload));
  return [...workloads].flatMap((workload) => {
    const byEngine = measured.filter((each) => each.workload === workload);
    const designs = byEngine[0]?.costs.map(({ design }) => design) ?? [];
    return designs.flatMap((design) => {
      const costs = byEngine.map(({ engine, costs: all }) => ({
        engine,
        cost: all.find((cost) => cost.design === design)!,
      }));
      return differencesOf(workload, design, costs);
    });
  });
}

function differencesOf(
  workload: string,
  design: string,
  costs: readonly { readonly engine: string; readonly cost: MeasuredCost }[],
): EngineDifference[] {
  const counts = costs.map(({ engine, cost }) => ({ engine, units: countedUnits(cost) }));
  const units = Object.keys(counts[0]?.units ?? {}) as (keyof CountedUnits)[];
  return units
    .filter((unit) => counts.some(({ units: each }) => Math.abs(each[unit] - counts[0]!.units[unit]) > 1e-9))
    .map((unit) => {
      const known = KNOWN.find(
        (each) => each.unit === unit && costs.some(({ cost }) => each.operation in cost.meter.requests),
      );
      const figures = Object.fromEntries(counts.map(({ engine, units: each }) => [engine, each[unit]]));
      return { workload, design, unit, figures, ...(known === undefined ? {} : { reason: known.reason }) };
    });
}
