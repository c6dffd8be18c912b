import { unpackEnvelope } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import type { RecordOrigin } from './quarantine.js';

/** A record of the stream: its envelope, or, if there is none to be had, why and the payload as it came. */
export type StreamRecord =
  | { readonly decoded: true; readonly origin: RecordOrigin; readonly envelope: Envelope }
  | {
      readonly decoded: false;
      readonly origin: RecordOrigin;
      readonly detail: string;
      readonly payloadBase64: string;
    };

/** The records of a Kinesis event, in its order. Never throws: what cannot be decoded says so. */
export function recordsOf(event: KinesisStreamEvent): StreamRecord[] {
  return event.Records.map(recordOf);
}

/**
 * The answer to the event source mapping. Lambda takes the lowest sequence number as its checkpoint and delivers everything
 * from there again; an empty list is success.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function batchResponseOf(unfinished: readonly string[]): KinesisStreamBatchResponse {
  return { batchItemFailures: unfinished.map((itemIdentifier) => ({ itemIdentifier })) };
}

function recordOf(record: KinesisStreamRecord): StreamRecord {
  const { data, sequenceNumber, partitionKey, approximateArrivalTimestamp } = record.kinesis;
  const source = {
    eventId: record.eventID,
    sequenceNumber,
    shardId: shardIdOf(record.eventID),
    partitionKey,
  };
  try {
    const envelope = unpackEnvelope(Buffer.from(data, 'base64'));
    const origin = { ...source, requestId: envelope.requestId, receivedAtMs: envelope.receivedAt };
    return { decoded: true, origin, envelope };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const receivedAtMs = Math.floor(approximateArrivalTimestamp * 1000);
    return { decoded: false, origin: { ...source, receivedAtMs }, detail, payloadBase64: data };
  }
}

/** An event id is the shard's id and the sequence number, joined by a colon. */
function shardIdOf(eventId: string): string {
  return eventId.split(':', 1)[0] ?? eventId;
}
