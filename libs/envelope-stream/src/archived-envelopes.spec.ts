import { gunzipSync, gzipSync } from 'node:zlib';
import { encodeEnvelope, type Envelope } from '@weir/telemetry-schema';
import fc from 'fast-check';
import { readArchivedObject } from './archived-envelopes.js';

function envelopeOf(value: number): Envelope {
  const reading = { deviceId: 'boiler-1', timestamp: 1_699_999_000_000 + value, metrics: { flow: value } };
  return { version: 1, receivedAt: 1_700_000_000_000, requestId: `r${value}`, readings: [reading] };
}

function packed(envelope: Envelope): Buffer {
  return gzipSync(encodeEnvelope(envelope));
}

describe('readArchivedObject', () => {
  it('reads the envelopes of a valid .gz, in order', () => {
    const envelopes = [1, 2, 3].map(envelopeOf);
    const object = Buffer.concat(envelopes.map(packed));
    expect(gunzipSync(object).toString()).toBe(envelopes.map(encodeEnvelope).join(''));
    expect(readArchivedObject(object)).toEqual({ envelopes, undecodable: 0, strayBytes: 0 });
  });

  it('has nothing of an empty object', () => {
    expect(readArchivedObject(Buffer.alloc(0))).toEqual({ envelopes: [], undecodable: 0, strayBytes: 0 });
  });

  it('counts members that are no envelopes, and goes on behind them', () => {
    const object = Buffer.concat([gzipSync('hello\n'), packed(envelopeOf(1)), gzipSync('{"version":2}\n')]);
    expect(readArchivedObject(object)).toEqual({
      envelopes: [envelopeOf(1)],
      undecodable: 2,
      strayBytes: 0,
    });
  });

  it('does not take a member with a wrong checksum, nor one that is cut off', () => {
    const damaged = packed(envelopeOf(1));
    damaged.writeUInt32LE(0, damaged.length - 8);
    const cut = packed(envelopeOf(3)).subarray(0, -9);
    const { envelopes, strayBytes } = readArchivedObject(
      Buffer.concat([damaged, packed(envelopeOf(2)), cut]),
    );
    expect(envelopes).toEqual([envelopeOf(2)]);
    expect(strayBytes).toBe(damaged.length + cut.length);
  });

  it('finds every envelope between any stray bytes, magic numbers included', () => {
    const stray = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constant(Buffer.from([0x1f, 0x8b, 0x08, 0x00])),
      fc.constant(packed(envelopeOf(7)).subarray(0, 30)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(stray, fc.nat({ max: 1e6 })), { maxLength: 8 }), (parts) => {
        const envelopes = parts.map(([, value]) => envelopeOf(value));
        const object = Buffer.concat(parts.flatMap(([junk, value]) => [junk, packed(envelopeOf(value))]));
        const read = readArchivedObject(object);
        expect(read.envelopes).toEqual(envelopes);
        expect(read.strayBytes).toBe(parts.reduce((sum, [junk]) => sum + junk.length, 0));
      }),
    );
  });
});
