import type { ExpectedWindow } from './expected-windows.js';

/** A window as the analytics API answers it. */
export interface ActualWindow extends ExpectedWindow {
  readonly end: string;
  readonly final: boolean;
  readonly version: number;
}

const EXACT = ['count', 'min', 'max', 'first', 'last'] as const;
const SUMMED = ['sum', 'avg'] as const;
const QUANTILES = ['p50', 'p95', 'p99'] as const;

/** Every figure of a window that is compared. */
export const STATISTICS = [...EXACT, ...SUMMED, 'stddev', ...QUANTILES] as const;

/**
 * Where windows differ from what they must be, one sentence each: counts, bounds and ends exactly, sums and means within
 * 1e-9 relative, the standard deviation within 1e-6, quantiles within 2 %. Windows come in time order, each once.
 */
export function windowDifferences(
  actual: readonly ActualWindow[],
  expected: readonly ExpectedWindow[],
): string[] {
  const wanted = new Map(expected.map((window) => [window.start, window]));
  const differences: string[] = [];
  let before = '';
  for (const have of actual) {
    const want = wanted.get(have.start);
    if (want === undefined)
      differences.push(`${have.start} is there with count ${have.count}, and should not be`);
    else differences.push(...fieldDifferences(have, want));
    if (have.start <= before) differences.push(`${have.start} comes after ${before}`);
    wanted.delete(have.start);
    before = have.start;
  }
  const missing = [...wanted.values()].map(
    ({ start, count }) => `${start} is missing: count ${count} expected`,
  );
  return [...differences, ...missing];
}

function fieldDifferences(have: ActualWindow, want: ExpectedWindow): string[] {
  const differs = (field: keyof ExpectedWindow) =>
    `${want.start} ${field}: ${have[field]} instead of ${want[field]}`;
  return [
    ...EXACT.filter((field) => have[field] !== want[field]).map(differs),
    ...SUMMED.filter((field) => !within(have[field], want[field], 1e-9)).map(differs),
    ...(within(have.stddev, want.stddev, 1e-6) ? [] : [differs('stddev')]),
    ...QUANTILES.filter((field) => !within(have[field], want[field], 0.02)).map(differs),
  ];
}

function within(actual: number, expected: number, relative: number): boolean {
  return Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12);
}
