import { emptyBlock, mergeReadings, type Block, type BlockReading, type Window } from '@weir/aggregation';

/** What a stored block and the archive say about one slot, point by point. */
export interface UnitedPoints {
  /** The block as it should be: what the archive has, and what only the store has. */
  readonly block: Block;
  /** In the archive, and not stored. */
  readonly missing: number;
  /** Stored with another value than the archive has of the same revision and receipt. */
  readonly altered: number;
  /** Stored, although the archive has a point that outranks it. */
  readonly outranked: number;
  /** Stored, and not explained by the archive. */
  readonly unarchived: number;
}

interface Point {
  readonly timestampMs: number;
  readonly metric: string;
  readonly value: number;
  readonly revision: number;
  readonly receivedAtMs: number;
}

/**
 * Compares a stored block with what the archive makes of its slot, and unites them: of a point that both have in the same
 * revision and receipt the archive's value counts, of others the one of higher rank; nothing that is stored is left out.
 *
 * @param archived from readings received before `horizonMs` only
 * @param horizonMs what was received at it or later need not be archived yet, and is taken from the store as it is
 */
export function unitePoints(
  slot: Window,
  stored: Block | undefined,
  archived: Block | undefined,
  horizonMs: number,
): UnitedPoints {
  const tally = { missing: 0, altered: 0, outranked: 0, unarchived: 0 };
  const united = pointsOf(stored);
  const explained = new Set<string>();
  for (const [identity, point] of pointsOf(archived)) {
    const standing = united.get(identity);
    explained.add(identity);
    if (standing && rankOf(standing, point) > 0) {
      if (standing.receivedAtMs < horizonMs) tally.unarchived += 1;
      continue;
    }
    united.set(identity, point);
    if (!standing) tally.missing += 1;
    else if (rankOf(standing, point) < 0) tally.outranked += 1;
    else if (standing.value !== point.value) tally.altered += 1;
  }
  for (const [identity, { receivedAtMs }] of united) {
    if (!explained.has(identity) && receivedAtMs < horizonMs) tally.unarchived += 1;
  }
  const readings = [...united.values()].map(readingOf);
  return { block: mergeReadings(emptyBlock(slot), readings).block, ...tally };
}

/** Above 0 where `a` stands before `b` whatever their values: by revision, then by the earlier receipt. */
function rankOf(a: Point, b: Point): number {
  return a.revision - b.revision || b.receivedAtMs - a.receivedAtMs;
}

function pointsOf(block: Block | undefined): Map<string, Point> {
  const points = new Map<string, Point>();
  for (const { timestampMs, metrics, revision, receivedAtMs } of block?.readings ?? []) {
    for (const [metric, value] of Object.entries(metrics)) {
      points.set(`${timestampMs} ${metric}`, { timestampMs, metric, value, revision, receivedAtMs });
    }
  }
  return points;
}

function readingOf({ timestampMs, metric, value, revision, receivedAtMs }: Point): BlockReading {
  const metrics = Object.create(null) as Record<string, number>;
  metrics[metric] = value;
  return { timestampMs, metrics, revision, receivedAtMs };
}
