import { RESOLUTION_MS, monthAt, type Window } from '@weir/aggregation';
import {
  CorruptItemError,
  type BlockRepository,
  type Repositories,
  type Rollup,
  type RollupLevel,
  type StoredBlock,
  type WorkContext,
} from '@weir/dynamo-repo';
import type { MeasuringRange } from './archived-readings.js';
import { OperationError } from './operation-error.js';

/** An item that cannot be decoded, or a rollup with a version that is ahead of what it was made of. */
export interface CorruptItem {
  readonly level: 'block' | RollupLevel;
  readonly startMs: number;
  readonly reason: string;
}

/** What stands in the store of one device in a range of whole UTC days. */
export interface DeviceSnapshot {
  /** Start of the device's newest block, wherever it lies; -Infinity where there is none. */
  readonly newestStartMs: number;
  /** By slot start. */
  readonly blocks: ReadonlyMap<number, StoredBlock>;
  /** By window start. Months are those that overlap the range. */
  readonly rollups: Readonly<Record<RollupLevel, ReadonlyMap<number, Rollup>>>;
  readonly corrupt: readonly CorruptItem[];
}

const BLOCKS_A_PAGE = 100;

/**
 * Reads the device as a query does, fine to coarse, so that what moves meanwhile is found where it went. Items that cannot
 * be decoded are named instead of failing the rest.
 *
 * @throws OperationError where the table's blocks are not `blockMs` long
 */
export async function readSnapshot(
  deviceId: string,
  range: MeasuringRange,
  repositories: Repositories,
  blockMs: number,
  newWork: () => WorkContext,
): Promise<DeviceSnapshot> {
  const corrupt: CorruptItem[] = [];
  const newestStartMs = await readNewest(deviceId, repositories.blocks, blockMs, newWork);
  const blocks = await readBlocks(deviceId, range, repositories.blocks, blockMs, newWork, corrupt);
  const read = (level: RollupLevel): Promise<ReadonlyMap<number, Rollup>> =>
    readRollups(deviceId, level, windowsOf(level, range), repositories, newWork, corrupt);
  const hour = await read('hour');
  const day = await read('day');
  const month = await read('month');
  corrupt.push(
    ...itemsAhead('hour', hour, (startMs) => blocks.get(startMs)?.version),
    ...itemsAhead('day', day, (startMs) => hour.get(startMs)?.version),
    ...itemsAhead('month', month, (startMs) => day.get(startMs)?.version),
  );
  return { newestStartMs, blocks, rollups: { hour, day, month }, corrupt };
}

/** The windows of a level that overlap a range of whole days, in time order. */
export function windowsOf(level: RollupLevel, { fromMs, toMs }: MeasuringRange): Window[] {
  const windows: Window[] = [];
  const at = (timeMs: number): Window => {
    if (level === 'month') return monthAt(timeMs);
    return { startMs: timeMs, endMs: timeMs + RESOLUTION_MS[level === 'hour' ? '1h' : '1d'] };
  };
  for (let timeMs = fromMs; timeMs < toMs; timeMs = windows.at(-1)?.endMs ?? toMs) windows.push(at(timeMs));
  return windows;
}

/**
 * Where the newest blocks cannot be decoded, no window counts as over, and days and months are not compared before they can.
 * As there is always a newest block, it also shows whether `blockMs` is that of the table: with another one, sound rollups
 * would not be read.
 */
async function readNewest(
  deviceId: string,
  blocks: BlockRepository,
  blockMs: number,
  newWork: () => WorkContext,
): Promise<number> {
  try {
    const newest = (await blocks.openRun(deviceId, newWork())).blocks[0]?.block.slot;
    if (newest === undefined) return -Infinity;
    const storedMs = newest.endMs - newest.startMs;
    if (storedMs === blockMs) return newest.startMs;
    const minutes = storedMs / RESOLUTION_MS['1m'];
    throw new OperationError(
      `The table has blocks of ${minutes} minutes: say so with --block-minutes ${minutes}.`,
    );
  } catch (error) {
    if (error instanceof CorruptItemError) return -Infinity;
    throw error;
  }
}

