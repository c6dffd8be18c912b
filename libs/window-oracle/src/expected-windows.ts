/**
 * What an aggregate must be, computed straight from plain points. Shares no code with the product: this is what the
 * product is held against.
 */
export interface ExpectedWindow {
  readonly start: string;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly stddev: number;
  readonly first: number;
  readonly last: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Every window of that length which holds a point, in time order. */
export function expectedWindows(points: ReadonlyMap<number, number>, lengthMs: number): ExpectedWindow[] {
  const windows = new Map<number, [number, number][]>();
  for (const [timestampMs, value] of points) {
    const start = Math.floor(timestampMs / lengthMs) * lengthMs;
    const members = windows.get(start);
    if (members === undefined) windows.set(start, [[timestampMs, value]]);
    else members.push([timestampMs, value]);
  }
  return [...windows].sort(([a], [b]) => a - b).map(([start, members]) => expectedWindow(start, members));
}

function expectedWindow(startMs: number, members: [number, number][]): ExpectedWindow {
  const inTime = [...members].sort(([a], [b]) => a - b).map(([, value]) => value);
  const sorted = [...inTime].sort((a, b) => a - b);
  const count = inTime.length;
  const sum = inTime.reduce((total, value) => total + value, 0);
  const avg = sum / count;
  const squares = inTime.reduce((total, value) => total + (value - avg) ** 2, 0);
  const quantile = (q: number): number => sorted[Math.max(0, Math.ceil(q * count) - 1)] ?? NaN;
  return {
    start: new Date(startMs).toISOString(),
    count,
    sum,
    min: sorted[0] ?? NaN,
    max: sorted[count - 1] ?? NaN,
    avg,
    stddev: count === 1 ? 0 : Math.sqrt(squares / (count - 1)),
    first: inTime[0] ?? NaN,
    last: inTime[count - 1] ?? NaN,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}
