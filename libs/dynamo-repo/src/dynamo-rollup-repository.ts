import type { DynamoTable } from './dynamo-table.js';
import { corruptItem } from './corrupt-item.js';
import { expiryOf, isExpired } from './expiry.js';
import { devicePartition, rollupItemKey, rollupRange } from './keys.js';
import type { ItemKey } from './keys.js';
import type { Rollup, RollupLevel, RollupRepository, RollupSlot, WorkContext } from './ports.js';
import { allSlotAttributes, fromRollupItem, rollupKeyOf, slotAttributes, slotValues } from './rollup-item.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

const PAGE_ITEMS_MAX = 50;

export class DynamoRollupRepository implements RollupRepository {
  readonly #table: DynamoTable;
  readonly #settings: StoreSettings;

  constructor(table: DynamoTable, settings: StoreSettings) {
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
    const outcome = await this.#table.update(
      'rollups.putSlot',
      key,
      {
        expression: `SET ${names.version} = :version, ${names.summaries} = :summaries REMOVE expiresAt`,
        values: { ':version': values.version, ':summaries': values.summaries },
      },
      { expression: `attribute_not_exists(${names.version}) OR ${names.version} < :version` },
      work,
    );
    return { rollup: this.#decoded(level, key, outcome.item), changed: outcome.applied };
  }

  async markFolded(rollup: Rollup, nowMs: number, work: WorkContext): Promise<void> {
    if (rollup.level !== 'hour' || rollup.folded) return;
    await this.#table.update(
      'rollups.markFolded',
      rollupItemKey(rollup.deviceId, rollup.level, rollup.window.startMs),
      {
        expression: 'SET expiresAt = :until',
        values: { ':until': expiryOf(nowMs, this.#settings.hourTtlMs) },
      },
      this.#slotsAreStill(rollup),
      work,
    );
  }

  async get(
    deviceId: string,
    level: RollupLevel,
    windowStartMs: number,
    work: WorkContext,
  ): Promise<Rollup | undefined> {
    const key = rollupItemKey(deviceId, level, windowStartMs);
    const item = await this.#table.get('rollups.get', key, work);
    return item === undefined || this.#expired(item) ? undefined : this.#decoded(level, key, item);
  }

  async range(
    deviceId: string,
    level: RollupLevel,
    range: { fromMs: number; toMs: number; limit: number },
    work: WorkContext,
  ): Promise<readonly Rollup[]> {
    const keys = rollupRange(level, range.fromMs, range.toMs);
    if (keys === undefined) return [];
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': devicePartition(deviceId), ':from': keys.from, ':to': keys.to },
    };
    const rollups: Rollup[] = [];
    const limitOf = () => Math.min(range.limit, PAGE_ITEMS_MAX);
    for await (const page of this.#table.pages('rollups.range', query, limitOf, work)) {
      for (const item of page) {
        if (!this.#expired(item)) rollups.push(this.#decoded(level, item, item));
        if (rollups.length === range.limit) return rollups;
      }
    }
    return rollups;
  }

  /** Holds where every slot of the item is at the version that `rollup` shows, and no other slot is there. */
  #slotsAreStill(rollup: Rollup): { expression: string; values: Record<string, unknown> } {
    const { blockMs } = this.#settings;
    const shown = new Map(
      rollup.slots.map((slot) => [slotAttributes(rollup.level, slot.window, blockMs).version, slot.version]),
    );
    const terms = ['attribute_exists(pk)'];
    const values: Record<string, unknown> = {};
    for (const { version } of allSlotAttributes(rollup.level, rollup.window, blockMs)) {
      const expected = shown.get(version);
      if (expected === undefined) {
        terms.push(`attribute_not_exists(${version})`);
      } else {
        terms.push(`${version} = :${version}`);
        values[`:${version}`] = expected;
      }
    }
    return { expression: terms.join(' AND '), values };
  }

  #decoded(level: RollupLevel, key: ItemKey, item: TableItem | undefined): Rollup {
    if (item === undefined) throw corruptItem(key, 'the store answered without the item');
    return fromRollupItem(level, item, this.#settings.blockMs);
  }

  #expired(item: TableItem): boolean {
    return isExpired(item, this.#settings.clock());
  }
}
