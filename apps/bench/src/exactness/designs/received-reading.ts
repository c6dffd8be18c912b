import { unpackEnvelope } from '@weir/envelope-stream';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import type { KinesisStreamEvent } from 'aws-lambda';

/** A reading, and the sequence number of the record that brought it. */
export interface ReceivedReading {
  readonly reading: EnvelopeReading;
  /** Zero-padded, so that its text sorts as its number does. */
  readonly sequence: string;
}

/** Kinesis numbers have up to 56 digits. */
const SEQUENCE_DIGITS = 56;

/** The readings of an event in its order. */
export function readingsOf(event: KinesisStreamEvent): ReceivedReading[] {
  return event.Records.flatMap(({ kinesis }) => {
    const sequence = kinesis.sequenceNumber.padStart(SEQUENCE_DIGITS, '0');
    const { readings } = unpackEnvelope(Buffer.from(kinesis.data, 'base64'));
    return readings.map((reading) => ({ reading, sequence }));
  });
}

/** Each device and instant once, as it comes last. */
export function distinctReadings(readings: readonly EnvelopeReading[]): EnvelopeReading[] {
  return [...new Map(readings.map((each) => [`${each.deviceId} ${each.timestamp}`, each])).values()];
}

/** Values in groups, in the order in which the groups first appear. */
export function groupBy<Value>(
  values: readonly Value[],
  keyOf: (value: Value) => string,
): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
