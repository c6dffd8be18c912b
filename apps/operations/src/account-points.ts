import type { Block } from '@weir/aggregation';
import { cleanseReading } from '@weir/device-blocks';
import type { DeviceEntry } from '@weir/dynamo-repo';
import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';

/**
 * What became of points that were acknowledged. Each is exactly one of these:
 *
 * - `stored`: it stands in its block;
 * - `duplicate`: an equal one stands there, or one of the same revision that outranks it;
 * - `superseded`: one of a higher revision stands there;
 * - `quarantined`: it is in the quarantine, with its reason;
 * - `expired`: its block has been deleted by its time to live, and has been counted in the rollups;
 * - `missing`: none of these, which must not be.
 */
export type Account = Record<Fate, number>;

export type Fate = 'stored' | 'duplicate' | 'superseded' | 'quarantined' | 'expired' | 'missing';

/** A point that nothing accounts for. */
export interface MissingPoint {
  readonly deviceId: string;
  readonly metric: string;
  readonly timestampMs: number;
  readonly requestId: string;
  readonly reason: string;
}

/** Where the points of one device may be found. */
export interface DeviceHoldings {
  readonly deviceId: string;
  /** The device's registry entries, oldest first. */
  readonly entries: readonly DeviceEntry[];
  /** The block of a slot; `expired` where it is gone, and the rollups have it. */
  readonly blockAt: (timestampMs: number) => Block | 'expired' | undefined;
  /** Whether the quarantine has this very point, as it was sent. */
  readonly isQuarantined: (point: SentPoint) => boolean;
  /** Whether the quarantine has the whole record, because it was given up. */
  readonly isGivenUp: (envelope: Envelope) => boolean;
}

/** A point as a request carried it, before any conversion. */
export interface SentPoint {
  readonly requestId: string;
  readonly receivedAtMs: number;
  readonly deviceId: string;
  readonly timestampMs: number;
  readonly revision: number;
  readonly metric: string;
  readonly value: number;
}

interface HeldPoint {
  readonly revision: number;
  readonly receivedAtMs: number;
  readonly value: number;
}

export function emptyAccount(): Account {
  return { stored: 0, duplicate: 0, superseded: 0, quarantined: 0, expired: 0, missing: 0 };
}

/** All that tells two sent points apart, as one text. */
export function sentPointKey(point: SentPoint): string {
  const { requestId, receivedAtMs, deviceId, timestampMs, revision, metric, value } = point;
  return JSON.stringify([requestId, receivedAtMs, deviceId, timestampMs, revision, metric, value]);
}

/**
 * Says what became of every point that envelopes carry of one device. A record may be archived several times, because it was
 * put or delivered again: each point counts as often as its request carried it.
 */
export function accountPoints(
  envelopes: Iterable<Envelope>,
  holdings: DeviceHoldings,
): { readonly account: Account; readonly missing: readonly MissingPoint[] } {
  const account = emptyAccount();
  const missing: MissingPoint[] = [];
  const counted = new Set<string>();
  const standing = new Set<string>();
  for (const envelope of envelopes) {
    const occurrences = new Map<string, number>();
    const identities = new Set<string>();
    for (const reading of envelope.readings) {
      if (reading.deviceId !== holdings.deviceId) continue;
      const { metrics: converted } = cleanseReading(reading, holdings.entries);
      for (const [metric, value] of Object.entries(reading.metrics)) {
        const point = sentPoint(envelope, reading, metric, value);
        const key = sentPointKey(point);
        const occurrence = occurrences.get(key) ?? 0;
        occurrences.set(key, occurrence + 1);
        const identity = `${point.timestampMs}/${point.revision}/${metric}`;
        const isFirst = converted[metric] === undefined || !identities.has(identity);
        if (converted[metric] !== undefined) identities.add(identity);
        if (counted.has(`${occurrence} ${key}`)) continue;
        counted.add(`${occurrence} ${key}`);
        const fate = isFirst
          ? fateOf(point, converted[metric], envelope, holdings, standing)
          : ({ fate: 'duplicate' } as const);
        account[fate.fate] += 1;
        if (fate.fate === 'missing') missing.push(missingPoint(point, fate.reason));
      }
    }
  }
  return { account, missing };
}

type Verdict =
  { readonly fate: Exclude<Fate, 'missing'> } | { readonly fate: 'missing'; readonly reason: string };

/** @param value as it is stored; undefined where the registry refuses it */
function fateOf(
  point: SentPoint,
  value: number | undefined,
  envelope: Envelope,
  holdings: DeviceHoldings,
  standing: Set<string>,
): Verdict {
  if (holdings.isQuarantined(point)) return { fate: 'quarantined' };
  const otherwise = (reason: string): Verdict =>
    holdings.isGivenUp(envelope) ? { fate: 'quarantined' } : { fate: 'missing', reason };
  if (value === undefined) return otherwise('the registry refuses it, and the quarantine lacks it');
  const block = holdings.blockAt(point.timestampMs);
  if (block === 'expired') return { fate: 'expired' };
  const held = heldPoint(block, point);
  if (held === undefined)
    return otherwise(block === undefined ? 'its block is not there' : 'its block lacks it');
  const { revision, receivedAtMs } = point;
  // Blocks have one zero.
  const rank = compareRank({ revision, receivedAtMs, value: value === 0 ? 0 : value }, held);
  if (rank > 0) return otherwise('its block has a point that it outranks');
  if (held.revision > revision) return { fate: 'superseded' };
  const identity = `${point.timestampMs}/${point.metric}`;
  if (rank < 0 || standing.has(identity)) return { fate: 'duplicate' };
  standing.add(identity);
  return { fate: 'stored' };
}

function heldPoint(block: Block | undefined, { timestampMs, metric }: SentPoint): HeldPoint | undefined {
  const reading = block?.readings.find(
    (candidate) => candidate.timestampMs === timestampMs && Object.hasOwn(candidate.metrics, metric),
  );
  const value = reading?.metrics[metric];
  if (reading === undefined || value === undefined) return undefined;
  return { revision: reading.revision, receivedAtMs: reading.receivedAtMs, value };
}

/** Above 0 where `a` outranks `b`: the higher revision, then the one received earlier, then the smaller value. */
function compareRank(a: HeldPoint, b: HeldPoint): number {
  return a.revision - b.revision || b.receivedAtMs - a.receivedAtMs || b.value - a.value;
}

function sentPoint(
  { requestId, receivedAt }: Envelope,
  { deviceId, timestamp, revision = 0 }: EnvelopeReading,
  metric: string,
  value: number,
): SentPoint {
  return { requestId, receivedAtMs: receivedAt, deviceId, timestampMs: timestamp, revision, metric, value };
}

function missingPoint({ deviceId, metric, timestampMs, requestId }: SentPoint, reason: string): MissingPoint {
  return { deviceId, metric, timestampMs, requestId, reason };
}
