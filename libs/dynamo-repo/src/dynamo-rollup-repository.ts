import type { Condition, DynamoTable, Update } from './dynamo-table.js';
import { corruptItem } from './corrupt-item.js';
import { expiryOf, isExpired } from './expiry.js';
import { devicePartition, rollupItemKey, rollupRange } from './keys.js';
import type { ItemKey } from './keys.js';
import type { Rollup, RollupLevel, RollupRepository, RollupSlot, WorkContext } from './ports.js';
import { allSlotAttributes, fromRollupItem, rollupKeyOf, slotAttributes, slotValues } from './rollup-item.js';
import type { SlotAttributes } from './rollup-item.js';
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
    let pending = children;
    for (;;) {
      const { applied, item } = await this.#table.update(
        'rollups.putSlots',
        key,
        ...slotsUpdate(pending),
        work,
      );
      // The condition holds for all children or for none, so those that it failed for are left out.
      const newer = pending.filter(({ names, values }) => !standsAt(item, names.version, values.version));
      if (applied || newer.length === 0) {
        return { rollup: this.#decoded(level, key, item), changed: applied };
      }
      pending = newer;
    }
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

interface Child {
  readonly names: SlotAttributes;
  readonly values: { readonly version: number; readonly summaries: Uint8Array };
}

/** Sets all of `children`, on the condition that each is newer than what stands. Takes back an expiry. */
function slotsUpdate(children: readonly Child[]): [Update, Condition] {
  const assignments = children.map(
    ({ names }) => `${names.version} = :${names.version}, ${names.summaries} = :${names.summaries}`,
  );
  const terms = children.map(
    ({ names }) => `(attribute_not_exists(${names.version}) OR ${names.version} < :${names.version})`,
  );
  const values = children.flatMap(({ names, values }) => [
    [`:${names.version}`, values.version],
    [`:${names.summaries}`, values.summaries],
  ]);
  return [
    { expression: `SET ${assignments.join(', ')} REMOVE expiresAt`, values: Object.fromEntries(values) },
    { expression: terms.join(' AND ') },
  ];
}

function standsAt(item: TableItem | undefined, attribute: string, version: number): boolean {
  const standing = item?.[attribute];
  return typeof standing === 'number' && standing >= version;
}
