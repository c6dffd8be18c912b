import { BlockDescent } from './block-descent.js';
import { fromBlockItem } from './block-item.js';
import { assertTimeLeft } from './deadline.js';
import { fromEntryItem } from './device-item.js';
import { isExpired } from './expiry.js';
import { HEAD, devicePartition, isEntryKey } from './keys.js';
import type { MemoryTable } from './memory-table.js';
import type { DeviceEntry, DeviceHead, HeadDepth, HeadRepository, WorkContext } from './ports.js';
import type { StoreSettings } from './store-options.js';
import type { TableItem } from './table-item.js';

/** The in-memory twin of the head repository: the same answers, no network. */
export class MemoryHeadRepository implements HeadRepository {
  readonly #table: MemoryTable;
  readonly #settings: StoreSettings;

  constructor(table: MemoryTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async read(deviceId: string, depth: HeadDepth, work: WorkContext): Promise<DeviceHead> {
    const readAtMs = this.#settings.clock();
    assertTimeLeft('heads.read', work, readAtMs);
    const read: TableItem[] = [];
    const entries: DeviceEntry[] = [];
    const descent = new BlockDescent(depth);
    for (const item of this.#table.scanned(devicePartition(deviceId), HEAD).reverse()) {
      read.push(item);
      if (isEntryKey(item.sk)) entries.unshift(fromEntryItem(item));
      else if (isExpired(item, readAtMs)) continue;
      else if (!descent.take(fromBlockItem(item))) break;
    }
    this.#table.chargeQuery(read, work);
    return { readAtMs, entries, blocks: descent.blocks };
  }
}
