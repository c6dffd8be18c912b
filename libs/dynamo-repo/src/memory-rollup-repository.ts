import { assertTimeLeft } from './deadline.js';
import { expiryOf, isExpired } from './expiry.js';
import { assertItemFits } from './item-size.js';
import { devicePartition, rollupItemKey, rollupRange } from './keys.js';
import type { MemoryTable } from './memory-table.js';
import type { Rollup, RollupLevel, RollupRepository, RollupSlot, WorkContext } from './ports.js';
import { allSlotAttributes, fromRollupItem, rollupKeyOf, slotAttributes, slotValues } from './rollup-item.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

/** The in-memory twin of the rollup repository: the same items, the same outcomes, no network. */
export class MemoryRollupRepository implements RollupRepository {
  readonly #table: MemoryTable;
  readonly #settings: StoreSettings;

  constructor(table: MemoryTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async putSlot(
    deviceId: string,
    level: RollupLevel,
    slot: RollupSlot,
    _nowMs: number,
    work: WorkContext,
  ): Promise<{ rollup: Rollup; changed: boolean }> {
    const names = slotAttributes(level, slot.window, this.#settings.blockMs);
    const values = slotValues(slot);
    const key = rollupKeyOf(deviceId, level, slot.window);
    this.#assertTimeLeft('putSlot', work);
    const before = this.#table.peek(key);
    const standing = before?.[names.version];
    if (before !== undefined && typeof standing === 'number' && standing >= slot.version) {
      this.#table.chargeConflict(key, work);
      return { rollup: this.#decoded(level, before), changed: false };
    }
    const { expiresAt: _takenBack, ...kept } = { ...before };
    const item = { ...kept, ...key, [names.version]: values.version, [names.summaries]: values.summaries };
    assertItemFits(item);
    this.#table.put(item, work);
    return { rollup: this.#decoded(level, item), changed: true };
  }

  async markFolded(rollup: Rollup, nowMs: number, work: WorkContext): Promise<void> {
    if (rollup.level !== 'hour' || rollup.folded) return;
    this.#assertTimeLeft('markFolded', work);
    const key = rollupItemKey(rollup.deviceId, rollup.level, rollup.window.startMs);
    const standing = this.#table.peek(key);
    const versions = new Map(
      rollup.slots.map((slot) => [
        slotAttributes(rollup.level, slot.window, this.#settings.blockMs).version,
        slot.version,
      ]),
    );
    const all = allSlotAttributes(rollup.level, rollup.window, this.#settings.blockMs);
    const unchanged = all.every(({ version }) => standing?.[version] === versions.get(version));
    if (standing === undefined || !unchanged) {
      this.#table.chargeConflict(key, work);
      return;
    }
    this.#table.put({ ...standing, expiresAt: expiryOf(nowMs, this.#settings.hourTtlMs) }, work);
  }

  async get(
    deviceId: string,
    level: RollupLevel,
    windowStartMs: number,
    work: WorkContext,
  ): Promise<Rollup | undefined> {
    this.#assertTimeLeft('get', work);
    const item = this.#table.get(rollupItemKey(deviceId, level, windowStartMs), work);
    return item === undefined || this.#expired(item) ? undefined : this.#decoded(level, item);
  }

  async range(
    deviceId: string,
    level: RollupLevel,
    range: { fromMs: number; toMs: number; limit: number },
    work: WorkContext,
  ): Promise<readonly Rollup[]> {
    const keys = rollupRange(level, range.fromMs, range.toMs);
    if (keys === undefined) return [];
    this.#assertTimeLeft('range', work);
    const items = this.#table.scanned(devicePartition(deviceId), keys);
    const page = items.filter((item) => !this.#expired(item)).slice(0, range.limit);
    this.#table.chargeQuery(page, work);
    return page.map((item) => this.#decoded(level, item));
  }

  #decoded(level: RollupLevel, item: TableItem): Rollup {
    return fromRollupItem(level, item, this.#settings.blockMs);
  }

  #expired(item: TableItem): boolean {
    return isExpired(item, this.#settings.clock());
  }

  #assertTimeLeft(operation: string, work: WorkContext): void {
    assertTimeLeft(`rollups.${operation}`, work, this.#settings.clock());
  }
}
