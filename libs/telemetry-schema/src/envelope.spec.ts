import { decodeEnvelope, encodeEnvelope, EnvelopeError, type Envelope } from './envelope.js';

function makeEnvelope(overrides: object = {}): Envelope {
  return {
    version: 1,
    receivedAt: 1_700_000_000_000,
    requestId: 'r1',
    trace: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
    readings: [
      { deviceId: 'a', timestamp: 1_699_999_000_000, metrics: { t: 0.1 + 0.2, u: 5e-324 }, revision: 1 },
    ],
    ...overrides,
  };
}

describe('envelope', () => {
  it('is one line that reads back as it was, to the last bit', () => {
    const text = encodeEnvelope(makeEnvelope());
    expect(text.match(/\n/g)).toHaveLength(1);
    expect(text.endsWith('\n')).toBe(true);
    expect(decodeEnvelope(text)).toEqual(makeEnvelope());
  });

  it.each([
    [{ version: 2 }, 'envelope_version_unknown', 'version 2'],
    [{ receivedAt: 'now' }, 'envelope_invalid', 'receivedAt'],
    [{ requestId: 1 }, 'envelope_invalid', 'requestId'],
    [{ trace: 1 }, 'envelope_invalid', 'trace'],
    [{ readings: {} }, 'envelope_invalid', 'readings'],
    [
      { readings: [{ deviceId: 'a b', timestamp: 1, metrics: {} }] },
      'envelope_invalid',
      'readings/0/deviceId',
    ],
    [
      { readings: [{ deviceId: 'a', timestamp: 1.5, metrics: {} }] },
      'envelope_invalid',
      'readings/0/timestamp',
    ],
    [{ readings: [{ deviceId: 'a', timestamp: 1 }] }, 'envelope_invalid', 'readings/0/metrics'],
    [
      { readings: [{ deviceId: 'a', timestamp: 1, metrics: { t: 'x' } }] },
      'envelope_invalid',
      'readings/0/metrics/t',
    ],
    [
      { readings: [{ deviceId: 'a', timestamp: 1, metrics: {}, revision: -1 }] },
      'envelope_invalid',
      'revision',
    ],
  ])('refuses %j', (overrides, code, words) => {
    const decode = () => decodeEnvelope(JSON.stringify({ ...makeEnvelope(), ...overrides }));
    expect(decode).toThrow(EnvelopeError);
    expect(decode).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });

  it.each(['', '{', 'null', '[]', '1'])('refuses %j', (text) => {
    expect(() => decodeEnvelope(text)).toThrow(EnvelopeError);
  });
});
