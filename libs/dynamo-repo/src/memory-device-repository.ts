import { assertTimeLeft } from './deadline.js';
import {
  fromDirectoryItem,
  fromEntryItem,
  toChangeItem,
  toDirectoryItem,
  toEntryItem,
  unregisteredItem,
} from './device-item.js';
import { assertItemFits } from './item-size.js';
import {
  ALL_ENTRIES,
  DIRECTORY_PARTITION,
  changesSince,
  deviceIdOfChange,
  devicePartition,
  directoryItemKey,
  directoryRange,
} from './keys.js';
import type { MemoryTable } from './memory-table.js';
import type { DeviceEntry, DeviceRepository, DirectoryEntry, DirectoryPage, WorkContext } from './ports.js';
import type { StoreSettings } from './store-options.js';

/** The in-memory twin of the device repository: the same items, the same outcomes, no network. */
export class MemoryDeviceRepository implements DeviceRepository {
  readonly #table: MemoryTable;
  readonly #settings: StoreSettings;

  constructor(table: MemoryTable, settings: StoreSettings) {
    this.#table = table;
    this.#settings = settings;
  }

  async entries(deviceId: string, work: WorkContext): Promise<readonly DeviceEntry[]> {
    this.#assertTimeLeft('entries', work);
    const items = this.#table.scanned(devicePartition(deviceId), ALL_ENTRIES);
    this.#table.chargeQuery(items, work);
    return items.map(fromEntryItem);
  }

  async putEntry(entry: DeviceEntry, work: WorkContext): Promise<void> {
    const item = toEntryItem(entry);
    const line = toDirectoryItem(entry);
    assertItemFits(item);
    this.#assertTimeLeft('putEntry', work);
    const shownFrom = this.#table.peek(line)?.shownFrom;
    if (typeof shownFrom === 'number' && shownFrom > entry.effectiveFromMs) {
      this.#table.chargeConflict(line, work);
    } else {
      this.#table.put({ ...line }, work, 2);
    }
    this.#table.put({ ...item }, work, 2);
    this.#table.put({ ...toChangeItem(entry.deviceId, this.#settings.clock()) }, work, 2);
  }

  async changedSince(sinceMs: number, work: WorkContext): Promise<ReadonlySet<string>> {
    this.#assertTimeLeft('changedSince', work);
    const { pk, range } = changesSince(sinceMs);
    const items = this.#table.scanned(pk, range);
    this.#table.chargeQuery(items, work);
    return new Set(items.map(({ sk }) => deviceIdOfChange(sk)));
  }

  async ensureListed(deviceId: string, work: WorkContext): Promise<void> {
    this.#assertTimeLeft('ensureListed', work);
    const key = directoryItemKey(deviceId);
    if (this.#table.get(key, work) === undefined) this.#table.put({ ...unregisteredItem(deviceId) }, work);
  }

  async directoryEntry(deviceId: string, work: WorkContext): Promise<DirectoryEntry | undefined> {
    this.#assertTimeLeft('directoryEntry', work);
    const item = this.#table.get(directoryItemKey(deviceId), work);
    return item === undefined ? undefined : fromDirectoryItem(item);
  }

  async list(
    query: { siteId?: string; prefix?: string; limit: number; after?: string },
    work: WorkContext,
  ): Promise<DirectoryPage> {
    const keys = directoryRange(query.prefix, query.after);
    if (keys === undefined) return { items: [], nextAfter: undefined };
    this.#assertTimeLeft('list', work);
    const ofSite = this.#table
      .scanned(DIRECTORY_PARTITION, keys)
      .filter((item) => query.siteId === undefined || item.siteId === query.siteId);
    const page = ofSite.slice(0, query.limit);
    this.#table.chargeQuery(page, work);
    return {
      items: page.map(fromDirectoryItem),
      nextAfter: ofSite.length > page.length ? page.at(-1)?.sk : undefined,
    };
  }

  #assertTimeLeft(operation: string, work: WorkContext): void {
    assertTimeLeft(`devices.${operation}`, work, this.#settings.clock());
  }
}
