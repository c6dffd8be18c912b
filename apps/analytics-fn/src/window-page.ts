import { RESOLUTION_MS, mergeSummaries, windowAt, type Resolution, type Window } from '@weir/aggregation';
import {
  ITEMS_MAX_LEAST,
  consistsOfBlocks,
  type DeviceWindows,
  type MetricWindow,
  type WindowBatch,
} from '@weir/dynamo-repo';

export interface WindowPageQuery {
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
export const DEVICES_AT_ONCE = 8;

/** A range widened to whole windows: the start rounded down, the end up. */
export function wholeWindows({ startMs, endMs }: Window, resolution: Resolution): Window {
  const lengthMs = RESOLUTION_MS[resolution];
  return { startMs: windowAt(lengthMs, startMs).startMs, endMs: windowAt(lengthMs, endMs - 1).endMs };
}

/**
 * A page of the windows of one metric over any number of devices, merged by time. Goes through the range in rounds until
 * the page is full or has cost enough, however sparse the data is.
 *
 * @param devices in the order in which summaries of the same window are merged
 */
export async function readWindowPage(
  devices: readonly DeviceWindows[],
  { resolution, range, limit }: WindowPageQuery,
  blockMs: number,
): Promise<WindowPage> {
  const needed = Math.ceil((limit + 1) / windowsAnItem(resolution, blockMs)) + 1;
  const share = Math.floor(ITEMS_A_PAGE_MAX / devices.length);
  // As many items as a full page of gapless data needs, where the device's share of the page's bound allows that.
  const itemsMax = Math.max(ITEMS_MAX_LEAST, Math.min(needed, share, ITEMS_A_READ_MAX));
  const itemsRead = (): number => devices.reduce((sum, device) => sum + device.itemsRead, 0);
  const found: MetricWindow[] = [];
  let reachedMs = range.startMs;
  while (reachedMs < range.endMs && found.length <= limit && itemsRead() < ITEMS_A_PAGE_MAX) {
    const round = await readRound(devices, { startMs: reachedMs, endMs: range.endMs }, itemsMax);
    found.push(...round.windows);
    reachedMs = round.reachedMs;
  }
  const windows = found.slice(0, limit);
  const nextMs = found[limit]?.window.startMs ?? (reachedMs < range.endMs ? reachedMs : undefined);
  return { windows, nextMs };
}

/** Reads some windows of every device, as far as the one that reaches least; the others need not be read beyond that. */
async function readRound(
  devices: readonly DeviceWindows[],
  { startMs: fromMs, endMs }: Window,
  itemsMax: number,
): Promise<WindowBatch> {
  const merged = new Map<number, MetricWindow>();
  let reachedMs = endMs;
  for (let first = 0; first < devices.length; first += DEVICES_AT_ONCE) {
    const toMs = reachedMs;
    const batches = await Promise.all(
      devices.slice(first, first + DEVICES_AT_ONCE).map((device) => device.read({ fromMs, toMs, itemsMax })),
    );
    for (const batch of batches) {
      for (const window of batch.windows) addWindow(merged, window);
      reachedMs = Math.min(reachedMs, batch.reachedMs);
    }
  }
  const windows = [...merged.values()]
    .filter(({ window }) => window.startMs < reachedMs)
    .sort((a, b) => a.window.startMs - b.window.startMs);
  return { windows, reachedMs };
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

function windowsAnItem(resolution: Resolution, blockMs: number): number {
  if (!consistsOfBlocks(resolution, blockMs)) return Math.max(1, blockMs / RESOLUTION_MS[resolution]);
  if (resolution === '10m') return 6;
  return resolution === '1h' ? 24 : 28;
}
