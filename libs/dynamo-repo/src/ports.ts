import type { Block, Summaries, Window } from '@weir/aggregation';

/** Consumed DynamoDB capacity, in capacity units, added up by the repositories as they work for one caller. */
export interface CapacityMeter {
  readUnits: number;
  writeUnits: number;
  /** Conditional writes that found another version and handed it back. */
  conflicts: number;
  /** Requests sent again after throttling or a transient failure. */
  retries: number;
}

/** What a caller grants one piece of work: when it must be finished, and where its costs are added up. */
export interface WorkContext {
  /** Epoch milliseconds after which nothing is tried again; a Lambda passes its own remaining time less a margin. */
  readonly deadlineMs: number;
  readonly meter: CapacityMeter;
}

export interface BlockKey {
  readonly deviceId: string;
  readonly slotStartMs: number;
}

/** One block as it stands in the table. */
export interface StoredBlock {
  readonly deviceId: string;
  readonly block: Block;
  /** Grows by one with every change of the content; 1 at creation. Sealing does not change it. */
  readonly version: number;
  /** True once the block's summaries stand in the rollups. A sealed block stays sealed. */
  readonly sealed: boolean;
}

export type WriteResult =
  | { readonly ok: true; readonly stored: StoredBlock }
  /** Somebody else wrote first; `current` is what stands now, undefined when nothing does. */
  | { readonly ok: false; readonly current: StoredBlock | undefined };

/** The blocks from the newest down to the first sealed one, which is included. */
export interface OpenRun {
  /** Newest first. The last one is sealed if any sealed block was found. */
  readonly blocks: readonly StoredBlock[];
  /** True when the scan passed the oldest block without meeting a sealed one. */
  readonly reachedBottom: boolean;
}

export interface BlockPage {
  readonly blocks: readonly StoredBlock[];
  /** Slot to go on after, undefined on the last page. */
  readonly nextAfterMs: number | undefined;
}

export interface BlockRepository {
  /**
   * Strongly consistent; duplicate keys are asked for once; expired and absent blocks are missing from the answer.
   *
   * A block that cannot be decoded goes to `onCorrupt`, so that it does not keep the others from being read; without it
   * the CorruptItemError is thrown.
   */
  getMany(
    keys: readonly BlockKey[],
    work: WorkContext,
    onCorrupt?: (key: BlockKey, error: CorruptItemError) => void,
  ): Promise<ReadonlyMap<string, StoredBlock>>;
  /**
   * Writes `block` as version `expected.version + 1` if the stored block is still exactly `expected` (version and
   * seal), or as version 1 if `expected` is undefined and nothing unexpired is stored. An open block never expires;
   * a sealed one expires `blockTtlMs` after its last write. An expired block counts as absent, for either `expected`.
   *
   * @throws ItemTooLargeError when the encoded block exceeds what one item can hold.
   */
  write(
    deviceId: string,
    block: Block,
    expected: StoredBlock | undefined,
    nowMs: number,
    work: WorkContext,
  ): Promise<WriteResult>;
  /** Marks `block` sealed if it still is at that version and open. */
  seal(block: StoredBlock, nowMs: number, work: WorkContext): Promise<WriteResult>;
  /** Strongly consistent. */
  openRun(deviceId: string, work: WorkContext): Promise<OpenRun>;
  /** Blocks whose slot begins in [fromMs, toMs), in slot order; `limit` blocks a page at most. Strongly consistent. */
  range(
    deviceId: string,
    range: { fromMs: number; toMs: number; order: 'asc' | 'desc'; limit: number; afterMs?: number },
    work: WorkContext,
  ): Promise<BlockPage>;
}

/** The key of a block in the maps that {@link BlockRepository.getMany} answers with. */
export function blockKeyOf(key: BlockKey): string {
  return `${key.deviceId}/${key.slotStartMs}`;
}

/** `hour` holds blocks, `day` holds hours, `month` holds days. */
export type RollupLevel = 'hour' | 'day' | 'month';

/** What one child window contributed to its rollup, and at which version of the child. */
export interface RollupSlot {
  readonly window: Window;
  readonly version: number;
  readonly summaries: Summaries;
}

/** A rollup item: the page of its children. */
export interface Rollup {
  readonly deviceId: string;
  readonly level: RollupLevel;
  readonly window: Window;
  /** In time order; a child without data is absent. */
  readonly slots: readonly RollupSlot[];
  /** Sum of the slots' versions: grows with every change of the item. */
  readonly version: number;
  /** True once {@link RollupRepository.markFolded} let it expire. */
  readonly folded: boolean;
}

