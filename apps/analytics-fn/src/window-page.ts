import { RESOLUTION_MS, mergeSummaries, windowAt, type Resolution, type Window } from '@weir/aggregation';
import {
  ITEMS_MAX_LEAST,
  consistsOfBlocks,
  readWindows,
  type MetricWindow,
  type WindowBatch,
  type WindowSource,
} from '@weir/dynamo-repo';

export interface WindowPageQuery {
  /** In the order in which summaries of the same window are merged. */
  readonly deviceIds: readonly string[];
  readonly metric: string;
  readonly resolution: Resolution;
  /** On the grid of the windows. */
  readonly range: Window;
  /** Windows at most. */
  readonly limit: number;
}

export interface WindowPage {
  readonly windows: readonly MetricWindow[];
  /** Start of the window to go on with; undefined on the last page. A page may be short and yet not the last. */
  readonly nextMs: number | undefined;
}

/** Decoding this many rollups takes a few seconds at most; a page that needs more is cut short. */
const ITEMS_A_PAGE_MAX = 4_000;
const ITEMS_A_READ_MAX = 50;
const DEVICES_AT_ONCE = 8;

/** A range widened to whole windows: the start rounded down, the end up. */
export function wholeWindows({ startMs, endMs }: Window, resolution: Resolution): Window {
  const lengthMs = RESOLUTION_MS[resolution];
  return { startMs: windowAt(lengthMs, startMs).startMs, endMs: windowAt(lengthMs, endMs - 1).endMs };
}

/**
 * A page of the windows of one metric over any number of devices, merged by time. Goes through the range in rounds until
 * the page is full or has cost enough, however sparse the data is.
 */
export async function readWindowPage(query: WindowPageQuery, source: WindowSource): Promise<WindowPage> {
  const { range, limit } = query;
  const found: MetricWindow[] = [];
  let reachedMs = range.startMs;
  for (let itemsRead = 0; reachedMs < range.endMs && found.length <= limit && itemsRead < ITEMS_A_PAGE_MAX;) {
    const round = await readRound({ ...query, range: { ...range, startMs: reachedMs } }, source);
    found.push(...round.windows);
    reachedMs = round.reachedMs;
    itemsRead += round.itemsRead;
  }
  const windows = found.slice(0, limit);
  const nextMs = found[limit]?.window.startMs ?? (reachedMs < range.endMs ? reachedMs : undefined);
  return { windows, nextMs };
}

/** Reads some windows of every device, as far as the one that reaches least; the others need not be read beyond that. */
async function readRound(query: WindowPageQuery, source: WindowSource): Promise<WindowBatch> {
  const { deviceIds, metric, resolution, range } = query;
  const merged = new Map<number, MetricWindow>();
  const itemsMax = itemsOfRead(query, source.blockMs);
  let reachedMs = range.endMs;
  let itemsRead = 0;
  for (let first = 0; first < deviceIds.length; first += DEVICES_AT_ONCE) {
    const toMs = reachedMs;
    const batches = await Promise.all(
      deviceIds
        .slice(first, first + DEVICES_AT_ONCE)
        .map((deviceId) =>
          readWindows({ deviceId, metric, resolution, fromMs: range.startMs, toMs, itemsMax }, source),
        ),
    );
    for (const batch of batches) {
      for (const window of batch.windows) addWindow(merged, window);
      reachedMs = Math.min(reachedMs, batch.reachedMs);
      itemsRead += batch.itemsRead;
    }
  }
  const windows = [...merged.values()]
    .filter(({ window }) => window.startMs < reachedMs)
    .sort((a, b) => a.window.startMs - b.window.startMs);
  return { windows, reachedMs, itemsRead };
}

/** Merging takes first and last by their instants, so devices whose readings interleave may come in any order. */
function addWindow(merged: Map<number, MetricWindow>, added: MetricWindow): void {
  const { startMs } = added.window;
  const before = merged.get(startMs);
  merged.set(
    startMs,
    before === undefined
      ? added
      : {
          window: before.window,
          summary: mergeSummaries(before.summary, added.summary),
          version: before.version + added.version,
          final: before.final && added.final,
        },
  );
}

/** As many items as a full page of a device with gapless data needs, where its share of the page's bound allows that. */
function itemsOfRead({ deviceIds, resolution, limit }: WindowPageQuery, blockMs: number): number {
  const needed = Math.ceil((limit + 1) / windowsAnItem(resolution, blockMs)) + 1;
  const share = Math.floor(ITEMS_A_PAGE_MAX / deviceIds.length);
  return Math.max(ITEMS_MAX_LEAST, Math.min(needed, share, ITEMS_A_READ_MAX));
}

function windowsAnItem(resolution: Resolution, blockMs: number): number {
  if (!consistsOfBlocks(resolution, blockMs)) return Math.max(1, blockMs / RESOLUTION_MS[resolution]);
  if (resolution === '10m') return 6;
  return resolution === '1h' ? 24 : 28;
}
