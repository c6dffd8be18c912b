import { gunzipSync } from 'node:zlib';
import {
  decodeEnvelope,
  deviceGroup,
  hashKeyOf,
  partitionKeyOf,
  type EnvelopeReading,
} from '@weir/telemetry-schema';
import { packEnvelopes } from './pack-envelopes.js';

const GROUPS = 256;
const context = { receivedAt: 1_700_000_000_000, requestId: 'r1', trace: 'Root=1-2-3' };

function unpack(data: Uint8Array) {
  return decodeEnvelope(gunzipSync(data).toString());
}

function makeReading(overrides: Partial<EnvelopeReading> = {}): EnvelopeReading {
  return { deviceId: 'boiler-1', timestamp: 1_699_999_000_000, metrics: { temperature: 20 }, ...overrides };
}

describe('packEnvelopes', () => {
  it('puts all readings of a device group into one envelope, in order', () => {
    const readings = [1, 2, 3].map((value) => makeReading({ metrics: { temperature: value } }));
    const [packed, ...more] = packEnvelopes(readings, context, GROUPS);
    expect(more).toEqual([]);
    expect(packed?.partitionKey).toBe(partitionKeyOf(deviceGroup('boiler-1', GROUPS)));
    expect(unpack(packed?.data ?? new Uint8Array())).toEqual({ version: 1, ...context, readings });
  });

  it('keeps every reading, under the key of its own group', () => {
    const readings = Array.from({ length: 500 }, (_, index) => makeReading({ deviceId: `device-${index}` }));
    const packed = packEnvelopes(readings, context, GROUPS);
    const unpacked = packed.flatMap(({ partitionKey, data }) =>
      unpack(data).readings.map((reading) => ({ partitionKey, reading })),
    );
    expect(unpacked.map(({ reading }) => reading.deviceId).sort()).toEqual(
      readings.map(({ deviceId }) => deviceId).sort(),
    );
    for (const { partitionKey, reading } of unpacked) {
      expect(partitionKey).toBe(partitionKeyOf(deviceGroup(reading.deviceId, GROUPS)));
    }
    expect(new Set(packed.map(({ partitionKey }) => partitionKey)).size).toBe(packed.length);
  });

  it('makes at most as many envelopes as there are groups, each for the shard that its group falls to', () => {
    const readings = Array.from({ length: 500 }, (_, index) => makeReading({ deviceId: `device-${index}` }));
    for (const groups of [1, 3, 16]) {
      const packed = packEnvelopes(readings, context, groups);
      expect(packed).toHaveLength(groups);
      expect(new Set(packed.map(({ explicitHashKey }) => explicitHashKey))).toEqual(
        new Set(Array.from({ length: groups }, (_, group) => hashKeyOf(group, groups))),
      );
    }
  });

  it('splits a group that no record can hold, the parts in order and one millisecond apart', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 64 }, (_, index) => [`metric-${index}`, Math.sin(index) * 1e-7]),
    );
    const readings = Array.from({ length: 2000 }, (_, index) =>
      makeReading({ timestamp: 1_699_999_000_000 + index, metrics }),
    );
    const packed = packEnvelopes(readings, context, GROUPS);
    expect(packed.length).toBeGreaterThan(1);
    const envelopes = packed.map(({ data }) => unpack(data));
    expect(envelopes.flatMap((envelope) => envelope.readings)).toEqual(readings);
    expect(envelopes.map(({ receivedAt }) => receivedAt - context.receivedAt)).toEqual(
      packed.map((_, part) => part),
    );
    for (const { data } of packed) expect(data.length).toBeLessThan(1024 * 1024);
  });

  it('makes records whose concatenation is one gzip file of a line an envelope', () => {
    const packed = packEnvelopes([makeReading(), makeReading({ deviceId: 'pump-7' })], context, GROUPS);
    const lines = gunzipSync(Buffer.concat(packed.map(({ data }) => data)))
      .toString()
      .split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => decodeEnvelope(line).readings[0]?.deviceId).sort()).toEqual([
      'boiler-1',
      'pump-7',
    ]);
  });
});
