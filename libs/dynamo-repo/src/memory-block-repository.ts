import type { Block } from '@weir/aggregation';
import { assertBlockFits, fromBlockItem, toBlockItem } from './block-item.js';
import { assertTimeLeft } from './deadline.js';
import { expiryOf, isExpired } from './expiry.js';
import { ALL_BLOCKS, blockItemKey, blockRange, devicePartition } from './keys.js';
import type { MemoryTable } from './memory-table.js';
import { CorruptItemError, blockKeyOf } from './ports.js';
import type {
  BlockKey,
  BlockPage,
  BlockRepository,
  OpenRun,
  StoredBlock,
  WorkContext,
  WriteResult,
} from './ports.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

/** The in-memory twin of the block repository: the same items, the same outcomes, no network. */
export class MemoryBlockRepository implements BlockRepository {
  readonly #table: MemoryTable;
  readonly #settings: StoreSettings;

  constructor(table: MemoryTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async getMany(
    keys: readonly BlockKey[],
    work: WorkContext,
    onCorrupt?: (key: BlockKey, error: CorruptItemError) => void,
  ): Promise<ReadonlyMap<string, StoredBlock>> {
    const found = new Map<string, StoredBlock>();
    const distinct = new Map(keys.map((key) => [blockKeyOf(key), key]));
    if (distinct.size > 0) this.#assertTimeLeft('getMany', work);
    for (const [name, key] of distinct) {
      const item = this.#table.get(blockItemKey(key.deviceId, key.slotStartMs), work);
      if (item === undefined || this.#expired(item)) continue;
      try {
        found.set(name, fromBlockItem(item));
      } catch (error) {
        if (onCorrupt === undefined || !(error instanceof CorruptItemError)) throw error;
        onCorrupt(key, error);
      }
    }
    return found;
  }

  async write(
    deviceId: string,
    block: Block,
    expected: StoredBlock | undefined,
    nowMs: number,
    work: WorkContext,
  ): Promise<WriteResult> {
    const sealed = expected?.sealed === true;
    const sealedUntil = sealed ? expiryOf(nowMs, this.#settings.blockTtlMs) : undefined;
    const version = (expected?.version ?? 0) + 1;
    const item = toBlockItem(deviceId, block, version, sealedUntil);
    assertBlockFits(item);
    this.#assertTimeLeft('write', work);
    const standing = this.#standing(item, nowMs);
    const unchanged = standing?.v === expected?.version && (standing?.s === true) === sealed;
    if (!unchanged) return this.#conflict(item, standing, work);
    this.#table.put({ ...item }, work);
    return { ok: true, stored: { deviceId, block, version, sealed } };
  }

  async seal(block: StoredBlock, nowMs: number, work: WorkContext): Promise<WriteResult> {
    this.#assertTimeLeft('seal', work);
    const key = blockItemKey(block.deviceId, block.block.slot.startMs);
    const standing = this.#standing(key, nowMs);
    if (standing === undefined || standing.v !== block.version || standing.s === true) {
      return this.#conflict(key, standing, work);
    }
    this.#table.put({ ...standing, s: true, expiresAt: expiryOf(nowMs, this.#settings.blockTtlMs) }, work);
    return { ok: true, stored: { ...block, sealed: true } };
  }

  async openRun(deviceId: string, work: WorkContext): Promise<OpenRun> {
    this.#assertTimeLeft('openRun', work);
    const read: TableItem[] = [];
    const blocks: StoredBlock[] = [];
    for (const item of this.#table.scanned(devicePartition(deviceId), ALL_BLOCKS).reverse()) {
      read.push(item);
      if (this.#expired(item)) continue;
      const block = fromBlockItem(item);
      blocks.push(block);
      if (block.sealed) break;
    }
    this.#table.chargeQuery(read, work);
    return { blocks, reachedBottom: blocks.at(-1)?.sealed !== true };
  }

  async range(
    deviceId: string,
    range: { fromMs: number; toMs: number; order: 'asc' | 'desc'; limit: number; afterMs?: number },
    work: WorkContext,
  ): Promise<BlockPage> {
    const keys = blockRange(range);
    if (keys === undefined) return { blocks: [], nextAfterMs: undefined };
    this.#assertTimeLeft('range', work);
    const items = this.#table.scanned(devicePartition(deviceId), keys);
    if (range.order === 'desc') items.reverse();
    const live = items.filter((item) => !this.#expired(item));
    const page = live.slice(0, range.limit);
    this.#table.chargeQuery(page, work);
    const blocks = page.map(fromBlockItem);
    return { blocks, nextAfterMs: live.length > page.length ? blocks.at(-1)?.block.slot.startMs : undefined };
  }

  /** What a condition takes as standing there: an expired item counts as absent. */
  #standing(key: { pk: string; sk: string }, nowMs: number): TableItem | undefined {
    const item = this.#table.peek(key);
    return item === undefined || isExpired(item, nowMs) ? undefined : item;
  }

  #conflict(
    key: { pk: string; sk: string },
    standing: TableItem | undefined,
    work: WorkContext,
  ): WriteResult {
    this.#table.chargeConflict(key, work);
    return { ok: false, current: standing === undefined ? undefined : fromBlockItem(standing) };
  }

  #expired(item: TableItem): boolean {
    return isExpired(item, this.#settings.clock());
  }

  #assertTimeLeft(operation: string, work: WorkContext): void {
    assertTimeLeft(`blocks.${operation}`, work, this.#settings.clock());
  }
}
