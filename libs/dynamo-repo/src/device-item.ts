import { corruptItem } from './corrupt-item.js';
import { expiryOf } from './expiry.js';
import { changeItemKey, deviceIdOf, directoryItemKey, entryItemKey, timeOf } from './keys.js';
import type { ItemKey } from './keys.js';
import type { DeviceEntry, DirectoryEntry } from './ports.js';

/**
 * A registry entry in the table. Its content is JSON text rather than a DynamoDB map, because the SDK's unmarshalling
 * sets the prototype of an object that has a key `__proto__`, and metrics and labels may have any name.
 */
export interface EntryItem extends ItemKey {
  readonly body: string;
}

/** A line of the directory. `siteId` stands outside `body` because the index is keyed by it. */
export interface DirectoryItem extends ItemKey {
  readonly siteId?: string;
  readonly registered: boolean;
  /** Epoch milliseconds: `effectiveFromMs` of the entry that this line shows; 0 where the device was only ever seen. */
  readonly shownFrom: number;
  readonly body: string;
}

type StoredItem = ItemKey & Readonly<Record<string, unknown>>;

interface EntryBody {
  readonly siteId?: string;
  readonly model?: string;
  readonly labels?: DeviceEntry['labels'];
  readonly metrics?: DeviceEntry['metrics'];
  readonly deleted?: boolean;
}

/** What a directory line copies of its entry, so that a list of devices reads no entries. */
interface LineBody {
  readonly model?: string;
  readonly labels?: DirectoryEntry['labels'];
  readonly units?: DirectoryEntry['units'];
}

function bodyIn(item: StoredItem): EntryBody & LineBody {
  if (typeof item.body !== 'string') throw corruptItem(item, `body must be text, not ${typeof item.body}`);
  let body: unknown;
  try {
    body = JSON.parse(item.body);
  } catch (error) {
    throw corruptItem(item, 'body is not JSON', error);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw corruptItem(item, 'body must be a JSON object');
  }
  return body;
}

export function toEntryItem(entry: DeviceEntry): EntryItem {
  const { deviceId, effectiveFromMs, siteId, model, labels, metrics, deleted } = entry;
  const body: EntryBody = { siteId, model, labels, metrics, deleted };
  return { ...entryItemKey(deviceId, effectiveFromMs), body: JSON.stringify(body) };
}

/** @throws CorruptItemError naming the key. */
export function fromEntryItem(item: StoredItem): DeviceEntry {
  const effectiveFromMs = timeOf(item.sk);
  if (Number.isNaN(effectiveFromMs)) throw corruptItem(item, 'sk does not end in a time');
  return { deviceId: deviceIdOf(item.pk), effectiveFromMs, ...bodyIn(item) };
}

/** The directory line that shows `entry`. A deleted device keeps its line, as its readings are still there. */
export function toDirectoryItem(entry: DeviceEntry): DirectoryItem {
  const { deviceId, effectiveFromMs, siteId, model, labels, metrics, deleted } = entry;
  const line = { ...directoryItemKey(deviceId), shownFrom: effectiveFromMs };
  if (deleted === true) return { ...line, registered: false, body: '{}' };
  const body: LineBody = { model, labels, units: unitsOf(metrics) };
  return {
    ...line,
    ...(siteId === undefined ? {} : { siteId }),
    registered: true,
    body: JSON.stringify(body),
  };
}

/** A metric may have any name, `__proto__` included, hence no assignment to properties here. */
function unitsOf(metrics: DeviceEntry['metrics'] = {}): LineBody['units'] {
  const units = Object.entries(metrics).flatMap(([name, { unit }]) =>
    unit === undefined ? [] : [[name, unit]],
  );
  return units.length === 0 ? undefined : Object.fromEntries(units);
}

/** The directory line of a device that nobody has registered. */
export function unregisteredItem(deviceId: string): DirectoryItem {
  return { ...directoryItemKey(deviceId), registered: false, shownFrom: 0, body: '{}' };
}

/** @throws CorruptItemError naming the key. */
export function fromDirectoryItem(item: StoredItem): DirectoryEntry {
  const { model, labels, units } = bodyIn(item);
  return {
    deviceId: item.sk,
    ...(typeof item.siteId === 'string' ? { siteId: item.siteId } : {}),
    ...(model === undefined ? {} : { model }),
    ...(labels === undefined ? {} : { labels }),
    ...(units === undefined ? {} : { units }),
    registered: item.registered === true,
  };
}

/** Longer than anybody goes on believing what was read before. */
const CHANGE_TTL_MS = 24 * 60 * 60 * 1000;

/** Says that an entry of the device is put at `nowMs`. */
export function toChangeItem(deviceId: string, nowMs: number): ItemKey & { readonly expiresAt: number } {
  return { ...changeItemKey(deviceId, nowMs), expiresAt: expiryOf(nowMs, CHANGE_TTL_MS) };
}
