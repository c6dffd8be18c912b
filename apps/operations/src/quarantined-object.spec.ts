import { readQuarantinedObject } from './quarantined-object.js';
import { NOON_MS, makeReading } from './testing/test-world.js';

const KEY = 'reason=out_of_range/2026/05/14/0.json';
const ORIGIN = { eventId: 'e', sequenceNumber: '1', shardId: 's', partitionKey: 'g001', receivedAt: NOON_MS };
const REFUSED = {
  reason: 'out_of_range',
  detail: 'flow: 5 is outside [0, 1]',
  origin: { ...ORIGIN, requestId: 'r1' },
  readings: [makeReading()],
};
const INVOCATION = {
  requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
  KinesisBatchInfo: { approximateArrivalOfFirstRecord: new Date(NOON_MS).toISOString() },
  payload: { Records: [{ kinesis: { partitionKey: 'g002', data: Buffer.from('one').toString('base64') } }] },
};

function read(value: unknown, key = KEY) {
  return readQuarantinedObject(key, Buffer.from(JSON.stringify(value)));
}

describe('readQuarantinedObject', () => {
  it('reads readings that process-fn refused', () => {
    expect(read(REFUSED)).toEqual({
      key: KEY,
      reason: 'out_of_range',
      detail: 'flow: 5 is outside [0, 1]',
      receivedAtMs: NOON_MS,
      content: { kind: 'readings', readings: [makeReading()], requestId: 'r1' },
    });
  });

  it('reads a record that it could not decode', () => {
    const payload = Buffer.from('poison').toString('base64');
    expect(
      read({ reason: 'undecodable', detail: 'incorrect header check', origin: ORIGIN, payload }),
    ).toMatchObject({
      reason: 'undecodable',
      content: { kind: 'records', records: [{ partitionKey: 'g001', data: Buffer.from('poison') }] },
    });
  });

  it.each([
    ['an object', INVOCATION],
    ['text', { ...INVOCATION, payload: JSON.stringify(INVOCATION.payload) }],
  ])('reads records that Lambda gave up, the event as %s', (_form, value) => {
    expect(read(value, 'aws/lambda/u/s/2026/05/14/x')).toEqual({
      key: 'aws/lambda/u/s/2026/05/14/x',
      reason: 'batch_failed',
      detail: 'RetryAttemptsExhausted after 3 invocations',
      receivedAtMs: NOON_MS,
      content: { kind: 'records', records: [{ partitionKey: 'g002', data: Buffer.from('one') }] },
    });
  });

  it.each([
    [{ ...REFUSED, reason: 'bad_mood' }, 'reason "bad_mood" is unknown'],
    [{ ...REFUSED, detail: 1 }, 'detail is not a text'],
    [{ ...REFUSED, origin: ORIGIN.eventId }, 'origin is not an object'],
    [
      { ...REFUSED, origin: { ...ORIGIN, receivedAt: '1' } },
      'origin.receivedAt is not in epoch milliseconds',
    ],
    [{ ...REFUSED, readings: [{ deviceId: '' }] }, 'readings/0/deviceId is not a device id'],
    [{ ...REFUSED, readings: undefined }, 'payload is not a text'],
    [[], 'the object is not an object'],
  ])('names the key and the field of what it cannot read: %j', (value, message) => {
    expect(() => read(value)).toThrow(`${KEY}: ${message}`);
  });

  it('says so where an object is no JSON', () => {
    expect(() => readQuarantinedObject(KEY, Buffer.from('{'))).toThrow(`${KEY}: `);
  });
});