async function readBlocks(
  deviceId: string,
  { fromMs, toMs }: MeasuringRange,
  repository: BlockRepository,
  blockMs: number,
  newWork: () => WorkContext,
  corrupt: CorruptItem[],
): Promise<ReadonlyMap<number, StoredBlock>> {
  const found = new Map<number, StoredBlock>();
  let afterMs: number | undefined;
  try {
    do {
      const page = { fromMs, toMs, order: 'asc' as const, limit: BLOCKS_A_PAGE };
      const query = afterMs === undefined ? page : { ...page, afterMs };
      const { blocks, nextAfterMs } = await repository.range(deviceId, query, newWork());
      for (const stored of blocks) found.set(stored.block.slot.startMs, stored);
      afterMs = nextAfterMs;
    } while (afterMs !== undefined);
    return found;
  } catch (error) {
    if (!(error instanceof CorruptItemError)) throw error;
    return readBlocksOneByOne(deviceId, { fromMs, toMs }, repository, blockMs, newWork, corrupt);
  }
}

async function readBlocksOneByOne(
  deviceId: string,
  { fromMs, toMs }: MeasuringRange,
  repository: BlockRepository,
  blockMs: number,
  newWork: () => WorkContext,
  corrupt: CorruptItem[],
): Promise<ReadonlyMap<number, StoredBlock>> {
  const keys = Array.from({ length: Math.ceil((toMs - fromMs) / blockMs) }, (_, index) => ({
    deviceId,
    slotStartMs: fromMs + index * blockMs,
  }));
  const found = await repository.getMany(keys, newWork(), ({ slotStartMs: startMs }, { message: reason }) =>
    corrupt.push({ level: 'block', startMs, reason }),
  );
  return new Map([...found.values()].map((stored) => [stored.block.slot.startMs, stored]));
}

async function readRollups(
  deviceId: string,
  level: RollupLevel,
  windows: readonly Window[],
  { rollups }: Pick<Repositories, 'rollups'>,
  newWork: () => WorkContext,
  corrupt: CorruptItem[],
): Promise<ReadonlyMap<number, Rollup>> {
  const byStart = (found: readonly Rollup[]): ReadonlyMap<number, Rollup> =>
    new Map(found.map((rollup) => [rollup.window.startMs, rollup]));
  const fromMs = windows[0]?.startMs ?? 0;
  const toMs = windows.at(-1)?.endMs ?? 0;
  try {
    return byStart(await rollups.range(deviceId, level, { fromMs, toMs, limit: windows.length }, newWork()));
  } catch (error) {
    if (!(error instanceof CorruptItemError)) throw error;
  }
  const found: Rollup[] = [];
  for (const { startMs } of windows) {
    try {
      const rollup = await rollups.get(deviceId, level, startMs, newWork());
      if (rollup) found.push(rollup);
    } catch (error) {
      if (!(error instanceof CorruptItemError)) throw error;
      corrupt.push({ level, startMs, reason: error.message });
    }
  }
  return byStart(found);
}

/** A child that is ahead of its source would never be replaced by it, as only newer versions count. */
function itemsAhead(
  level: RollupLevel,
  rollups: ReadonlyMap<number, Rollup>,
  versionOf: (childStartMs: number) => number | undefined,
): CorruptItem[] {
  return [...rollups].flatMap(([startMs, { slots }]) => {
    const ahead = slots.find(({ window, version }) => version > (versionOf(window.startMs) ?? Infinity));
    if (!ahead) return [];
    const at = new Date(ahead.window.startMs).toISOString();
    return [{ level, startMs, reason: `the version of ${at} is ahead of what it was made of` }];
  });
}
