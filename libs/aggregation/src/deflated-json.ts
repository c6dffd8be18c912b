import { deflateSync, inflateSync } from 'node:zlib';
import type { DecodeErrorCode } from './decode-error.js';

/** Makes the error of the format that is being decoded. */
export type DecodeFailure = (code: DecodeErrorCode, reason: string, options?: ErrorOptions) => Error;

/**
 * What a few hundred kilobytes (the largest DynamoDB item) may inflate to at most. Deflate reaches a ratio of 1,000, and
 * without a limit a crafted item could exhaust a function's memory.
 */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

/** `[version byte][zlib stream of the JSON text]`; the Adler-32 of the zlib format (RFC 1950) is what reveals damage. */
export function packJson(version: number, content: unknown): Uint8Array {
  const deflated = deflateSync(JSON.stringify(content), { level: 9 });
  const bytes = new Uint8Array(1 + deflated.length);
  bytes[0] = version;
  bytes.set(deflated, 1);
  return bytes;
}

/**
 * Reverses {@link packJson}.
 *
 * @throws what `failure` makes, for an unknown version, damage, or text that is not JSON
 */
export function unpackJson(version: number, bytes: Uint8Array, failure: DecodeFailure): unknown {
  if (bytes.length === 0) throw failure('bytes_damaged', 'there are no bytes');
  if (bytes[0] !== version) {
    throw failure('format_unsupported', `format version ${bytes[0]} is not ${version}`);
  }
  try {
    const text = inflateSync(bytes.subarray(1), { maxOutputLength: INFLATED_BYTES_MAX }).toString('utf8');
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw failure('bytes_damaged', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
