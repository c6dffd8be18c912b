import type { Envelope } from '@weir/telemetry-schema';

/** One distinct point as it must stand in the end. */
export interface OraclePoint {
  readonly deviceId: string;
  readonly timestampMs: number;
  readonly metric: string;
  readonly value: number;
  readonly revision: number;
  readonly receivedAtMs: number;
}

export interface OracleSummary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly first: number;
  readonly last: number;
  /** Sample standard deviation, 0 for one value. */
  readonly stddev: number;
  /** All values, ascending. */
  readonly values: readonly number[];
}

export function identityOf({ deviceId, timestampMs, metric }: OraclePoint): string {
  return `${deviceId} ${timestampMs} ${metric}`;
}

/** The points of an envelope: of each identity and revision the first one. */
export function pointsOf({ receivedAt: receivedAtMs, readings }: Envelope): OraclePoint[] {
  return readings.flatMap(({ deviceId, timestamp: timestampMs, metrics, revision = 0 }) =>
    Object.entries(metrics).map(([metric, value]) => ({
      deviceId,
      timestampMs,
      metric,
      value,
      revision,
      receivedAtMs,
    })),
  );
}

/** Of points that repeat an identity and revision of their own envelope, the first ones. */
export function firstOccurrences(points: readonly OraclePoint[]): OraclePoint[] {
  const seen = new Set<string>();
  return points.filter((point) => {
    const name = `${identityOf(point)} ${point.revision}`;
    return !seen.has(name) && seen.add(name);
  });
}

/** Whether a point takes the place of another with its identity: the rule of DESIGN §3 and nothing else. */
export function outranks(a: OraclePoint, b: OraclePoint): boolean {
  return (b.revision - a.revision || a.receivedAtMs - b.receivedAtMs || a.value - b.value) < 0;
}

/** Summaries of one metric of one device by the start of their window. */
export function summariesOf(
  points: Iterable<OraclePoint>,
  deviceId: string,
  metric: string,
  lengthMs: number,
): Map<number, OracleSummary> {
  const own = [...points].filter((point) => point.deviceId === deviceId && point.metric === metric);
  own.sort((a, b) => a.timestampMs - b.timestampMs);
  const series = new Map<number, number[]>();
  for (const { timestampMs, value } of own) {
    const startMs = timestampMs - (timestampMs % lengthMs);
    series.set(startMs, [...(series.get(startMs) ?? []), value]);
  }
  return new Map([...series].map(([startMs, values]) => [startMs, summaryOf(values)]));
}

/** When the latest point of a device was measured, -Infinity if it has none. */
export function latestOf(points: Iterable<OraclePoint>, deviceId: string): number {
  let latestMs = -Infinity;
  for (const point of points) {
    if (point.deviceId === deviceId) latestMs = Math.max(latestMs, point.timestampMs);
  }
  return latestMs;
}

/** @param series at least one value, in order of time */
function summaryOf(series: readonly number[]): OracleSummary {
  const count = series.length;
  const sum = series.reduce((total, value) => total + value, 0);
  const squares = series.reduce((total, value) => total + (value - sum / count) ** 2, 0);
  const values = [...series].sort((a, b) => a - b);
  return {
    count,
    sum,
    min: Math.min(...series),
    max: Math.max(...series),
    first: series[0] ?? NaN,
    last: series.at(-1) ?? NaN,
    stddev: count === 1 ? 0 : Math.sqrt(squares / (count - 1)),
    values,
  };
}
