import { inflateRawSync, crc32 } from 'node:zlib';
import type { Envelope } from '@weir/telemetry-schema';
import { ENVELOPE_INFLATED_BYTES_MAX, readEnvelope } from './unpack-envelope.js';

/** What an object of the archive holds. */
export interface ArchivedObject {
  /** In the order of the object. */
  readonly envelopes: readonly Envelope[];
  /** Records that are no envelopes: they were quarantined as `undecodable`, and the archive keeps them as they came. */
  readonly undecodable: number;
  /** Bytes that belong to no gzip member, for anybody may put a record on the stream. 0: the object is a valid `.gz`. */
  readonly strayBytes: number;
}

/** RFC 1952, section 2.3: magic, compression method 8, and no optional fields, as every envelope is written. */
const MEMBER_HEAD = Buffer.from([0x1f, 0x8b, 0x08, 0x00]);
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;

/**
 * Reads an object of the archive: records as they were put on the stream, one after the other. What is no gzip member is
 * skipped up to the next one that is whole, so that a poison record does not hide the envelopes behind it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-2.3
 */
export function readArchivedObject(object: Uint8Array): ArchivedObject {
  const bytes = Buffer.from(object.buffer, object.byteOffset, object.byteLength);
  const envelopes: Envelope[] = [];
  let undecodable = 0;
  let strayBytes = 0;
  for (let position = 0; position < bytes.length;) {
    const member = memberAt(bytes, position);
    if (member === undefined) {
      const next = bytes.indexOf(MEMBER_HEAD, position + 1);
      const end = next < 0 ? bytes.length : next;
      strayBytes += end - position;
      position = end;
      continue;
    }
    position = member.endsAt;
    try {
      envelopes.push(readEnvelope(member.text));
    } catch {
      undecodable += 1;
    }
  }
  return { envelopes, undecodable, strayBytes };
}

/** The gzip member that begins at `position`, or undefined if none does that is whole and has the right checksum. */
function memberAt(bytes: Buffer, position: number): { text: string; endsAt: number } | undefined {
  if (!bytes.subarray(position, position + MEMBER_HEAD.length).equals(MEMBER_HEAD)) return undefined;
  const deflated = bytes.subarray(position + HEADER_BYTES);
  try {
    const inflated = inflateRawSync(deflated, { info: true, maxOutputLength: ENVELOPE_INFLATED_BYTES_MAX });
    const { buffer, engine } = inflated as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const trailerAt = position + HEADER_BYTES + engine.bytesWritten;
    if (trailerAt + TRAILER_BYTES > bytes.length || bytes.readUInt32LE(trailerAt) !== crc32(buffer)) {
      return undefined;
    }
    return { text: buffer.toString('utf8'), endsAt: trailerAt + TRAILER_BYTES };
  } catch {
    return undefined;
  }
}
