import type { _Record } from '@aws-sdk/client-kinesis';

/** What the event of a Kinesis record says about its source. */
export interface EventSource {
  readonly streamArn: string;
  readonly region: string;
  readonly shardId: string;
  readonly invokeIdentityArn: string;
}

/** A record that was read from a shard, already in the form in which a function gets it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Approximate arrival at the stream, epoch milliseconds. */
  readonly arrivalMs: number;
  /** The record's entry of the event's `Records`, as JSON text. */
  readonly eventJson: string;
  /** Bytes of that text in UTF-8. */
  readonly sizeBytes: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#with-kinesis-example */
export function toStreamRecord(record: _Record, source: EventSource): StreamRecord {
  const sequenceNumber = record.SequenceNumber ?? '';
  const partitionKey = record.PartitionKey ?? '';
  const arrivalMs = record.ApproximateArrivalTimestamp?.getTime() ?? 0;
  const eventJson = JSON.stringify({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey,
      sequenceNumber,
      data: Buffer.from(record.Data ?? new Uint8Array()).toString('base64'),
      approximateArrivalTimestamp: arrivalMs / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${source.shardId}:${sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: source.invokeIdentityArn,
    awsRegion: source.region,
    eventSourceARN: source.streamArn,
  });
  return { sequenceNumber, partitionKey, arrivalMs, eventJson, sizeBytes: Buffer.byteLength(eventJson) };
}

/** The event that a function gets for a batch, as JSON text. */
export function batchEvent(records: readonly StreamRecord[]): string {
  return `{"Records":[${records.map((record) => record.eventJson).join(',')}]}`;
}

/** Sequence numbers are decimal numbers of up to 128 digits. */
export function isAfter(sequenceNumber: string, other: string): boolean {
  return BigInt(sequenceNumber) > BigInt(other);
}
