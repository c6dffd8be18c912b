import type { StreamRecord } from './stream-record.js';
import { batchEvent } from './stream-record.js';

export interface DiscardedBatch {
  readonly records: readonly StreamRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly requestId: string;
  readonly functionArn: string;
  /** How often the function was invoked with these records. */
  readonly invokeCount: number;
  /** The last answer; undefined when the function was never invoked. */
  readonly response: { readonly statusCode: number; readonly functionError: string | undefined } | undefined;
  readonly shardId: string;
  readonly streamArn: string;
  readonly nowMs: number;
}

/**
 * What Lambda sends to an on-failure destination of a Kinesis mapping; `payload`, the event itself, is for S3 only.
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function invocationRecord(batch: DiscardedBatch): object {
  const first = batch.records[0];
  const last = batch.records.at(-1);
  return {
    requestContext: {
      requestId: batch.requestId,
      functionArn: batch.functionArn,
      condition: batch.condition,
      approximateInvokeCount: batch.invokeCount,
    },
    responseContext:
      batch.response === undefined
        ? null
        : {
            statusCode: batch.response.statusCode,
            executedVersion: '$LATEST',
            ...(batch.response.functionError === undefined
              ? {}
              : { functionError: batch.response.functionError }),
          },
    version: '1.0',
    timestamp: new Date(batch.nowMs).toISOString(),
    KinesisBatchInfo: {
      shardId: batch.shardId,
      startSequenceNumber: first?.sequenceNumber ?? '',
      endSequenceNumber: last?.sequenceNumber ?? '',
      approximateArrivalOfFirstRecord: new Date(first?.arrivalMs ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.arrivalMs ?? 0).toISOString(),
      batchSize: batch.records.length,
      streamArn: batch.streamArn,
    },
    payload: batchEvent(batch.records),
  };
}

/** `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random uuid>`, in UTC. */
export function invocationRecordKey(
  mappingUuid: string,
  shardId: string,
  nowMs: number,
  randomUuid: string,
): string {
  const time = new Date(nowMs).toISOString();
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${mappingUuid}/${shardId}/${day}/${time.slice(0, 19).replaceAll(':', '.')}-${randomUuid}`;
}
