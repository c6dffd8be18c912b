import {
  fromDirectoryItem,
  fromEntryItem,
  toChangeItem,
  toDirectoryItem,
  toEntryItem,
  unregisteredItem,
} from './device-item.js';
import type { DynamoTable } from './dynamo-table.js';
import { assertItemFits } from './item-size.js';
import {
  ALL_ENTRIES,
  DIRECTORY_PARTITION,
  SITE_INDEX,
  changesSince,
  deviceIdOfChange,
  devicePartition,
  directoryItemKey,
  directoryRange,
} from './keys.js';
import type { SortKeyRange } from './keys.js';
import type { DeviceEntry, DeviceRepository, DirectoryEntry, DirectoryPage, WorkContext } from './ports.js';
import type { StoreSettings } from './store-options.js';

const ENTRIES_A_PAGE_MAX = 100;
/** Lines are short. */
const LINES_A_PAGE_MAX = 1_000;
const CHANGES_A_PAGE_MAX = 1_000;

function overDirectory(siteId: string | undefined, range: SortKeyRange) {
  const bounds = { ':from': range.from, ':to': range.to };
  if (siteId === undefined) {
    return {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': DIRECTORY_PARTITION, ...bounds },
    };
  }
  return {
    IndexName: SITE_INDEX,
    KeyConditionExpression: 'siteId = :site AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':site': siteId, ...bounds },
  };
}

export class DynamoDeviceRepository implements DeviceRepository {
  readonly #table: DynamoTable;
  readonly #settings: StoreSettings;

  constructor(table: DynamoTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async entries(deviceId: string, work: WorkContext): Promise<readonly DeviceEntry[]> {
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: {
        ':pk': devicePartition(deviceId),
        ':from': ALL_ENTRIES.from,
        ':to': ALL_ENTRIES.to,
      },
    };
    const entries: DeviceEntry[] = [];
    for await (const page of this.#table.pages('devices.entries', query, () => ENTRIES_A_PAGE_MAX, work)) {
      entries.push(...page.map(fromEntryItem));
    }
    return entries;
  }

  async putEntry(entry: DeviceEntry, work: WorkContext): Promise<void> {
    const item = toEntryItem(entry);
    assertItemFits(item);
    const isNewest = {
      expression: 'attribute_not_exists(pk) OR shownFrom <= :shownFrom',
      values: { ':shownFrom': entry.effectiveFromMs },
    };
    const change = toChangeItem(entry.deviceId, this.#settings.clock());
    const noted = [{ item }, { item: change }];
    const line = { item: toDirectoryItem(entry), condition: isNewest };
    if (await this.#table.putAll('devices.putEntry', [...noted, line], work)) return;
    // The directory already shows a later entry, and never goes back.
    await this.#table.putAll('devices.putEntry', noted, work);
  }

  async changedSince(sinceMs: number, work: WorkContext): Promise<ReadonlySet<string>> {
    const { pk, range } = changesSince(sinceMs);
    const query = {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': range.from, ':to': range.to },
    };
    const changed = new Set<string>();
    const limitOf = () => CHANGES_A_PAGE_MAX;
    for await (const page of this.#table.pages('devices.changedSince', query, limitOf, work)) {
      for (const { sk } of page) changed.add(deviceIdOfChange(sk));
    }
    return changed;
  }

  async ensureListed(deviceId: string, work: WorkContext): Promise<void> {
    // A read is cheaper than the failed condition, and a redelivered batch must write nothing.
    const key = directoryItemKey(deviceId);
    if ((await this.#table.get('devices.ensureListed', key, work)) !== undefined) return;
    const isAbsent = { expression: 'attribute_not_exists(pk)' };
    await this.#table.put('devices.ensureListed', unregisteredItem(deviceId), isAbsent, work);
  }

  async directoryEntry(deviceId: string, work: WorkContext): Promise<DirectoryEntry | undefined> {
    const item = await this.#table.get('devices.directoryEntry', directoryItemKey(deviceId), work);
    return item === undefined ? undefined : fromDirectoryItem(item);
  }

  async list(
    query: { siteId?: string; prefix?: string; limit: number; after?: string },
    work: WorkContext,
  ): Promise<DirectoryPage> {
    const keys = directoryRange(query.prefix, query.after);
    if (keys === undefined) return { items: [], nextAfter: undefined };
    const items: DirectoryEntry[] = [];
    // One item more than a page holds tells whether there is another page.
    const limitOf = () => Math.min(query.limit + 1, LINES_A_PAGE_MAX);
    for await (const page of this.#table.pages(
      'devices.list',
      overDirectory(query.siteId, keys),
      limitOf,
      work,
    )) {
      for (const item of page) {
        if (items.length === query.limit) return { items, nextAfter: items.at(-1)?.deviceId };
        items.push(fromDirectoryItem(item));
      }
    }
    return { items, nextAfter: undefined };
  }
}
