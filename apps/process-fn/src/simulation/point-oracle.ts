import { windowAt } from '@weir/aggregation';
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
}

/** Whether a value can be stored at all. */
export type Storable = (deviceId: string, metric: string, value: number) => boolean;

export function identityOf({ deviceId, timestampMs, metric }: OraclePoint): string {
  return `${deviceId} ${timestampMs} ${metric}`;
}

/**
 * The distinct points of envelopes, by the rule of DESIGN §3 and nothing else: within an envelope the first of an identity
 * and revision, then the highest revision, the earliest receipt, the smallest value. Written over plain points; of the
 * aggregation library it uses the definition of a window only.
 */
export function distinctPoints(envelopes: readonly Envelope[], storable: Storable): Map<string, OraclePoint> {
  const winners = new Map<string, OraclePoint>();
  for (const { receivedAt: receivedAtMs, readings } of envelopes) {
    const seen = new Set<string>();
    for (const { deviceId, timestamp: timestampMs, metrics, revision = 0 } of readings) {
      for (const [metric, value] of Object.entries(metrics)) {
        const point = { deviceId, timestampMs, metric, value, revision, receivedAtMs };
        const identity = identityOf(point);
        if (!storable(deviceId, metric, value) || seen.has(`${identity} ${revision}`)) continue;
        seen.add(`${identity} ${revision}`);
        const rival = winners.get(identity);
        if (!rival || compare(point, rival) < 0) winners.set(identity, point);
      }
    }
  }
  return winners;
}

/** Summaries of the points of one device by window start and metric: `"<startMs> <metric>"`. */
export function summariesOf(
  points: Iterable<OraclePoint>,
  deviceId: string,
  lengthMs: number,
): Map<string, OracleSummary> {
  const own = [...points].filter((point) => point.deviceId === deviceId);
  own.sort((a, b) => a.timestampMs - b.timestampMs);
  const summaries = new Map<string, OracleSummary>();
  for (const { timestampMs, metric, value } of own) {
    const key = `${windowAt(lengthMs, timestampMs).startMs} ${metric}`;
    const before = summaries.get(key);
    summaries.set(key, {
      count: (before?.count ?? 0) + 1,
      sum: (before?.sum ?? 0) + value,
      min: Math.min(before?.min ?? value, value),
      max: Math.max(before?.max ?? value, value),
      first: before?.first ?? value,
      last: value,
    });
  }
  return summaries;
}

function compare(a: OraclePoint, b: OraclePoint): number {
  return b.revision - a.revision || a.receivedAtMs - b.receivedAtMs || a.value - b.value;
}
