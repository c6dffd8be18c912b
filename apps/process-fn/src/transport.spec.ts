import { gzipSync } from 'node:zlib';
import { encodeEnvelope, type Envelope } from '@weir/telemetry-schema';
import type { KinesisStreamEvent } from 'aws-lambda';
import { NOON_MS, makeReading } from './testing/test-batch.js';
import { batchResponseOf, recordsOf } from './transport.js';

const ENVELOPE: Envelope = {
  version: 1,
  receivedAt: NOON_MS,
  requestId: 'request-1',
  readings: [makeReading()],
};

function eventOf(...payloads: readonly Buffer[]): KinesisStreamEvent {
  return {
    Records: payloads.map((payload, index) => ({
      awsRegion: 'eu-west-1',
      eventID: `shardId-000000000003:49${index}`,
      eventName: 'aws:kinesis:record',
      eventSource: 'aws:kinesis',
      eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/weir',
      eventVersion: '1.0',
      invokeIdentityArn: 'arn:aws:iam::000000000000:role/process',
      kinesis: {
        approximateArrivalTimestamp: NOON_MS / 1000 + 0.25,
        data: payload.toString('base64'),
        kinesisSchemaVersion: '1.0',
        partitionKey: 'g042',
        sequenceNumber: `49${index}`,
      },
    })),
  };
}

function detailOf(payload: Buffer): string | undefined {
  const [record] = recordsOf(eventOf(payload));
  return record?.decoded === false ? record.detail : undefined;
}

describe('recordsOf', () => {
  it('decodes envelopes and keeps where they came from', () => {
    const [record] = recordsOf(eventOf(gzipSync(encodeEnvelope(ENVELOPE))));
    expect(record).toEqual({
      decoded: true,
      origin: {
        eventId: 'shardId-000000000003:490',
        sequenceNumber: '490',
        shardId: 'shardId-000000000003',
        partitionKey: 'g042',
        requestId: 'request-1',
        receivedAtMs: NOON_MS,
      },
      envelope: ENVELOPE,
    });
  });

  it('keeps the payload of what it cannot decode, and goes on', () => {
    const poison = Buffer.from('not gzip');
    const records = recordsOf(eventOf(poison, gzipSync(encodeEnvelope(ENVELOPE))));
    expect(records[0]).toMatchObject({
      decoded: false,
      origin: { sequenceNumber: '490', receivedAtMs: NOON_MS + 250 },
      payloadBase64: poison.toString('base64'),
    });
    expect(records[1]?.decoded).toBe(true);
  });

  it.each([
    ['no gzip', Buffer.from('{}'), /header/],
    ['an empty payload', Buffer.alloc(0), /./],
    ['a truncated member', gzipSync(encodeEnvelope(ENVELOPE)).subarray(0, 40), /./],
    ['no JSON', gzipSync('{'), /not JSON/],
    ['another version', gzipSync(JSON.stringify({ ...ENVELOPE, version: 2 })), /version 2/],
    ['a bomb', gzipSync(Buffer.alloc(40 * 1024 * 1024, ' ')), /larger than/],
    [
      'a timestamp that is no date',
      gzipSync(encodeEnvelope({ ...ENVELOPE, readings: [makeReading({ timestamp: 8e15 })] })),
      /^readings\/0\/timestamp is after the year 9999$/,
    ],
    [
      'a receipt that is no date',
      gzipSync(encodeEnvelope({ ...ENVELOPE, receivedAt: 9e15 })),
      /^receivedAt is after the year 9999$/,
    ],
  ])('says why it cannot decode %s', (_what, payload, reason) => {
    expect(detailOf(payload)).toMatch(reason);
  });
});

describe('batchResponseOf', () => {
  it('lists what is unfinished, and nothing when all is done', () => {
    expect(batchResponseOf(['7', '9'])).toEqual({
      batchItemFailures: [{ itemIdentifier: '7' }, { itemIdentifier: '9' }],
    });
    expect(batchResponseOf([])).toEqual({ batchItemFailures: [] });
  });
});
