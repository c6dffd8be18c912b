import {
  RESOLUTION_MS,
  summariseWindows,
  windowAt,
  type Resolution,
  type Summary,
  type Window,
} from '@weir/aggregation';
import { DeviceLevels, type DeviceRange, type WindowSource } from './device-levels.js';
import { isOvertaken, joinInto, mergePresent, newestOf, type WindowPart } from './window-part.js';

export interface WindowQuery extends DeviceRange {
  readonly resolution: Resolution;
}

/** One window that holds values of a metric. */
export interface MetricWindow {
  readonly window: Window;
  readonly summary: Summary;
  readonly version: number;
  readonly final: boolean;
}

export interface WindowBatch {
  /** In time order; those that begin in [fromMs, reachedMs). */
  readonly windows: readonly MetricWindow[];
  /** On the grid of the windows, after `fromMs`. Where it is before `toMs`, there is more to read. */
  readonly reachedMs: number;
  readonly itemsRead: number;
}

interface Reading {
  readonly parts: readonly WindowPart[];
  readonly reachedMs: number;
  /** Windows that end at or before it are final. */
  readonly finalBeforeMs: number;
  /** True when a coarser level was newer than the finer one it was compared with. */
  readonly overtaken: boolean;
}

/** Late data that is folded during a read makes it read again; more often than this, it takes the newer. */
const READ_ATTEMPTS_MAX = 4;

/** A chunk has to hold a whole window: ten minutes overlap five blocks of three. */
export const ITEMS_MAX_LEAST = 8;

/**
 * The windows of one metric of one device, exact to the last batch that was processed.
 *
 * Everything that is stored stands in the open blocks, or was handed on to the rollups before its block was sealed, from
 * fine to coarse. So levels are read in the same order: what moves during the read is found where it went, and where two
 * levels know a window, the higher version is the newer one. Only the hours of open blocks and of the newest block may not
 * have reached their day; those are joined here from their blocks, and their days from their hours.
 *
 * Windows that are shorter than a block, or do not consist of whole blocks, are computed from the blocks themselves, as
 * long as these are kept.
 *
 * @param query the range on the grid of the windows; `itemsMax` at least {@link ITEMS_MAX_LEAST}
 */
export async function readWindows(query: WindowQuery, source: WindowSource): Promise<WindowBatch> {
  const { fromMs } = query;
  let itemsRead = 0;
  for (let attempt = 1; ; attempt += 1) {
    const levels = new DeviceLevels(query, source);
    const { parts, reachedMs, finalBeforeMs, overtaken } = await readOnce(query, source.blockMs, levels);
    itemsRead += levels.itemsRead;
    if (overtaken && attempt < READ_ATTEMPTS_MAX) continue;
    const windows = parts.flatMap(({ window, version, summary }): MetricWindow[] => {
      if (summary === undefined || window.startMs < fromMs || window.startMs >= reachedMs) return [];
      return [{ window, summary, version, final: window.endMs <= finalBeforeMs }];
    });
    return { windows, reachedMs, itemsRead };
  }
}

/** Whether windows of a resolution are joined from whole blocks, rather than computed from readings. */
export function consistsOfBlocks(resolution: Resolution, blockMs: number): boolean {
  return resolution !== '1m' && RESOLUTION_MS[resolution] % blockMs === 0;
}

function readOnce(query: WindowQuery, blockMs: number, levels: DeviceLevels): Promise<Reading> {
  if (!consistsOfBlocks(query.resolution, blockMs)) {
    return readFromBlocks(query, blockMs, levels);
  }
  if (query.resolution === '10m') return readFromHours(levels);
  return query.resolution === '1h' ? readFromDays(levels) : readFromMonths(levels);
}

async function readFromHours(levels: DeviceLevels): Promise<Reading> {
  const open = await levels.openRegion();
  const { parts, reachedMs } = await levels.children('hour');
  const windows = joinInto(RESOLUTION_MS['10m'], newestOf(open.blocks, parts));
  return { parts: windows, reachedMs, finalBeforeMs: open.finalBeforeMs, overtaken: false };
}

async function readFromDays(levels: DeviceLevels): Promise<Reading> {
  const open = await levels.openRegion();
  const blocks = await levels.childrenAround('hour', open.unfoldedMs);
  const openHours = joinInto(RESOLUTION_MS['1h'], newestOf(open.blocks, blocks));
  const { parts: hours, reachedMs } = await levels.children('day');
  return {
    parts: newestOf(openHours, hours),
    reachedMs,
    finalBeforeMs: open.finalBeforeMs,
    overtaken: isOvertaken(openHours, hours),
  };
}

async function readFromMonths(levels: DeviceLevels): Promise<Reading> {
  const open = await levels.openRegion();
  const blocks = await levels.childrenAround('hour', open.unfoldedMs);
  const openHours = joinInto(RESOLUTION_MS['1h'], newestOf(open.blocks, blocks));
  const hours = await levels.childrenAround('day', open.unfoldedMs);
  const openDays = joinInto(RESOLUTION_MS['1d'], newestOf(openHours, hours));
  const { parts: days, reachedMs } = await levels.children('month');
  return {
    parts: newestOf(openDays, days),
    reachedMs,
    finalBeforeMs: open.finalBeforeMs,
    overtaken: isOvertaken(openHours, hours) || isOvertaken(openDays, days),
  };
}

/**
 * Where windows straddle blocks, a window of which one block has expired is left out: a part is never given for the whole.
 * The hours say which blocks there were; they are read first, so that a block they know and that is missing has expired.
 */
async function readFromBlocks(query: WindowQuery, blockMs: number, levels: DeviceLevels): Promise<Reading> {
  const lengthMs = RESOLUTION_MS[query.resolution];
  const { finalBeforeMs } = await levels.openRegion();
  const straddling = blockMs % lengthMs !== 0;
  const hours = straddling ? await levels.children('hour') : { parts: [], reachedMs: query.toMs };
  const { blocks, reachedMs } = await levels.blocks(hours.reachedMs);

  const found = new Set(blocks.map(({ block }) => block.slot.startMs));
  const incomplete = new Set(
    hours.parts
      .filter(({ window }) => window.startMs < reachedMs && !found.has(window.startMs))
      .flatMap(({ window }) => windowStartsIn(window, lengthMs)),
  );
  const parts = new Map<number, WindowPart>();
  for (const { block, version } of blocks) {
    const summaries = new Map(
      summariseWindows(block, query.metric, lengthMs).map(({ window, summary }) => [window.startMs, summary]),
    );
    for (const startMs of windowStartsIn(block.slot, lengthMs)) {
      const before = parts.get(startMs);
      parts.set(startMs, {
        window: { startMs, endMs: startMs + lengthMs },
        version: (before?.version ?? 0) + version,
        summary: mergePresent(before?.summary, summaries.get(startMs)),
      });
    }
  }
  return {
    parts: [...parts.values()].filter(({ window }) => !incomplete.has(window.startMs)),
    reachedMs: reachedMs < query.toMs ? windowAt(lengthMs, reachedMs).startMs : query.toMs,
    finalBeforeMs,
    overtaken: false,
  };
}

/** Starts of the windows of `lengthMs` that overlap `slot`, ascending. */
function windowStartsIn(slot: Window, lengthMs: number): number[] {
  const starts: number[] = [];
  for (let startMs = windowAt(lengthMs, slot.startMs).startMs; startMs < slot.endMs; startMs += lengthMs) {
    starts.push(startMs);
  }
  return starts;
}
