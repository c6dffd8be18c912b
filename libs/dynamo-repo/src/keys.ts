import type { RollupLevel } from './ports.js';

/** Name of the index that lists the directory by site: hash `siteId`, range `sk`. */
export const SITE_INDEX = 'bySite';

/** Partition that holds one line a device. */
export const DIRECTORY_PARTITION = 'DIRECTORY';

/** Partition that tells which devices' entries were changed, and when; for a day. */
const CHANGES_PARTITION = 'CHANGES';

/** Attribute that DynamoDB's time to live reads, in epoch seconds. */
export const EXPIRY_ATTRIBUTE = 'expiresAt';

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** Fifteen digits hold every millisecond until the year 33658, so that text order is time order. */
const TIME_DIGITS = 15;

const ROLLUP_PREFIX: Readonly<Record<RollupLevel, string>> = { hour: 'H#', day: 'D#', month: 'M#' };
const BLOCK_PREFIX = 'B#';
/** Directly above the blocks, so that one query has the entries and, going down, the newest blocks. */
const ENTRY_PREFIX = 'C#';
const DEVICE_PREFIX = 'D#';

/** `D#<deviceId>`: everything of one device but its directory line. */
export function devicePartition(deviceId: string): string {
  return DEVICE_PREFIX + deviceId;
}

/** The inverse of {@link devicePartition}. */
export function deviceIdOf(partition: string): string {
  return partition.slice(DEVICE_PREFIX.length);
}

/**
 * Epoch milliseconds as text that sorts in time order.
 *
 * @throws RangeError for anything but an integer in [0, 10^15).
 */
export function timeText(timeMs: number): string {
  if (!Number.isInteger(timeMs) || timeMs < 0 || timeMs >= 10 ** TIME_DIGITS) {
    throw new RangeError(`a key's time must be epoch milliseconds in [0, 10^${TIME_DIGITS}), not ${timeMs}`);
  }
  return String(timeMs).padStart(TIME_DIGITS, '0');
}

/** The time in a sort key that {@link blockSortKey}, {@link rollupSortKey} or {@link entrySortKey} made; NaN if it holds none. */
export function timeOf(sortKey: string): number {
  const text = sortKey.slice(sortKey.indexOf('#') + 1);
  return /^\d{15}$/.test(text) ? Number(text) : Number.NaN;
}

/** `B#<slot start>` */
export function blockSortKey(slotStartMs: number): string {
  return BLOCK_PREFIX + timeText(slotStartMs);
}

/** `H#`, `D#` or `M#` and the start of the rollup's window. */
export function rollupSortKey(level: RollupLevel, windowStartMs: number): string {
  return ROLLUP_PREFIX[level] + timeText(windowStartMs);
}

/** `C#<effective from>` */
export function entrySortKey(effectiveFromMs: number): string {
  return ENTRY_PREFIX + timeText(effectiveFromMs);
}

export function blockItemKey(deviceId: string, slotStartMs: number): ItemKey {
  return { pk: devicePartition(deviceId), sk: blockSortKey(slotStartMs) };
}

export function rollupItemKey(deviceId: string, level: RollupLevel, windowStartMs: number): ItemKey {
  return { pk: devicePartition(deviceId), sk: rollupSortKey(level, windowStartMs) };
}

export function entryItemKey(deviceId: string, effectiveFromMs: number): ItemKey {
  return { pk: devicePartition(deviceId), sk: entrySortKey(effectiveFromMs) };
}

export function directoryItemKey(deviceId: string): ItemKey {
  return { pk: DIRECTORY_PARTITION, sk: deviceId };
}

/** `CHANGES` and `<time>#<device>` */
export function changeItemKey(deviceId: string, timeMs: number): ItemKey {
  return { pk: CHANGES_PARTITION, sk: `${timeText(timeMs)}#${deviceId}` };
}

/** The device in a sort key that {@link changeItemKey} made. */
export function deviceIdOfChange(sortKey: string): string {
  return sortKey.slice(TIME_DIGITS + 1);
}

/** An inclusive range of sort keys, as DynamoDB's BETWEEN takes it. */
export interface SortKeyRange {
  readonly from: string;
  readonly to: string;
}

function clampTime(timeMs: number): number {
  return Math.min(Math.max(Math.ceil(timeMs), 0), 10 ** TIME_DIGITS - 1);
}

function timeRange(prefix: string, fromMs: number, toMs: number): SortKeyRange | undefined {
  const lastMs = Math.ceil(toMs) - 1;
  if (!(fromMs < toMs) || lastMs < 0) return undefined;
  return { from: prefix + timeText(clampTime(fromMs)), to: prefix + timeText(clampTime(lastMs)) };
}

/** Which blocks to read: those whose slot begins in [fromMs, toMs), going on after `afterMs` in the given order. */
export interface BlockRangeQuery {
  readonly fromMs: number;
  readonly toMs: number;
  readonly order: 'asc' | 'desc';
  readonly afterMs?: number;
}

/** The sort keys of a {@link BlockRangeQuery}; undefined where that is empty. */
export function blockRange({ fromMs, toMs, order, afterMs }: BlockRangeQuery): SortKeyRange | undefined {
  if (afterMs === undefined) return timeRange(BLOCK_PREFIX, fromMs, toMs);
  if (order === 'asc') return timeRange(BLOCK_PREFIX, Math.max(fromMs, afterMs + 1), toMs);
  return timeRange(BLOCK_PREFIX, fromMs, Math.min(toMs, afterMs));
}

/** Rollups of one level whose window begins in [fromMs, toMs); undefined where that is empty. */
export function rollupRange(level: RollupLevel, fromMs: number, toMs: number): SortKeyRange | undefined {
  return timeRange(ROLLUP_PREFIX[level], fromMs, toMs);
}

/** Every block of a device. */
export const ALL_BLOCKS: SortKeyRange = { from: BLOCK_PREFIX, to: `${BLOCK_PREFIX}~` };

/** Every registry entry of a device. */
export const ALL_ENTRIES: SortKeyRange = { from: ENTRY_PREFIX, to: `${ENTRY_PREFIX}~` };

/** Every block and every registry entry of a device; from the top down, entries come before the newest block. */
export const HEAD: SortKeyRange = { from: ALL_BLOCKS.from, to: ALL_ENTRIES.to };

/** Whether a sort key is that of a registry entry. */
export function isEntryKey(sortKey: string): boolean {
  return sortKey.startsWith(ENTRY_PREFIX);
}

/** Changes at `sinceMs` and later. */
export function changesSince(sinceMs: number): { readonly pk: string; readonly range: SortKeyRange } {
  return { pk: CHANGES_PARTITION, range: { from: timeText(clampTime(sinceMs)), to: '~' } };
}

/**
 * Directory lines whose device id begins with `prefix` and comes after `after`; undefined where that is empty.
 * Device ids hold only `[A-Za-z0-9._:-]`, which all lie between `!` and `~`, so these two bound what follows a text.
 */
export function directoryRange(prefix = '', after?: string): SortKeyRange | undefined {
  const from = prefix === '' ? '!' : prefix;
  const beyond = after === undefined ? from : `${after}!`;
  const range = { from: beyond > from ? beyond : from, to: `${prefix}~` };
  return range.from <= range.to ? range : undefined;
}
