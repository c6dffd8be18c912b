import type { DeviceEntry } from '@weir/dynamo-repo';
import { cleanseReading } from './cleanse-reading.js';
import { makeReading } from './testing/make-reading.js';

function entry(effectiveFromMs: number, rest: Partial<DeviceEntry> = {}): DeviceEntry {
  return { deviceId: 'pump-1', effectiveFromMs, ...rest };
}

describe('cleanseReading', () => {
  it('takes values as they are where nothing is registered', () => {
    const reading = makeReading({ metrics: { flow: -3.25, level: 0 } });
    expect(cleanseReading(reading, [])).toEqual({ metrics: { flow: -3.25, level: 0 }, rejected: [] });
  });

  it('scales, then adds the offset', () => {
    const entries = [entry(0, { metrics: { flow: { scale: 1.8, offset: 32 } } })];
    expect(cleanseReading(makeReading({ metrics: { flow: 100, level: 5 } }), entries).metrics).toEqual({
      flow: 212,
      level: 5,
    });
  });

  it.each([
    [999, 1],
    [1000, 10],
    [1999, 10],
    [2000, 1],
    [5000, 100],
  ])('at %d applies the entry in effect then', (timestamp, scaled) => {
    const entries = [
      entry(1000, { metrics: { flow: { scale: 10 } } }),
      entry(2000, { deleted: true, metrics: { flow: { scale: 1000 } } }),
      entry(3000, { metrics: { flow: { scale: 100 } } }),
    ];
    expect(cleanseReading(makeReading({ timestamp }), entries).metrics).toEqual({ flow: scaled });
  });

  it('checks the range of the converted value, both ends included, metric by metric', () => {
    const entries = [entry(0, { metrics: { a: { min: 0, max: 10, scale: 2 }, b: { min: -1 } } })];
    expect(cleanseReading(makeReading({ metrics: { a: 5, b: -1 } }), entries).rejected).toEqual([]);
    expect(cleanseReading(makeReading({ metrics: { a: 5.5, b: 0 } }), entries)).toEqual({
      metrics: { b: 0 },
      rejected: [{ metric: 'a', reason: 'out_of_range', detail: 'a: 11 is outside [0, 10]' }],
    });
  });

  it('rejects what overflows in the conversion', () => {
    const entries = [entry(0, { metrics: { flow: { scale: 1e300 } } })];
    expect(cleanseReading(makeReading({ metrics: { flow: 1e300 } }), entries)).toEqual({
      metrics: {},
      rejected: [
        { metric: 'flow', reason: 'not_finite', detail: 'flow: Infinity after conversion is not finite' },
      ],
    });
  });

  it('treats names that objects inherit like any other', () => {
    const reading = makeReading({
      metrics: JSON.parse('{"__proto__":1,"constructor":2}') as Record<string, number>,
    });
    const { metrics } = cleanseReading(reading, [entry(0, { metrics: {} })]);
    expect(Object.entries(metrics)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });
});
