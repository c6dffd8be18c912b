import type { KinesisStreamEvent } from 'aws-lambda';

/** One record of the stream. Sequence numbers ascend in the one shard that there is. */
export interface StreamRecord {
  readonly sequence: number;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** One invocation. */
export interface Delivery {
  readonly atMs: number;
  readonly records: readonly StreamRecord[];
}

/** What Lambda's event source mapping makes of a delivery. */
export function eventOf({ atMs, records }: Delivery): KinesisStreamEvent {
  return {
    Records: records.map(({ sequence, partitionKey, data }) => ({
      awsRegion: 'eu-west-1',
      eventID: `shardId-000000000000:${sequence}`,
      eventName: 'aws:kinesis:record',
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/telemetry',
      eventVersion: '1.0',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/process-fn',
      kinesis: {
        approximateArrivalTimestamp: atMs / 1000,
        data: Buffer.from(data).toString('base64'),
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: String(sequence),
      },
    })),
  };
}
