import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { frame, unframe, type DecodeFailure } from './framed-bytes.js';

/**
 * What a few hundred kilobytes (the largest DynamoDB item) may inflate to at most. Deflate reaches a ratio of 1,000, and
 * without a limit a crafted item could exhaust a function's memory.
 */
const INFLATED_BYTES_MAX = 64 * 1024 * 1024;

/** A raw deflate stream of the JSON text, framed. */
export function packJson(version: number, content: unknown): Uint8Array {
  return frame(version, deflateRawSync(JSON.stringify(content), { level: 9 }));
}

/**
 * Reverses {@link packJson}. Nothing is inflated before the checksum is right.
 *
 * @throws what `failure` makes, for an unknown version, damage, or text that is not JSON
 */
export function unpackJson(version: number, bytes: Uint8Array, failure: DecodeFailure): unknown {
  return unframe(version, bytes, failure, (body) => {
    const text = inflateRawSync(body, { maxOutputLength: INFLATED_BYTES_MAX }).toString('utf8');
    return JSON.parse(text) as unknown;
  });
}
