import { emptyMetrics } from './metrics.js';
import { isBlockTime, windowContains, type Window } from './window.js';

/**
 * The metrics that one device measured at one instant and that arrived together.
 *
 * `metrics` maps a metric's name to a finite number. The objects that this package hands out inherit nothing, so a metric
 * called `__proto__` or `constructor` is an ordinary one. `revision` is a whole number from 0. `receivedAtMs` is the time
 * at which the pipeline accepted the reading; together they decide between points that contradict each other.
 */
export interface BlockReading {
  readonly timestampMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly revision: number;
  readonly receivedAtMs: number;
}

/**
 * The set of all points of one device in one slot; a point's identity is (`timestampMs`, metric name).
 *
 * The form is canonical: readings are sorted by (`timestampMs`, `revision`, `receivedAtMs`), no two of them agree in all
 * three, none is without metrics, each point occurs once and minus zero is zero. Equal sets are therefore equal structures.
 * Blocks come from {@link emptyBlock}, a merge or the decoder, and are never changed in place.
 */
export interface Block {
  readonly slot: Window;
  readonly readings: readonly BlockReading[];
}

/**
 * What a merge did, counted in points of the incoming side. Every incoming point is counted once:
 *
 * - `stored`: the block had no point of that identity;
 * - `superseded`: it outranked the block's point and took its place;
 * - `duplicate`: it was equal to, or outranked by, the block's point or another incoming one.
 *
 * `changed` is true exactly if `stored` or `superseded` is above zero. If false, `block` is the very object passed in,
 * so that nothing needs to be encoded or written.
 */
export interface MergeOutcome {
  readonly block: Block;
  readonly changed: boolean;
  readonly stored: number;
  readonly duplicate: number;
  readonly superseded: number;
}

interface Point {
  readonly metric: string;
  readonly value: number;
  readonly revision: number;
  readonly receivedAtMs: number;
}

interface Tally {
  stored: number;
  duplicate: number;
  superseded: number;
}

/**
 * The block of `slot` without any points.
 *
 * @throws RangeError when the slot is not a non-empty interval of whole milliseconds from the epoch on
 */
export function emptyBlock(slot: Window): Block {
  const { startMs, endMs } = slot;
  if (!isBlockTime(startMs) || !isBlockTime(endMs) || startMs >= endMs) {
    throw new RangeError(
      `slot must be a non-empty interval of whole milliseconds, not [${startMs}, ${endMs})`,
    );
  }
  return { slot: { startMs, endMs }, readings: [] };
}

/**
 * The union of a block and readings, given in any order and with any duplicates.
 *
 * Of points with the same identity the one with the higher `revision` wins, then the one with the earlier `receivedAtMs`,
 * then the one with the smaller value. As this is a total order, the merge is a join: idempotent, commutative and
 * associative, so that no redelivery, permutation or partition of the input leads to another block. Readings without
 * metrics bring no points and leave no trace.
 *
 * @throws RangeError when a reading lies outside the slot, a value is not finite, `revision` is not a whole number from 0,
 * or `receivedAtMs` is not a whole number of milliseconds from the epoch on; the message names the field. The block is unharmed.
 */
export function mergeReadings(block: Block, incoming: readonly BlockReading[]): MergeOutcome {
  const arriving = inTimeOrder(block.slot, incoming);
  const held = block.readings;
  const tally: Tally = { stored: 0, duplicate: 0, superseded: 0 };
  const sortedNames = nameSorter();
  const merged: BlockReading[] = [];
  let heldTo = 0;
  for (let from = 0, to = 0; from < arriving.length; from = to) {
    const first = arriving[from] as BlockReading;
    const { timestampMs } = first;
    to = endOfInstant(arriving, from, timestampMs);
    for (; isBefore(held[heldTo], timestampMs); heldTo += 1) merged.push(held[heldTo] as BlockReading);
    const heldFrom = heldTo;
    heldTo = endOfInstant(held, heldFrom, timestampMs);
    if (to - from === 1 && heldTo === heldFrom) {
      // As a rule, one reading comes of an instant, and nothing is there yet.
      const names = sortedNames(first.metrics);
      if (names.length > 0) merged.push(canonicalReading(first, names));
      tally.stored += names.length;
    } else {
      const heldNow = held.slice(heldFrom, heldTo);
      merged.push(...mergeInstant(timestampMs, heldNow, arriving.slice(from, to), tally));
    }
  }
  if (tally.stored + tally.superseded === 0) {
    return { block, changed: false, ...tally };
  }
  for (; heldTo < held.length; heldTo += 1) merged.push(held[heldTo] as BlockReading);
  return { block: { slot: block.slot, readings: merged }, changed: true, ...tally };
}

/**
 * The union of two blocks of the same slot, by the rule of {@link mergeReadings}.
 *
 * @throws RangeError when the slots differ
 */
export function mergeBlocks(a: Block, b: Block): Block {
  if (a.slot.startMs !== b.slot.startMs || a.slot.endMs !== b.slot.endMs) {
    throw new RangeError(
      `blocks of different slots cannot be merged: ` +
        `[${a.slot.startMs}, ${a.slot.endMs}) and [${b.slot.startMs}, ${b.slot.endMs})`,
    );
  }
  return mergeReadings(a, b.readings).block;
}

