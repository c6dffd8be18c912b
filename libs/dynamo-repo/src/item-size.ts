import type { ItemKey } from './keys.js';
import { ItemTooLargeError } from './ports.js';

/** DynamoDB refuses items above this size, names and values together. */
export const ITEM_BYTES_MAX = 400 * 1024;

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** A list or a map costs this much beside its content, and one byte an element more. */
const COLLECTION_BYTES = 3;

function numberBytes(value: number): number {
  const digits = Math.abs(value).toExponential().replace(/e.*$/, '').replace('.', '').length;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return numberBytes(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value)) {
    return value.reduce((sum: number, element) => sum + 1 + valueBytes(element), COLLECTION_BYTES);
  }
  if (typeof value === 'object' && value !== null) {
    return COLLECTION_BYTES + itemSizeBytes(value) + Object.keys(value).length;
  }
  return 1;
}

/**
 * The size of an item as DynamoDB bills it: names in UTF-8 and values; numbers by their digits.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: object): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) bytes += Buffer.byteLength(name) + valueBytes(value);
  }
  return bytes;
}

/** Write units of an item that had `oldBytes` before and has `newBytes` after: the larger one counts, at least one unit. */
export function writeUnitsOf(newBytes: number, oldBytes = 0): number {
  return Math.max(1, Math.ceil(Math.max(newBytes, oldBytes) / WRITE_UNIT_BYTES));
}

/** Read units of one strongly consistent request that read `bytes`, at least one unit. */
export function readUnitsOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
}

/**
 * DynamoDB would refuse a larger item with an error that only its message tells apart.
 *
 * @throws ItemTooLargeError naming the key.
 */
export function assertItemFits(item: ItemKey): void {
  const bytes = itemSizeBytes(item);
  if (bytes > ITEM_BYTES_MAX) {
    throw new ItemTooLargeError(
      `item ${item.pk} / ${item.sk}: ${bytes} bytes exceed the ${ITEM_BYTES_MAX} of an item`,
    );
  }
}
