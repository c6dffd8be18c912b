import type { Block } from '@weir/aggregation';
import { assertBlockFits, toBlockItem } from './block-item.js';
import { expiryOf, isExpired } from './expiry.js';
import { blockItemKey, rollupItemKey } from './keys.js';
import type { ItemKey } from './keys.js';
import type { Repositories, RollupLevel, RollupSlot, WorkContext } from './ports.js';
import { allSlotAttributes, rollupKeyOf, rollupWindowAt, slotAttributes, slotValues } from './rollup-item.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

/** Which item of a device: a block by the start of its slot, or a rollup by that of its window. */
export interface ItemPlace {
  readonly deviceId: string;
  readonly level: 'block' | RollupLevel;
  readonly startMs: number;
}

/** An item as it stood when it was looked at, whatever it holds: its versions, and whether it was sealed. */
export interface StandingItem extends ItemPlace {
  /** By attribute. What should be a whole number may be anything. */
  readonly versions: Readonly<Record<string, unknown>>;
}

/**
 * Replaces items that no other method can get past, as they cannot be decoded or stand at a version that nothing reaches.
 * For repair by an operator alone: the processing of the stream never needs it.
 */
export interface ItemRepair {
  /** Strongly consistent; undefined where nothing stands, or only what has expired. Decodes nothing. */
  standing(place: ItemPlace, work: WorkContext): Promise<StandingItem | undefined>;
  /**
   * Writes a rollup whole, with these children and no others, and without an expiry.
   *
   * @param slots at least one, all children of that rollup
   * @returns false where a version has changed since `standing` was read; then nothing was written
   * @throws RangeError where they are not
   */
  replaceRollup(standing: StandingItem, slots: readonly RollupSlot[], work: WorkContext): Promise<boolean>;
  /**
   * Writes a block whole at `version`, sealed or open. A `standing` without versions stands for no block at all.
   *
   * @returns false where its version or seal has changed since `standing` was read; then nothing was written
   * @throws ItemTooLargeError when the encoded block exceeds what one item can hold
   */
  replaceBlock(
    standing: StandingItem,
    block: Block,
    { version, sealed }: { readonly version: number; readonly sealed: boolean },
    nowMs: number,
    work: WorkContext,
  ): Promise<boolean>;
}

/** The repositories, and what an operator needs besides. */
export interface RepairableRepositories extends Repositories {
  readonly repair: ItemRepair;
}

/** What an {@link ItemRepair} needs of a table. */
export interface RepairableTable {
  get(key: ItemKey, work: WorkContext): Promise<TableItem | undefined>;
  /** Writes an item whole if what stands there has exactly these values, undefined meaning none. Answers whether it did. */
  putIfStill(
    item: TableItem,
    expected: Readonly<Record<string, unknown>>,
    work: WorkContext,
  ): Promise<boolean>;
}

/** Attributes that change with every write of the stream's processing. Their names are those of blocks and rollups. */
const VERSION_ATTRIBUTE = /^(v|s|v\d\d)$/;

export function createItemRepair(table: RepairableTable, settings: StoreSettings): ItemRepair {
  return {
    async standing(place, work) {
      const item = await table.get(keyOf(place), work);
      if (item === undefined || isExpired(item, settings.clock())) return undefined;
      const versions = Object.entries(item).filter(([name]) => VERSION_ATTRIBUTE.test(name));
      return { ...place, versions: Object.fromEntries(versions) };
    },
    async replaceRollup({ deviceId, level, startMs, versions }, slots, work) {
      const key = keyOf({ deviceId, level, startMs });
      if (level === 'block' || rollupKeyOf(deviceId, level, slots).sk !== key.sk) {
        throw new RangeError(`slots: must be children of the ${level} that begins at ${startMs}`);
      }
      const children = slots.map((slot) => {
        const names = slotAttributes(level, slot.window, settings.blockMs);
        const values = slotValues(slot);
        return { [names.version]: values.version, [names.summaries]: values.summaries };
      });
      const possible = allSlotAttributes(level, rollupWindowAt(level, startMs), settings.blockMs);
      const absent = Object.fromEntries(possible.map(({ version }) => [version, undefined]));
      const expected = { ...absent, ...versions };
      return table.putIfStill(Object.assign({ ...key }, ...children) as TableItem, expected, work);
    },
    async replaceBlock({ deviceId, versions }, block, { version, sealed }, nowMs, work) {
      const sealedUntil = sealed ? expiryOf(nowMs, settings.blockTtlMs) : undefined;
      const item = toBlockItem(deviceId, block, version, sealedUntil);
      assertBlockFits(item);
      return table.putIfStill({ ...item }, { v: undefined, s: undefined, ...versions }, work);
    },
  };
}

function keyOf({ deviceId, level, startMs }: ItemPlace): ItemKey {
  return level === 'block' ? blockItemKey(deviceId, startMs) : rollupItemKey(deviceId, level, startMs);
}
