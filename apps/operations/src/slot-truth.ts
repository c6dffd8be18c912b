import {
  RESOLUTION_MS,
  summariseBlock,
  windowAt,
  windowContains,
  type Block,
  type Summaries,
  type Window,
} from '@weir/aggregation';
import { BLOCK_TTL_MS_DEFAULT, type Rollup, type RollupSlot, type StoredBlock } from '@weir/dynamo-repo';
import type { Difference } from './difference.js';
import type { DeviceSnapshot } from './device-snapshot.js';
import { unitePoints, type UnitedPoints } from './unite-points.js';

/** What a comparison has to know besides. Times in epoch milliseconds. */
export interface Comparing {
  /** Length of a block's slot. */
  readonly blockMs: number;
  /** What was received at it or later need not be archived yet, and is taken from the store as it is. */
  readonly horizonMs: number;
  readonly nowMs: number;
}

/** A slot of a block, and what should be in it. */
export interface SlotTruth {
  readonly slot: Window;
  readonly stored: StoredBlock | undefined;
  /**
   * - `kept`: the block is in the store, or should be.
   * - `expired`: the block has been deleted by its time to live; the rollups alone have to be right.
   */
  readonly state: 'kept' | 'expired';
  /** What the archive makes of it. */
  readonly made: Block | undefined;
  /** What its place in the hour should hold. */
  readonly summaries: Summaries;
}

/**
 * What every slot should hold that the store or the archive knows of, in time order, and where blocks do not.
 *
 * A block that the rollups know and that is not there has expired, or, where it is too young for that, was deleted. The
 * archive says what it was, unless more has been counted of it: an aggregate is not put right by a part of itself.
 *
 * @param archived blocks by slot start, of readings received before `horizonMs`
 */
export function slotTruths(
  snapshot: DeviceSnapshot,
  archived: ReadonlyMap<number, Block>,
  { blockMs, horizonMs, nowMs }: Comparing,
): { readonly slots: readonly SlotTruth[]; readonly differences: readonly Difference[] } {
  const differences: Difference[] = [];
  const inRollups = [...snapshot.rollups.hour.values()].flatMap(({ slots }) =>
    slots.map(({ window }) => window.startMs),
  );
  const starts = new Set([...snapshot.blocks.keys(), ...archived.keys(), ...inRollups]);
  const slots = [...starts]
    .sort((a, b) => a - b)
    .flatMap((startMs): SlotTruth[] => {
      const slot = { startMs, endMs: startMs + blockMs };
      const stored = snapshot.blocks.get(startMs);
      const made = archived.get(startMs);
      const inHour = childOf(snapshot.rollups.hour.get(hourOf(startMs)), startMs);
      const isKnown = childInRollups(snapshot, startMs) !== undefined;
      const mayHaveExpired = isKnown && slot.endMs + BLOCK_TTL_MS_DEFAULT <= nowMs;
      const isWhole = made !== undefined && !isPartOf(summariseBlock(made), inHour);
      if (stored || (isWhole && !mayHaveExpired)) {
        const united = unitePoints(slot, stored?.block, made, horizonMs);
        if (!isCorruptBlock(snapshot, startMs)) differences.push(...blockDifferences(slot, stored, united));
        return [{ slot, stored, made, state: 'kept', summaries: summariseBlock(united.block) }];
      }
      if (isWhole) return [{ slot, stored, made, state: 'expired', summaries: summariseBlock(made) }];
      if (!inHour) return [];
      differences.push({
        level: 'hour',
        window: slot,
        kind: 'not_in_archive',
        detail: `the block is no longer there, and the archive has ${made ? 'only a part' : 'nothing'} of what it held`,
      });
      return [{ slot, stored, made, state: 'expired', summaries: inHour.summaries }];
    });
  return { slots, differences };
}

/** The child of a rollup that begins at `startMs`. */
export function childOf(rollup: Rollup | undefined, startMs: number): RollupSlot | undefined {
  return rollup?.slots.find(({ window }) => window.startMs === startMs);
}

/** The start of the UTC hour of an instant. */
export function hourOf(timeMs: number): number {
  return windowAt(RESOLUTION_MS['1h'], timeMs).startMs;
}

/** The start of the UTC day of an instant. */
export function dayOf(timeMs: number): number {
  return windowAt(RESOLUTION_MS['1d'], timeMs).startMs;
}

/** Where the rollups know a block: in its hour, or, where the hour is not there either, the hour in its day. */
export function childInRollups({ rollups }: DeviceSnapshot, slotStartMs: number): RollupSlot | undefined {
  const hourMs = hourOf(slotStartMs);
  const hour = rollups.hour.get(hourMs);
  return hour ? childOf(hour, slotStartMs) : childOf(rollups.day.get(dayOf(hourMs)), hourMs);
}

function isCorruptBlock({ corrupt }: DeviceSnapshot, startMs: number): boolean {
  return corrupt.some((item) => item.level === 'block' && item.startMs === startMs);
}

/**
 * Whether of some metric there are fewer values than a child of a rollup has counted. What it counted outside of its own
 * window is no evidence of anything.
 */
export function isPartOf(summaries: Summaries, child: RollupSlot | undefined): boolean {
  return [...(child?.summaries ?? [])].some(
    ([metric, { count, first, last }]) =>
      count > (summaries.get(metric)?.count ?? 0) &&
      child !== undefined &&
      windowContains(child.window, first.timestampMs) &&
      windowContains(child.window, last.timestampMs),
  );
}

function blockDifferences(
  window: Window,
  stored: StoredBlock | undefined,
  { block, missing, altered, outranked, unarchived }: UnitedPoints,
): Difference[] {
  const differences: Difference[] = [];
  const level = 'block';
  if (!stored) {
    const detail = `the block is not stored; the archive has ${block.readings.length} readings`;
    return [{ level, window, kind: 'missing', detail }];
  }
  if (missing > 0)
    differences.push({ level, window, kind: 'missing', detail: `${points(missing)} not stored` });
  if (altered + outranked > 0) {
    const detail = `of ${altered} points the value is not what was sent, and ${outranked} should have been superseded`;
    differences.push({ level, window, kind: 'differs', detail });
  }
  if (unarchived > 0) {
    const detail = `${points(unarchived)} stored that the archive does not have`;
    differences.push({ level, window, kind: 'not_in_archive', detail });
  }
  return differences;
}

function points(count: number): string {
  return count === 1 ? '1 point is' : `${count} points are`;
}
