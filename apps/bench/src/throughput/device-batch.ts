import type { PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { packEnvelopes } from '@weir/envelope-stream';
import { DEVICE_GROUPS, type EnvelopeReading } from '@weir/telemetry-schema';
import type { KinesisStreamEvent } from 'aws-lambda';
import { eventOf } from '../kinesis-event.js';
import { HOUR_MS, MINUTE_MS, readingsAt } from '../readings.js';

export const BLOCK_MS = HOUR_MS;
export const BATCH_DEVICES = 100;
export const BATCH_READINGS = 60;

/** What a container gets that knows its devices: each has sent an envelope of its own. */
export interface DeviceBatch {
  /** One earlier reading a device, with which its block begins. */
  readonly warmUp: KinesisStreamEvent;
  /** {@link BATCH_READINGS} more readings a device, all of the same block. */
  readonly event: KinesisStreamEvent;
}

/**
 * A batch of devices that no other batch has.
 *
 * @param fromMs begin of the block, in epoch milliseconds
 */
export function deviceBatch(name: string, metrics: number, fromMs: number): DeviceBatch {
  const fleet = { devices: BATCH_DEVICES, metrics };
  const eventFor = (readings: readonly EnvelopeReading[], receivedAt: number): KinesisStreamEvent => {
    const envelopes = Array.from({ length: BATCH_DEVICES }, (_, device) => {
      const deviceId = `${name}-${device}`;
      const own = readings.filter((_reading, index) => index % BATCH_DEVICES === device);
      return packEnvelopes(
        own.map((reading) => ({ ...reading, deviceId })),
        { receivedAt, requestId: `request-${receivedAt}` },
        DEVICE_GROUPS.fallback,
      );
    }).flat();
    return eventOf({
      atMs: receivedAt,
      records: envelopes.map((envelope, index) => ({ ...envelope, sequence: receivedAt + index })),
    });
  };
  return {
    warmUp: eventFor(readingsAt(fleet, fromMs + MINUTE_MS / 2, 1), fromMs + MINUTE_MS),
    event: eventFor(readingsAt(fleet, fromMs, BATCH_READINGS), fromMs + BLOCK_MS),
  };
}

/** A conditional put of a block as process-fn sends it. */
export function putOf(
  tableName: string,
  deviceId: string,
  fromMs: number,
  bytes: Uint8Array,
): PutItemCommandInput {
  return {
    TableName: tableName,
    Item: {
      pk: { S: `D#${deviceId}` },
      sk: { S: `B#${String(fromMs).padStart(15, '0')}` },
      v: { N: '2' },
      d: { B: bytes },
    },
    ConditionExpression: 'v = :expected AND attribute_not_exists(s)',
    ExpressionAttributeValues: { ':expected': { N: '1' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ReturnConsumedCapacity: 'TOTAL',
  };
}
