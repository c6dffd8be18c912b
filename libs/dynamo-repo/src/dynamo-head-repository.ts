import { RESOLUTION_MS } from '@weir/aggregation';
import { BlockDescent } from './block-descent.js';
import { fromBlockItem } from './block-item.js';
import { fromEntryItem } from './device-item.js';
import type { DynamoTable } from './dynamo-table.js';
import { isExpired } from './expiry.js';
import { HEAD, devicePartition, isEntryKey } from './keys.js';
import type { DeviceEntry, DeviceHead, HeadDepth, HeadRepository, WorkContext } from './ports.js';
import type { StoreSettings } from './store-options.js';

/** One that was registered many times takes another page. */
const ENTRIES_USUAL = 2;
const PAGE_ITEMS_MAX = 100;

export class DynamoHeadRepository implements HeadRepository {
  readonly #table: DynamoTable;
  readonly #settings: StoreSettings;

  constructor(table: DynamoTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async read(deviceId: string, depth: HeadDepth, work: WorkContext): Promise<DeviceHead> {
    const readAtMs = this.#settings.clock();
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': devicePartition(deviceId), ':from': HEAD.from, ':to': HEAD.to },
      ScanIndexForward: false,
    };
    const limitOf = (page: number): number =>
      page === 0 ? ENTRIES_USUAL + usualBlocks(depth, this.#settings.blockMs) : PAGE_ITEMS_MAX;
    const entries: DeviceEntry[] = [];
    const descent = new BlockDescent(depth);
    scan: for await (const page of this.#table.pages('heads.read', query, limitOf, work)) {
      for (const item of page) {
        if (isEntryKey(item.sk)) entries.unshift(fromEntryItem(item));
        else if (isExpired(item, this.#settings.clock())) continue;
        else if (!descent.take(fromBlockItem(item))) break scan;
      }
    }
    return { readAtMs, entries, blocks: descent.blocks };
  }
}

/**
 * How many blocks lie in a head as a rule: the newest and one below it; or an hour of them and the first of the next. All of
 * them together cost a few read units at most, and a page that is too short costs a request.
 */
function usualBlocks(depth: HeadDepth, blockMs: number): number {
  return depth === 'open run' ? 2 : RESOLUTION_MS['1h'] / blockMs + 1;
}
