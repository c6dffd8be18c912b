import { gzipSync } from 'node:zlib';
import {
  deviceGroup,
  encodeEnvelope,
  hashKeyOf,
  partitionKeyOf,
  type EnvelopeReading,
} from '@weir/telemetry-schema';

/** One Kinesis record to be. */
export interface PackedEnvelope {
  readonly partitionKey: string;
  /** Decides on the shard; absent: the partition key does. */
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
}

/** What all envelopes of a request have in common. */
export interface RequestContext {
  readonly receivedAt: number;
  readonly requestId: string;
  readonly trace?: string;
}

/**
 * Before compression. Well under the 1 MiB that a Kinesis record may have, as gzip may lengthen what does not compress
 * (https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html).
 */
const ENVELOPE_BYTES_MAX = 900 * 1024;

/**
 * Packs readings into as few envelopes as possible: one for each of the stage's device groups that has a reading, more only
 * where a group's are too large. The parts of a group stand one millisecond apart in the order of the request, so that of two readings with one identity the
 * first still counts as the earlier.
 */
export function packEnvelopes(
  readings: readonly EnvelopeReading[],
  context: RequestContext,
  deviceGroups: number,
): PackedEnvelope[] {
  const groups = new Map<number, EnvelopeReading[]>();
  for (const reading of readings) {
    const group = deviceGroup(reading.deviceId, deviceGroups);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [reading]);
    else members.push(reading);
  }
  return [...groups].flatMap(([group, members]) =>
    encodeParts(members, context).map((text) => ({
      partitionKey: partitionKeyOf(group),
      explicitHashKey: hashKeyOf(group, deviceGroups),
      data: gzipSync(text),
    })),
  );
}

function encodeParts(readings: readonly EnvelopeReading[], context: RequestContext): string[] {
  const texts: string[] = [];
  const encode = (part: readonly EnvelopeReading[]): void => {
    const receivedAt = context.receivedAt + texts.length;
    const text = encodeEnvelope({ version: 1, ...context, receivedAt, readings: part });
    if (text.length <= ENVELOPE_BYTES_MAX || part.length === 1) {
      texts.push(text);
      return;
    }
    const middle = part.length >> 1;
    encode(part.slice(0, middle));
    encode(part.slice(middle));
  };
  encode(readings);
  return texts;
}
