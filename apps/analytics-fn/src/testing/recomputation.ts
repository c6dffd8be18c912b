import { RESOLUTION_MS, type BlockReading, type Resolution } from '@weir/aggregation';
import type { Schemas } from '../contract.js';

export type AggregateWindow = Schemas['AggregateWindow'];

/** The statistics of a window, computed from the values themselves and in the plainest way. */
export interface PlainWindow {
  readonly start: string;
  readonly end: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
  readonly avg: number;
  readonly stddev: number;
  /** Ascending. */
  readonly sorted: readonly number[];
}

/** What the windows of a metric must be, given distinct points. */
export function recompute(
  readings: readonly BlockReading[],
  metric: string,
  resolution: Resolution,
  range: { fromMs: number; toMs: number } = { fromMs: 0, toMs: Infinity },
): PlainWindow[] {
  const lengthMs = RESOLUTION_MS[resolution];
  const windows = new Map<number, BlockReading[]>();
  for (const reading of readings) {
    const { timestampMs } = reading;
    if (!(metric in reading.metrics) || timestampMs < range.fromMs || timestampMs >= range.toMs) continue;
    const startMs = timestampMs - (timestampMs % lengthMs);
    windows.set(startMs, [...(windows.get(startMs) ?? []), reading]);
  }
  return [...windows]
    .sort(([a], [b]) => a - b)
    .map(([startMs, members]) => plainWindow(startMs, lengthMs, members, metric));
}

function plainWindow(
  startMs: number,
  lengthMs: number,
  members: BlockReading[],
  metric: string,
): PlainWindow {
  const values = [...members]
    .sort((a, b) => a.timestampMs - b.timestampMs)
    .map(({ metrics }) => metrics[metric] ?? NaN);
  const count = values.length;
  const sum = values.reduce((total, value) => total + value, 0);
  const avg = sum / count;
  const squares = values.reduce((total, value) => total + (value - avg) ** 2, 0);
  return {
    start: new Date(startMs).toISOString(),
    end: new Date(startMs + lengthMs).toISOString(),
    count,
    sum,
    min: Math.min(...values),
    max: Math.max(...values),
    first: values[0] ?? NaN,
    last: values.at(-1) ?? NaN,
    avg,
    stddev: count === 1 ? 0 : Math.sqrt(squares / (count - 1)),
    sorted: values.sort((a, b) => a - b),
  };
}

/** Counts, extremes and ends exactly; sums to 1e-9; quantiles (nearest rank) to 2 %. */
export function expectWindows(actual: readonly AggregateWindow[], expected: readonly PlainWindow[]): void {
  const exact = ({ start, end, count, min, max, first, last }: AggregateWindow | PlainWindow) => ({
    ...{ start, end, count, min, max, first, last },
  });
  expect(actual.map(exact)).toEqual(expected.map(exact));
  actual.forEach((window, index) => {
    const plain = expected[index];
    if (plain === undefined) throw new Error(`there is no window ${index}`);
    const scale = plain.sorted.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(Math.abs(window.sum - plain.sum)).toBeLessThanOrEqual(1e-9 * scale);
    expect(Math.abs(window.avg - plain.avg)).toBeLessThanOrEqual((1e-9 * scale) / plain.count);
    expect(Math.abs(window.stddev - plain.stddev)).toBeLessThanOrEqual(1e-7 * scale);
    for (const [share, value] of [
      [0.5, window.p50],
      [0.95, window.p95],
      [0.99, window.p99],
    ] as const) {
      const exactValue = plain.sorted[Math.max(0, Math.ceil(share * plain.count) - 1)] ?? NaN;
      expect(Math.abs(value - exactValue)).toBeLessThanOrEqual(0.02 * Math.abs(exactValue) + 1e-12);
    }
  });
}