function inTimeOrder(slot: Window, incoming: readonly BlockReading[]): BlockReading[] {
  for (const reading of incoming) requireReading(slot, reading);
  return [...incoming].sort((a, b) => a.timestampMs - b.timestampMs);
}

function isBefore(reading: BlockReading | undefined, timestampMs: number): boolean {
  return reading !== undefined && reading.timestampMs < timestampMs;
}

/** The index after the readings from `from` on that are of the instant `timestampMs`. */
function endOfInstant(readings: readonly BlockReading[], from: number, timestampMs: number): number {
  let to = from;
  while (readings[to]?.timestampMs === timestampMs) to += 1;
  return to;
}

/** Tells the names of metrics in order. Those of one device's readings are mostly the same, and then sorted once. */
function nameSorter(): (metrics: BlockReading['metrics']) => readonly string[] {
  let names: readonly string[] = [];
  let sorted: readonly string[] = [];
  return (metrics) => {
    const given = Object.keys(metrics);
    if (given.length !== names.length || given.some((name, index) => name !== names[index])) {
      names = given;
      sorted = given.toSorted();
    }
    return sorted;
  };
}

/** The canonical form of a reading that shares its instant with no other. */
function canonicalReading(reading: BlockReading, names: readonly string[]): BlockReading {
  const metrics = emptyMetrics();
  for (const name of names) metrics[name] = pointValue(name, reading.metrics[name] as number);
  return {
    timestampMs: reading.timestampMs + 0,
    metrics,
    revision: reading.revision + 0,
    receivedAtMs: reading.receivedAtMs + 0,
  };
}

function requireReading(slot: Window, reading: BlockReading): void {
  const { timestampMs, revision, receivedAtMs } = reading;
  if (!Number.isSafeInteger(timestampMs) || !windowContains(slot, timestampMs)) {
    throw new RangeError(`timestampMs ${timestampMs} is outside the slot [${slot.startMs}, ${slot.endMs})`);
  }
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new RangeError(`revision must be a whole number from 0, not ${revision}`);
  }
  if (!isBlockTime(receivedAtMs)) {
    throw new RangeError(
      `receivedAtMs must be a whole number of milliseconds since 1970, not ${receivedAtMs}`,
    );
  }
}

/** Merges the readings of one instant. Returns `held` itself when nothing changes. */
function mergeInstant(
  timestampMs: number,
  held: readonly BlockReading[],
  arriving: readonly BlockReading[],
  tally: Tally,
): readonly BlockReading[] {
  const points = new Map<string, Point>();
  for (const reading of held) {
    for (const point of pointsOf(reading)) points.set(point.metric, point);
  }
  let changed = false;
  for (const [metric, point] of strongest(arriving, tally)) {
    const rival = points.get(metric);
    if (!rival) tally.stored += 1;
    else if (outranks(point, rival)) tally.superseded += 1;
    else {
      tally.duplicate += 1;
      continue;
    }
    points.set(metric, point);
    changed = true;
  }
  return changed ? regroup(timestampMs, [...points.values()]) : held;
}

/** The winner of each metric among readings of one instant; those it beats are counted as duplicates. */
function strongest(arriving: readonly BlockReading[], tally: Tally): Map<string, Point> {
  const winners = new Map<string, Point>();
  for (const reading of arriving) {
    for (const point of pointsOf(reading)) {
      const rival = winners.get(point.metric);
      if (rival) tally.duplicate += 1;
      if (!rival || outranks(point, rival)) winners.set(point.metric, point);
    }
  }
  return winners;
}

function pointsOf(reading: BlockReading): Point[] {
  const { revision, receivedAtMs, metrics } = reading;
  return Object.entries(metrics).map(([metric, value]) => ({
    metric,
    value: pointValue(metric, value),
    revision: revision + 0,
    receivedAtMs: receivedAtMs + 0,
  }));
}

/** Adding zero turns minus zero into zero, and nothing else into anything else. */
function pointValue(metric: string, value: number): number {
  if (!Number.isFinite(value))
    throw new RangeError(`metrics.${metric} must be a finite number, not ${value}`);
  return value + 0;
}

function outranks(a: Point, b: Point): boolean {
  if (a.revision !== b.revision) return a.revision > b.revision;
  if (a.receivedAtMs !== b.receivedAtMs) return a.receivedAtMs < b.receivedAtMs;
  return a.value < b.value;
}

/** The canonical readings of points that share an instant: one reading for each (revision, receivedAtMs). */
function regroup(timestampMs: number, points: Point[]): BlockReading[] {
  points.sort(
    (a, b) => a.revision - b.revision || a.receivedAtMs - b.receivedAtMs || (a.metric < b.metric ? -1 : 1),
  );
  const readings: BlockReading[] = [];
  let current: { revision: number; receivedAtMs: number; metrics: Record<string, number> } | undefined;
  for (const { metric, value, revision, receivedAtMs } of points) {
    if (!current || current.revision !== revision || current.receivedAtMs !== receivedAtMs) {
      const metrics = emptyMetrics();
      current = { revision, receivedAtMs, metrics };
      readings.push({ timestampMs, metrics, revision, receivedAtMs });
    }
    current.metrics[metric] = value;
  }
  return readings;
}
