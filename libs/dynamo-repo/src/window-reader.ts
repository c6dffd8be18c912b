import {
  RESOLUTION_MS,
  summariseWindows,
  windowAt,
  type Resolution,
  type Summary,
  type Window,
} from '@weir/aggregation';
import { DeviceLevels, type WindowRange, type WindowSource } from './device-levels.js';
import { openRegionOf, type OpenRegion } from './open-region.js';
import type { DeviceEntry } from './ports.js';
import { firstOf, joinInto, mergePresent, newestOf, type WindowPart } from './window-part.js';

export interface WindowQuery {
  readonly deviceId: string;
  readonly metric: string;
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
}

/** A device whose head was read, and whose windows can be. */
export interface DeviceWindows {
  /** Registry entries, oldest first. */
  readonly entries: readonly DeviceEntry[];
  /** Whether anything is stored. The newest block never expires. */
  readonly hasBlocks: boolean;
  /** Items read so far: what a page may cost is bounded by it. */
  readonly itemsRead: number;
  /** @param range on the grid of the windows; `itemsMax` at least {@link ITEMS_MAX_LEAST} */
  read(range: WindowRange): Promise<WindowBatch>;
}

interface Chunk {
  readonly parts: readonly WindowPart[];
  readonly reachedMs: number;
}

/** A chunk has to hold a whole window: ten minutes overlap five blocks of three. */
export const ITEMS_MAX_LEAST = 8;

/**
 * The windows of one metric of one device, exact to the last batch that was processed.
 *
 * First of all the head is read: the registry entries and the blocks from the newest down, in one request as a rule; then, as
 * often as asked, the rollups. Why that shows everything which was finished before it began, and nothing twice:
 *
 * - What is finished stands in its block, and if that is sealed, in its hour; before the last block of an hour is sealed, the
 *   hour stands in its day, provided that a later hour has begun; likewise the day in its month. So an hour that its day may
 *   lack is that of the newest block, or of an open one; and the open ones lie together at the top, above the first sealed
 *   one. (An open block below that belongs to a batch which is not finished.)
 * - The blocks of these hours are read from the newest down, each as it stands then. Whatever is sealed or folded after that
 *   is seen here; whatever was before, in the rollups, as these are read later.
 * - A rollup never holds a newer version of a block than the block itself. So where an hour was read from its blocks, its day
 *   is not asked for it: what the day has of it is older, or came after the query began. The same holds for days and months.
 *   No two reads have to agree, and nothing is ever read again.
 * - Only blocks that are sealed can expire. Where an hour is so old that it may have lost one, its item is read as well, which
 *   cannot have expired before it was folded; and of each block the newer version counts. If there is no such item, then no
 *   block of the hour was ever sealed, or it is so old that it has expired, too: then the day goes first.
 *
 * Ten minutes are the children of hours, where these are read for the whole range: there, only the open blocks may be newer.
 * Windows that are shorter than a block, or do not consist of whole blocks, are computed from the blocks themselves, as long
 * as these are kept.
 */
export async function openDeviceWindows(query: WindowQuery, source: WindowSource): Promise<DeviceWindows> {
  const { deviceId, metric, resolution } = query;
  const { repositories, blockMs, work } = source;
  const depth = resolution === '1h' || resolution === '1d' ? 'unfolded hours' : 'open run';
  const head = await repositories.heads.read(deviceId, depth, work);
  const region = openRegionOf(head, metric, blockMs);
  const levels = new DeviceLevels(query, source);
  levels.itemsRead += head.blocks.length;
  return {
    entries: head.entries,
    hasBlocks: head.blocks.length > 0,
    get itemsRead() {
      return levels.itemsRead;
    },
    async read(range) {
      const { parts, reachedMs } = await readChunk(query, range, blockMs, region, levels);
      const windows = parts.flatMap(({ window, version, summary }): MetricWindow[] => {
        if (summary === undefined || window.startMs < range.fromMs || window.startMs >= reachedMs) return [];
        return [{ window, summary, version, final: window.endMs <= region.finalBeforeMs }];
      });
      return { windows, reachedMs };
    },
  };
}

/** Whether windows of a resolution are joined from whole blocks, rather than computed from readings. */
export function consistsOfBlocks(resolution: Resolution, blockMs: number): boolean {
  return resolution !== '1m' && RESOLUTION_MS[resolution] % blockMs === 0;
}

