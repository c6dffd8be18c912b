import type { ExpectedWindow } from './csv-oracle.js';

/** A window as the analytics API answers it. */
export interface ActualWindow extends ExpectedWindow {
  readonly end: string;
  readonly final: boolean;
  readonly version: number;
}

const EXACT = ['start', 'count', 'min', 'max', 'first', 'last'] as const;
const SUMMED = ['sum', 'avg'] as const;
const QUANTILES = ['p50', 'p95', 'p99'] as const;

/**
 * Where windows differ from what they must be, one sentence each: counts, bounds and ends exactly, sums and means within
 * 1e-9 relative, the standard deviation within 1e-6, quantiles within 2 %.
 */
export function windowDifferences(
  actual: readonly ActualWindow[],
  expected: readonly ExpectedWindow[],
): string[] {
  if (actual.length !== expected.length) return [`${actual.length} windows instead of ${expected.length}`];
  return expected.flatMap((want, index) => {
    const have = actual[index];
    if (have === undefined) return [];
    const differs = (field: keyof ExpectedWindow) =>
      `${want.start} ${field}: ${have[field]} instead of ${want[field]}`;
    return [
      ...EXACT.filter((field) => have[field] !== want[field]).map(differs),
      ...SUMMED.filter((field) => !within(have[field], want[field], 1e-9)).map(differs),
      ...(within(have.stddev, want.stddev, 1e-6) ? [] : [differs('stddev')]),
      ...QUANTILES.filter((field) => !within(have[field], want[field], 0.02)).map(differs),
    ];
  });
}

function within(actual: number, expected: number, relative: number): boolean {
  return Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12);
}
