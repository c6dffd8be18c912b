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

  async putSlots(
    deviceId: string,
    level: RollupLevel,
    slots: readonly RollupSlot[],
    _nowMs: number,
    work: WorkContext,
  ): Promise<{ rollup: Rollup; changed: boolean }> {
    const key = rollupKeyOf(deviceId, level, slots);
    const children = slots.map((slot) => ({
      names: slotAttributes(level, slot.window, this.#settings.blockMs),
      values: slotValues(slot),
    }));
    this.#assertTimeLeft('putSlots', work);
    const before = this.#table.peek(key);
    const newer = children.filter(({ names, values }) => {
      const standing = before?.[names.version];
      return typeof standing !== 'number' || standing < values.version;
    });
    if (newer.length < children.length) this.#table.chargeConflict(key, work);
    if (before !== undefined && newer.length === 0) {
      return { rollup: this.#decoded(level, before), changed: false };
    }
    const { expiresAt: _takenBack, ...kept } = { ...before };
    const assigned = newer.flatMap(({ names, values }) => [
      [names.version, values.version],
      [names.summaries, values.summaries],
    ]);
    const item = { ...kept, ...key, ...Object.fromEntries(assigned) };
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