function readChunk(
  { metric, resolution }: WindowQuery,
  range: WindowRange,
  blockMs: number,
  region: OpenRegion,
  levels: DeviceLevels,
): Promise<Chunk> {
  if (!consistsOfBlocks(resolution, blockMs)) {
    return readFromBlocks(metric, RESOLUTION_MS[resolution], range, blockMs, levels);
  }
  if (resolution === '10m') return readFromHours(range, region, levels);
  return resolution === '1h' ? readFromDays(range, region, levels) : readFromMonths(range, region, levels);
}

async function readFromHours(range: WindowRange, region: OpenRegion, levels: DeviceLevels): Promise<Chunk> {
  const { parts, reachedMs } = await levels.children('hour', range);
  return { parts: joinInto(RESOLUTION_MS['10m'], newestOf(region.openBlocks, parts)), reachedMs };
}

async function readFromDays(range: WindowRange, region: OpenRegion, levels: DeviceLevels): Promise<Chunk> {
  const { whole, doubtful } = await readUnfoldedHours(range, region, levels);
  const { parts, reachedMs } = await levels.children('day', range);
  return { parts: firstOf(whole, parts, doubtful), reachedMs };
}

/** A day that holds an unfolded hour is as far from its month, so its hours are read, from the day and from these. */
async function readFromMonths(range: WindowRange, region: OpenRegion, levels: DeviceLevels): Promise<Chunk> {
  const { whole, doubtful } = await readUnfoldedHours(range, region, levels);
  const hourStartsMs = firstOf(whole, doubtful).map(({ window }) => window.startMs);
  const [hours, { parts, reachedMs }] = await Promise.all([
    levels.childrenAround('day', hourStartsMs),
    levels.children('month', range),
  ]);
  const days = joinInto(RESOLUTION_MS['1d'], firstOf(whole, hours, doubtful));
  return { parts: firstOf(days, parts), reachedMs };
}

/** The unfolded hours of the range: those of which every block is known, and those that may be a part only. */
async function readUnfoldedHours(
  { fromMs, toMs }: WindowRange,
  region: OpenRegion,
  levels: DeviceLevels,
): Promise<{ whole: readonly WindowPart[]; doubtful: readonly WindowPart[] }> {
  const hours = region.hours.filter(({ window }) => window.endMs > fromMs && window.startMs < toMs);
  const incomplete = hours.filter(({ complete }) => !complete).map(({ window }) => window.startMs);
  const slots = await levels.childrenAround('hour', incomplete);
  const whole: WindowPart[] = [];
  const doubtful: WindowPart[] = [];
  for (const { window, blocks, complete } of hours) {
    const handedOn = slots.filter(
      ({ window: slot }) => slot.startMs >= window.startMs && slot.startMs < window.endMs,
    );
    const joined = joinInto(RESOLUTION_MS['1h'], newestOf(blocks, handedOn));
    if (complete || handedOn.length > 0) whole.push(...joined);
    else doubtful.push(...joined);
  }
  return { whole, doubtful };
}

/**
 * Where windows straddle blocks, a window of which one block has expired is left out: a part is never given for the whole.
 * The hours say which blocks there were; they are read first, so that a block they know and that is missing has expired.
 */
async function readFromBlocks(
  metric: string,
  lengthMs: number,
  range: WindowRange,
  blockMs: number,
  levels: DeviceLevels,
): Promise<Chunk> {
  const straddling = blockMs % lengthMs !== 0;
  const hours = straddling ? await levels.children('hour', range) : { parts: [], reachedMs: range.toMs };
  const { blocks, reachedMs } = await levels.blocks({ ...range, toMs: hours.reachedMs });

  const found = new Set(blocks.map(({ block }) => block.slot.startMs));
  const incomplete = new Set(
    hours.parts
      .filter(({ window }) => window.startMs < reachedMs && !found.has(window.startMs))
      .flatMap(({ window }) => windowStartsIn(window, lengthMs)),
  );
  const parts = new Map<number, WindowPart>();
  for (const { block, version } of blocks) {
    const summaries = new Map(
      summariseWindows(block, metric, lengthMs).map(({ window, summary }) => [window.startMs, summary]),
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
    reachedMs: reachedMs < range.toMs ? windowAt(lengthMs, reachedMs).startMs : range.toMs,
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
