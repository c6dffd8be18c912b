import { isDeepStrictEqual } from 'node:util';
import { createItemRepair } from './item-repair.js';
import type { RepairableRepositories, RepairableTable } from './item-repair.js';
import { MemoryBlockRepository } from './memory-block-repository.js';
import { MemoryDeviceRepository } from './memory-device-repository.js';
import { MemoryHeadRepository } from './memory-head-repository.js';
import { MemoryRollupRepository } from './memory-rollup-repository.js';
import { MemoryTable } from './memory-table.js';
import { storeSettings } from './store-options.js';
import type { StoreOptions } from './store-options.js';

export interface MemoryRepositories extends RepairableRepositories {
  /** What stands in the table, and what it has cost altogether. */
  readonly table: MemoryTable;
}

/**
 * Repositories that keep everything in memory: they hold the same items, bytes included, give the same answers and charge
 * the same write units as those on DynamoDB. One contract suite holds both to that.
 *
 * Every call takes effect in one step at the moment it is made.
 *
 * @param options `table`: one to share, for several repositories (say, of two containers, with clocks of their own) on the
 * same data; a new one by default.
 * @throws RangeError naming the option that is out of range.
 */
export function createMemoryRepositories(
  options: StoreOptions & { readonly table?: MemoryTable },
): MemoryRepositories {
  const settings = storeSettings(options);
  const table = options.table ?? new MemoryTable();
  return {
    table,
    blocks: new MemoryBlockRepository(table, settings),
    heads: new MemoryHeadRepository(table, settings),
    rollups: new MemoryRollupRepository(table, settings),
    devices: new MemoryDeviceRepository(table, settings),
    repair: createItemRepair(repairableTable(table), settings),
  };
}

function repairableTable(table: MemoryTable): RepairableTable {
  return {
    get: async (key, work) => table.get(key, work),
    async putIfStill(item, expected, work) {
      const standing = table.peek(item);
      const still = Object.entries(expected).every(([name, value]) =>
        isDeepStrictEqual(standing?.[name], value),
      );
      if (still) table.put(item, work);
      else table.chargeConflict(item, work);
      return still;
    },
  };
}
