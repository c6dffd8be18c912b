import { emptyBlock, encodeBlock, encodeSummaries, mergeReadings, summariseBlock } from '@weir/aggregation';
import type { Block, BlockReading, Summaries } from '@weir/aggregation';
import type { RepairableRepositories } from '../item-repair.js';
import type { Repositories, RollupLevel, RollupSlot, StoredBlock, WorkContext } from '../ports.js';
import type { StoreOptions } from '../store-options.js';
import type { TableItem } from '../table-item.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const BLOCK_MINUTES = 10;
export const BLOCK_MS = BLOCK_MINUTES * MINUTE_MS;

/** An hour of no special meaning, from which the tests count. */
export const HOUR_START_MS = Date.UTC(2026, 0, 15, 12);

/** One implementation under test: repositories on a table that begins empty, and a way to put items past them. */
export interface RepositoriesHarness {
  create(options: StoreOptions): RepairableRepositories;
  /** Sets an item as it is. */
  putItem(item: TableItem): Promise<void>;
  stop(): Promise<void>;
}

/** A clock that stands until a test moves it. */
export interface TestClock {
  nowMs: number;
}

/** What every part of the contract suite works with; the parts of one suite share a table, so each test has its own device. */
export interface ContractContext {
  readonly clock: TestClock;
  repositories(): RepairableRepositories;
  harness(): RepositoriesHarness;
  newDevice(): string;
}

export function makeWork(deadlineMs = Number.POSITIVE_INFINITY): WorkContext {
  return { deadlineMs, meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 } };
}

export function makeReading(
  timestampMs: number,
  metrics: Record<string, number> = { temperature: 21.5 },
): BlockReading {
  return { timestampMs, metrics, revision: 0, receivedAtMs: timestampMs + 1_000 };
}

/** A block of the slot that begins at `slotStartMs`, with one reading a minute; none means just one at its start. */
export function makeBlock(
  slotStartMs: number,
  readings: readonly BlockReading[] = [makeReading(slotStartMs)],
): Block {
  const slot = { startMs: slotStartMs, endMs: slotStartMs + BLOCK_MS };
  return mergeReadings(emptyBlock(slot), readings).block;
}

export function withReading(block: Block, reading: BlockReading): Block {
  return mergeReadings(block, [reading]).block;
}

/** Numbers in [0, 1) that no compression helps with, the same every time. */
function makeRandom(): () => number {
  let state = 12_345;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** A block that takes about 15 bytes a reading. */
export function makeLargeBlock(slotStartMs: number, readings: number): Block {
  const random = makeRandom();
  const stepMs = Math.floor(BLOCK_MS / readings);
  return makeBlock(
    slotStartMs,
    Array.from({ length: readings }, (_, index) =>
      makeReading(slotStartMs + index * stepMs, { x: random() * random() }),
    ),
  );
}

/** Summaries of many metrics, about 80 bytes each. */
export function makeManySummaries(metrics: number): Summaries {
  const random = makeRandom();
  const values = Array.from(
    { length: metrics },
    () => [`m${random()}${random()}`, random() * random()] as const,
  );
  return summariseBlock(makeBlock(HOUR_START_MS, [makeReading(HOUR_START_MS, Object.fromEntries(values))]));
}

/** Hex of the encoded block, for comparison to the byte. */
export function bytesOf(block: Block | undefined): string {
  return block === undefined ? 'absent' : Buffer.from(encodeBlock(block)).toString('hex');
}

export function summaryBytesOf(summaries: Summaries | undefined): string {
  return summaries === undefined ? 'absent' : Buffer.from(encodeSummaries(summaries)).toString('hex');
}

export function makeSummaries(value: number, metric = 'temperature'): Summaries {
  return summariseBlock(makeBlock(HOUR_START_MS, [makeReading(HOUR_START_MS, { [metric]: value })]));
}

const CHILD_MS: Readonly<Record<RollupLevel, number>> = { hour: BLOCK_MS, day: HOUR_MS, month: DAY_MS };

export function makeSlot(level: RollupLevel, startMs: number, version = 1, value = version): RollupSlot {
  return { window: { startMs, endMs: startMs + CHILD_MS[level] }, version, summaries: makeSummaries(value) };
}

/** Writes a block as its first version, and seals it if asked to. */
export async function storeBlock(
  repositories: Repositories,
  deviceId: string,
  slotStartMs: number,
  { sealed, nowMs }: { sealed: boolean; nowMs: number },
): Promise<StoredBlock> {
  const written = await repositories.blocks.write(
    deviceId,
    makeBlock(slotStartMs),
    undefined,
    nowMs,
    makeWork(),
  );
  if (!written.ok) throw new Error(`a block of ${deviceId} already stands at ${slotStartMs}`);
  if (!sealed) return written.stored;
  const result = await repositories.blocks.seal(written.stored, nowMs, makeWork());
  if (!result.ok) throw new Error(`the block of ${deviceId} at ${slotStartMs} could not be sealed`);
  return result.stored;
}
