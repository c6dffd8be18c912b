import type { AggregateWindow } from '@weir/analytics-client';

/** The one-minute window that begins at a minute of 2026-11-01 12:00 UTC, with one value. */
export function makeWindow(minute: number, overrides: Partial<AggregateWindow> = {}): AggregateWindow {
  const startMs = Date.UTC(2026, 10, 1, 12, minute);
  const value = 70 + minute;
  return {
    start: new Date(startMs).toISOString(),
    end: new Date(startMs + 60_000).toISOString(),
    count: 1,
    sum: value,
    min: value,
    max: value,
    avg: value,
    stddev: 0,
    first: value,
    last: value,
    p50: value,
    p95: value,
    p99: value,
    final: true,
    version: 1,
    ...overrides,
  };
}
