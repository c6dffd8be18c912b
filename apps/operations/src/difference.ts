import { isDeepStrictEqual } from 'node:util';
import {
  decodeSummaries,
  encodeSummaries,
  type Summaries,
  type Summary,
  type Window,
} from '@weir/aggregation';
import type { RollupLevel, RollupSlot } from '@weir/dynamo-repo';

/**
 * - `missing`: the store lacks what the archive has.
 * - `differs`: the store has something else than the archive makes it.
 * - `not_in_archive`: the store has what the archive cannot explain.
 * - `corrupt`: the item cannot be decoded.
 */
export type DifferenceKind = 'missing' | 'differs' | 'not_in_archive' | 'corrupt';

/** One block, or one child of a rollup, that is not what it should be. */
export interface Difference {
  /** Which kind of item it is in. */
  readonly level: 'block' | RollupLevel;
  /** Of the block, of the child in its rollup, or, where an item is corrupt, of the item. */
  readonly window: Window;
  readonly kind: DifferenceKind;
  readonly detail: string;
}

/** What is wrong with a child that is due in its rollup; nothing where it holds what is expected, to the last bit. */
export function childDifferences(
  level: RollupLevel,
  window: Window,
  child: RollupSlot | undefined,
  expected: Summaries,
): Difference[] {
  if (!child) return [{ level, window, kind: 'missing', detail: `it does not stand in its ${level}` }];
  // As a reader would find it: encoding makes minus zero zero.
  const encoded = decodeSummaries(encodeSummaries(expected));
  if (isDeepStrictEqual(child.summaries, encoded)) return [];
  return [{ level, window, kind: 'differs', detail: firstDifference(child.summaries, encoded) }];
}

const NUMBERS = ['count', 'sum', 'min', 'max', 'mean', 'deviation'] as const;

function firstDifference(found: Summaries, expected: Summaries): string {
  for (const metric of new Set([...expected.keys(), ...found.keys()])) {
    const detail = summaryDifference(found.get(metric), expected.get(metric));
    if (detail !== undefined) return `${metric}: ${detail}`;
  }
  return 'the metrics are in another order';
}

function summaryDifference(found: Summary | undefined, expected: Summary | undefined): string | undefined {
  if (isDeepStrictEqual(found, expected)) return undefined;
  if (!found || !expected) return found ? 'it should not be there' : 'it is not there';
  const field = NUMBERS.find((name) => found[name] !== expected[name]);
  if (field !== undefined) return `${field} ${found[field]} instead of ${expected[field]}`;
  return 'first, last or quantiles are others';
}