export interface RollupRepository {
  /**
   * Writes children into the one rollup of that level which covers them all, each only where no slot or an older version
   * of it stands, and answers with the whole rollup as it stands afterwards, whether or not this call changed it.
   * Idempotent. Children that are all newer, as nearly always, cost a single write.
   *
   * @param slots at least one, all children of the same rollup
   * @throws RangeError where they are not
   */
  putSlots(
    deviceId: string,
    level: RollupLevel,
    slots: readonly RollupSlot[],
    nowMs: number,
    work: WorkContext,
  ): Promise<{ rollup: Rollup; changed: boolean }>;
  /**
   * Lets a rollup expire once its fold stands in the next level (hours 13 months after; days and months never): what
   * stands nowhere coarser is never deleted. Part of folding; idempotent, and without a write where `rollup.folded` says that it stands.
   * Has no effect where a slot has changed since `rollup` was read: whoever changed it folds it again.
   */
  markFolded(rollup: Rollup, nowMs: number, work: WorkContext): Promise<void>;
  get(
    deviceId: string,
    level: RollupLevel,
    windowStartMs: number,
    work: WorkContext,
  ): Promise<Rollup | undefined>;
  /** Rollups whose window begins in [fromMs, toMs), in time order. Strongly consistent. */
  range(
    deviceId: string,
    level: RollupLevel,
    range: { fromMs: number; toMs: number; limit: number },
    work: WorkContext,
  ): Promise<readonly Rollup[]>;
}

/** How one metric of a device is converted and checked. `value · scale + offset` must lie in [min, max]. */
export interface MetricDefinition {
  /** UCUM code. */
  readonly unit?: string;
  readonly scale?: number;
  readonly offset?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A registry entry: how readings of a device are to be understood from `effectiveFromMs` on. */
export interface DeviceEntry {
  readonly deviceId: string;
  readonly effectiveFromMs: number;
  readonly siteId?: string;
  readonly model?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, MetricDefinition>>;
  /** True for the entry that a deletion leaves behind: from then on nothing is converted or checked. */
  readonly deleted?: boolean;
}

/** A line of the device directory: every device that is registered or has ever stored a reading. */
export interface DirectoryEntry {
  readonly deviceId: string;
  readonly siteId?: string;
  readonly model?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The unit of each metric that has one registered, by the metric's name. */
  readonly units?: Readonly<Record<string, string>>;
  readonly registered: boolean;
}

export interface DirectoryPage {
  readonly items: readonly DirectoryEntry[];
  /** The device to go on after, undefined on the last page. */
  readonly nextAfter: string | undefined;
}

export interface DeviceRepository {
  /** All entries of a device, oldest first; the one that applies to a reading has the latest `effectiveFromMs` not after it. */
  entries(deviceId: string, work: WorkContext): Promise<readonly DeviceEntry[]>;
  /**
   * Adds an entry (same effectiveFromMs: replaces it), brings the directory line (site, model, labels) up to date, and notes
   * the change by the store's clock, atomically.
   */
  putEntry(entry: DeviceEntry, work: WorkContext): Promise<void>;
  /**
   * The devices of which an entry was put at `sinceMs` or later, each once. Changes are known for a day. Strongly consistent; the
   * times are by the clocks of those who put, as they began.
   */
  changedSince(sinceMs: number, work: WorkContext): Promise<ReadonlySet<string>>;
  /** Makes sure that the device has a directory line; never changes one that exists. */
  ensureListed(deviceId: string, work: WorkContext): Promise<void>;
  directoryEntry(deviceId: string, work: WorkContext): Promise<DirectoryEntry | undefined>;
  /** In order of device id; of one site, or of all. */
  list(
    query: { siteId?: string; prefix?: string; limit: number; after?: string },
    work: WorkContext,
  ): Promise<DirectoryPage>;
}

/**
 * How far down a head reaches: to the first sealed block, as {@link OpenRun} does; or beyond it to the start of the UTC hour
 * of the lowest open block above it (of the newest block, if none is open).
 */
export type HeadDepth = 'open run' | 'unfolded hours';

/** The top of a device's partition: how its readings are to be understood, and what no day may hold yet. */
export interface DeviceHead {
  /** When the read began, in epoch milliseconds of the store's clock. */
  readonly readAtMs: number;
  /** Oldest first, as {@link DeviceRepository.entries} has them. */
  readonly entries: readonly DeviceEntry[];
  /** Newest first, down to the depth. */
  readonly blocks: readonly StoredBlock[];
}

export interface HeadRepository {
  /**
   * All entries of a device and its newest blocks, as a rule in one request. Strongly consistent, each item as of the moment
   * at which it is read, from the newest block down.
   */
  read(deviceId: string, depth: HeadDepth, work: WorkContext): Promise<DeviceHead>;
}

export interface Repositories {
  readonly blocks: BlockRepository;
  readonly heads: HeadRepository;
  readonly rollups: RollupRepository;
  readonly devices: DeviceRepository;
}

/** Nothing was decided: throttling, a lost connection, or no time left. Trying again later is right. */
export class TransientStoreError extends Error {
  readonly code = 'store_transient';
  override readonly name = 'TransientStoreError';
}

/** What stands in the table cannot be read by this version of the code. Names the key; trying again does not help. */
export class CorruptItemError extends Error {
  readonly code = 'item_corrupt';
  override readonly name = 'CorruptItemError';
}

/** What was to be written is larger than DynamoDB's 400 KB an item. Nothing was written; trying again does not help. */
export class ItemTooLargeError extends Error {
  readonly code = 'item_too_large';
  override readonly name = 'ItemTooLargeError';
}
