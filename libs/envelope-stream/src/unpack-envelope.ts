import { gunzipSync } from 'node:zlib';
import { decodeEnvelope, EnvelopeError, type Envelope } from '@weir/telemetry-schema';

/**
 * What a record may inflate to: a request is at most 5 MiB, and its readings are written out again with every field, so
 * this is generous; anything above it is a bomb.
 */
export const ENVELOPE_INFLATED_BYTES_MAX = 32 * 1024 * 1024;

/** The last millisecond of the year 9999, which is what RFC 3339 can express. */
const TIME_MS_MAX = Date.UTC(10_000, 0, 1) - 1;

/**
 * The envelope in the data of a stream record, which is one gzip member.
 *
 * @throws an Error saying why there is none to be had; trying again does not help
 */
export function unpackEnvelope(data: Uint8Array): Envelope {
  return readEnvelope(gunzipSync(data, { maxOutputLength: ENVELOPE_INFLATED_BYTES_MAX }).toString('utf8'));
}

/**
 * The envelope of one line of NDJSON, all of its times expressible in RFC 3339.
 *
 * @throws EnvelopeError naming the field and the reason
 */
export function readEnvelope(text: string): Envelope {
  const envelope = decodeEnvelope(text);
  if (envelope.receivedAt > TIME_MS_MAX) throw tooLate('receivedAt');
  const late = envelope.readings.findIndex(({ timestamp }) => timestamp > TIME_MS_MAX);
  if (late >= 0) throw tooLate(`readings/${late}/timestamp`);
  return envelope;
}

function tooLate(field: string): EnvelopeError {
  return new EnvelopeError('envelope_invalid', `${field} is after the year 9999`);
}
