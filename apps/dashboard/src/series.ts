import type { AggregateWindow, StoredReading } from '@weir/analytics-client';

/** What the statistics of a chart stand over a common list of times; null where a time has none. */
export interface WindowColumns {
  /** Middles of windows, in seconds since the epoch, ascending. */
  timesS: number[];
  count: (number | null)[];
  min: (number | null)[];
  max: (number | null)[];
  avg: (number | null)[];
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
  /** The window at each time; undefined at a gap. */
  windows: (AggregateWindow | undefined)[];
}

/** The API leaves windows without data out; a line must not run across them, so each gap gets one empty time. */
export function windowColumns(windows: readonly AggregateWindow[]): WindowColumns {
  const columns: WindowColumns = {
    timesS: [],
    count: [],
    min: [],
    max: [],
    avg: [],
    p50: [],
    p95: [],
    p99: [],
    windows: [],
  };
  let previousEndMs: number | undefined;
  for (const window of windows) {
    const startMs = Date.parse(window.start);
    const endMs = Date.parse(window.end);
    if (previousEndMs !== undefined && startMs > previousEndMs) addTime(columns, previousEndMs, undefined);
    addTime(columns, (startMs + endMs) / 2, window);
    previousEndMs = endMs;
  }
  return columns;
}

function addTime(columns: WindowColumns, timeMs: number, window: AggregateWindow | undefined): void {
  columns.timesS.push(timeMs / 1_000);
  columns.windows.push(window);
  for (const name of ['count', 'min', 'max', 'avg', 'p50', 'p95', 'p99'] as const) {
    columns[name].push(window?.[name] ?? null);
  }
}

export interface ReadingColumns {
  timesS: number[];
  values: (number | null)[];
}

/** A pause so many times longer than the usual distance between readings is a gap. */
const GAP_FACTOR = 5;

/** The values of one metric over time; where a device was silent the line is interrupted. */
export function readingColumns(metric: string, readings: readonly StoredReading[]): ReadingColumns {
  const points = readings.flatMap(({ timestamp, metrics }) => {
    const value = metrics[metric];
    return value === undefined ? [] : [{ timeS: Date.parse(timestamp) / 1_000, value }];
  });
  const gapS =
    GAP_FACTOR * median(points.slice(1).map(({ timeS }, index) => timeS - (points[index]?.timeS ?? 0)));
  const columns: ReadingColumns = { timesS: [], values: [] };
  for (const { timeS, value } of points) {
    const previousS = columns.timesS.at(-1);
    if (previousS !== undefined && gapS > 0 && timeS - previousS > gapS) {
      columns.timesS.push((previousS + timeS) / 2);
      columns.values.push(null);
    }
    columns.timesS.push(timeS);
    columns.values.push(value);
  }
  return columns;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
