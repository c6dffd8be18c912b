import type { ItemKey } from './keys.js';
import { CorruptItemError } from './ports.js';

/** The error for an item that breaks a rule of its codec; `cause` is what the decoder of its content threw, if any. */
export function corruptItem(key: ItemKey, reason: string, cause?: unknown): CorruptItemError {
  const options = cause === undefined ? undefined : { cause };
  return new CorruptItemError(`item ${key.pk} / ${key.sk}: ${reason}`, options);
}

/** @throws CorruptItemError unless `value` is a whole number from 1. */
export function versionIn(key: ItemKey, attribute: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw corruptItem(key, `${attribute} must be a whole number from 1, not ${String(value)}`);
}

/** Decodes a binary attribute, and turns whatever the decoder throws into a CorruptItemError that names the key. */
export function decodeIn<T>(
  key: ItemKey,
  attribute: string,
  value: unknown,
  decode: (bytes: Uint8Array) => T,
): T {
  if (!(value instanceof Uint8Array))
    throw corruptItem(key, `${attribute} must be binary, not ${typeof value}`);
  try {
    return decode(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw corruptItem(key, `${attribute} cannot be decoded: ${reason}`, error);
  }
}
