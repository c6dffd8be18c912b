import { foldSummaries, summariseBlock, windowAt, type Summaries } from '@weir/aggregation';
import type { Repositories, RollupLevel, WorkContext } from '@weir/dynamo-repo';
import { BLOCK_MS, DAY_MS, HOUR_MS } from './workload.js';

/** The summaries of one device's windows, by window start. */
export type Reading = ReadonlyMap<number, Summaries>;

export interface TableReading {
  readonly blocks: Reading;
  readonly hours: Reading;
  readonly days: Reading;
  /** Timestamp of the latest reading, -Infinity where there is none. */
  readonly latestMs: number;
}

interface Versioned {
  readonly version: number;
  readonly summaries: Summaries;
}

/**
 * Reads all aggregates of a device as DESIGN §3 tells readers to: the blocks from the newest down to the first sealed one,
 * then the rollups from fine to coarse; where two have a window, the newer version. Below the hour (the day) of the lowest
 * open block, only the day's (the month's) page is read, as a query over a long range does.
 */
export async function readDevice(
  { blocks, rollups }: Repositories,
  deviceId: string,
  work: WorkContext,
): Promise<TableReading> {
  const run = await blocks.openRun(deviceId, work);
  const slots = async (level: RollupLevel): Promise<Map<number, Versioned>> => {
    const pages = await rollups.range(
      deviceId,
      level,
      { fromMs: 0, toMs: Date.UTC(2100, 0, 1), limit: 10_000 },
      work,
    );
    return new Map(pages.flatMap((page) => page.slots).map((slot) => [slot.window.startMs, slot]));
  };
  const fine = await slots('hour');
  for (const { block, version } of run.blocks) {
    keepNewer(fine, block.slot.startMs, { version, summaries: summariseBlock(block) });
  }
  const lowestOpenMs = run.blocks.findLast(({ sealed }) => !sealed)?.block.slot.startMs ?? Infinity;
  const hours = combine(await slots('day'), fold(fine, HOUR_MS), HOUR_MS, lowestOpenMs);
  const days = combine(await slots('month'), fold(hours, DAY_MS), DAY_MS, lowestOpenMs);
  return {
    blocks: plain(fine, BLOCK_MS),
    hours: plain(hours, HOUR_MS),
    days: plain(days, DAY_MS),
    latestMs: run.blocks[0]?.block.readings.at(-1)?.timestampMs ?? -Infinity,
  };
}

/** Coarse windows as they stand, and from the window of the lowest open block on those folded from finer ones. */
function combine(
  coarse: ReadonlyMap<number, Versioned>,
  folded: ReadonlyMap<number, Versioned>,
  lengthMs: number,
  lowestOpenMs: number,
): Map<number, Versioned> {
  const combined = new Map(coarse);
  for (const [startMs, window] of folded) {
    if (startMs + lengthMs > lowestOpenMs) keepNewer(combined, startMs, window);
  }
  return combined;
}

function fold(children: ReadonlyMap<number, Versioned>, lengthMs: number): Map<number, Versioned> {
  const groups = new Map<number, Versioned[]>();
  for (const [startMs, child] of [...children].sort(([a], [b]) => a - b)) {
    const start = windowAt(lengthMs, startMs).startMs;
    groups.set(start, [...(groups.get(start) ?? []), child]);
  }
  return new Map(
    [...groups].map(([startMs, group]) => [
      startMs,
      {
        version: group.reduce((sum, { version }) => sum + version, 0),
        summaries: foldSummaries(group.map(({ summaries }) => summaries)),
      },
    ]),
  );
}

function keepNewer(windows: Map<number, Versioned>, startMs: number, candidate: Versioned): void {
  const standing = windows.get(startMs);
  if (!standing || standing.version < candidate.version) windows.set(startMs, candidate);
}

function plain(windows: ReadonlyMap<number, Versioned>, lengthMs: number): Reading {
  return new Map(
    [...windows].map(([startMs, { summaries }]) => [windowAt(lengthMs, startMs).startMs, summaries]),
  );
}
