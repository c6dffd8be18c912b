import { crc32 } from 'node:zlib';
import type { DecodeErrorCode } from './decode-error.js';

/** Makes the error of the format that is being decoded. */
export type DecodeFailure = (code: DecodeErrorCode, reason: string, options?: ErrorOptions) => Error;

const VERSION_BYTES = 1;
const CHECKSUM_BYTES = 4;

/**
 * `[version byte][body][CRC-32 of all before it, little-endian]`.
 *
 * The checksum covers the bytes as they are stored, so it finds every altered bit, every two, and every burst of up to 32;
 * of other damage it misses one case in four billion. The Adler-32 of the zlib format would miss altered bits of short
 * texts, and the CRC-32 of gzip does not cover its header.
 */
export function frame(version: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(VERSION_BYTES + body.length + CHECKSUM_BYTES);
  bytes[0] = version;
  bytes.set(body, VERSION_BYTES);
  const end = VERSION_BYTES + body.length;
  checksumIn(bytes).setUint32(0, crc32(bytes.subarray(0, end)), true);
  return bytes;
}

/**
 * Reverses {@link frame}, and hands the body to `read`, once the checksum is right.
 *
 * @throws what `failure` makes, for an unknown version, for damage, and for whatever `read` throws
 */
export function unframe<Body>(
  version: number,
  bytes: Uint8Array,
  failure: DecodeFailure,
  read: (body: Uint8Array) => Body,
): Body {
  if (bytes.length === 0) throw failure('bytes_damaged', 'there are no bytes');
  if (bytes[0] !== version) {
    throw failure('format_unsupported', `format version ${bytes[0]} is not ${version}`);
  }
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < VERSION_BYTES)
    throw failure('bytes_damaged', `${bytes.length} bytes have no room for a checksum`);
  if (crc32(bytes.subarray(0, end)) !== checksumIn(bytes).getUint32(0, true)) {
    throw failure('bytes_damaged', 'the checksum does not match');
  }
  try {
    return read(bytes.subarray(VERSION_BYTES, end));
  } catch (cause) {
    throw failure('bytes_damaged', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The checksum at the end of framed bytes. */
function checksumIn(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + bytes.length - CHECKSUM_BYTES, CHECKSUM_BYTES);
}
