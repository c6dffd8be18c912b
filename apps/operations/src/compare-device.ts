import {
  RESOLUTION_MS,
  foldSummaries,
  monthAt,
  type Block,
  type Summaries,
  type Window,
} from '@weir/aggregation';
import type { RollupLevel } from '@weir/dynamo-repo';
import type { MeasuringRange } from './archived-readings.js';
import { childDifferences, type Difference } from './difference.js';
import { windowsOf, type CorruptItem, type DeviceSnapshot } from './device-snapshot.js';
import {
  childOf,
  dayOf,
  hourOf,
  isPartOf,
  slotTruths,
  type Comparing,
  type SlotTruth,
} from './slot-truth.js';

/** A window, what it should hold, and whether everything in it is at rest, so that it has to stand in the next level. */
export interface WindowTruth {
  readonly window: Window;
  readonly summaries: Summaries;
  readonly due: boolean;
}

/** What a device's items should hold, and where they do not. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Each in time order. Windows without data are absent. */
  readonly slots: readonly SlotTruth[];
  readonly hours: readonly WindowTruth[];
  readonly days: readonly WindowTruth[];
}

/**
 * Compares what stands in the store with what the archive makes of it, from the points up: blocks with points, hours with
 * folds of blocks, days with folds of hours, months with folds of days, to the last bit.
 *
 * A rollup has to have what is due: a sealed block in its hour; an hour in its day, where all of its blocks are sealed and the
 * newest block of the device lies in a later hour; a day in its month likewise. An open block may stand in its hour already,
 * and is compared where the version there is no older.
 *
 * @param archived blocks by slot start, of readings received before `horizonMs`
 */
export function compareDevice(
  snapshot: DeviceSnapshot,
  archived: ReadonlyMap<number, Block>,
  range: MeasuringRange,
  comparing: Comparing,
): Comparison {
  const { slots, differences } = slotTruths(snapshot, archived, comparing);
  const all: Difference[] = [
    ...snapshot.corrupt.map((item) => corruptDifference(item, comparing.blockMs)),
    ...differences,
    ...slots.flatMap((truth) => hourDifferences(truth, snapshot)),
  ];
  const { hours, differences: ofHours } = hourTruths(slots, snapshot, range);
  all.push(...ofHours, ...upperDifferences('day', hours, snapshot));
  const days = dayTruths(hours, snapshot, range);
  all.push(...upperDifferences('month', days, snapshot));
  return { differences: all, slots, hours, days };
}

/** What is wrong with a block's place in its hour. */
function hourDifferences({ slot, stored, summaries }: SlotTruth, snapshot: DeviceSnapshot): Difference[] {
  const hourMs = hourOf(slot.startMs);
  if (isCorrupt(snapshot, 'hour', hourMs)) return [];
  const child = childOf(snapshot.rollups.hour.get(hourMs), slot.startMs);
  const due = stored ? stored.sealed || (child?.version ?? 0) >= stored.version : child !== undefined;
  return due ? childDifferences('hour', slot, child, summaries) : [];
}

/** What is wrong with the places of hours in their day, or of days in their month. */
function upperDifferences(
  level: 'day' | 'month',
  truths: readonly WindowTruth[],
  snapshot: DeviceSnapshot,
): Difference[] {
  return truths.flatMap(({ window, summaries, due }) => {
    const parentMs = level === 'day' ? dayOf(window.startMs) : monthAt(window.startMs).startMs;
    if (!due || isCorrupt(snapshot, level, parentMs)) return [];
    const child = childOf(snapshot.rollups[level].get(parentMs), window.startMs);
    return childDifferences(level, window, child, summaries);
  });
}

/**
 * The hours of the range. Where an hour has expired with its blocks, and the archive has less than its day has counted, the
 * day's place for it is all there is to go by.
 */
function hourTruths(
  slots: readonly SlotTruth[],
  snapshot: DeviceSnapshot,
  range: MeasuringRange,
): { readonly hours: readonly WindowTruth[]; readonly differences: readonly Difference[] } {
  const byHour = Map.groupBy(slots, ({ slot }) => hourOf(slot.startMs));
  const differences: Difference[] = [];
  const hours = windowsOf('hour', range).flatMap((window): WindowTruth[] => {
    const inside = byHour.get(window.startMs) ?? [];
    const summaries = foldSummaries(inside.map((truth) => truth.summaries));
    const child = childOf(snapshot.rollups.day.get(dayOf(window.startMs)), window.startMs);
    const expired =
      !snapshot.rollups.hour.has(window.startMs) && inside.every(({ state }) => state === 'expired');
    if (child && expired && (inside.length === 0 || isPartOf(summaries, child))) {
      const detail = 'the hour has expired, and the archive has less than it held';
      differences.push({ level: 'day', window, kind: 'not_in_archive', detail });
      return [{ window, summaries: child.summaries, due: true }];
    }
    if (inside.length === 0) return [];
    const atRest = inside.every(({ stored, state }) => (stored ? stored.sealed : state === 'expired'));
    return [{ window, summaries, due: atRest && snapshot.newestStartMs >= window.endMs }];
  });
  return { hours, differences };
}

function dayTruths(
  hours: readonly WindowTruth[],
  { newestStartMs }: DeviceSnapshot,
  range: MeasuringRange,
): WindowTruth[] {
  const byDay = Map.groupBy(hours, ({ window }) => dayOf(window.startMs));
  return windowsOf('day', range).flatMap((window) => {
    const inside = byDay.get(window.startMs);
    if (!inside) return [];
    return [
      {
        window,
        summaries: foldSummaries(inside.map(({ summaries }) => summaries)),
        due: newestStartMs >= window.endMs && inside.every(({ due }) => due),
      },
    ];
  });
}

function isCorrupt({ corrupt }: DeviceSnapshot, level: RollupLevel, startMs: number): boolean {
  return corrupt.some((item) => item.level === level && item.startMs === startMs);
}

function corruptDifference({ level, startMs, reason }: CorruptItem, blockMs: number): Difference {
  const lengths = { block: blockMs, hour: RESOLUTION_MS['1h'], day: RESOLUTION_MS['1d'] };
  const window = level === 'month' ? monthAt(startMs) : { startMs, endMs: startMs + lengths[level] };
  return { level, window, kind: 'corrupt', detail: reason };
}
