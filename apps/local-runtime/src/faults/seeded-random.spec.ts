import fc from 'fast-check';
import { randomAt, randomInteger, randomIntervalMs, randomItem, randomSequence } from './seeded-random.js';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('seeded random numbers', () => {
  it('are the same for the same seed, sequence and position, and lie in [0, 1)', () => {
    fc.assert(
      fc.property(seeds, fc.string(), fc.nat(), (seed, name, index) => {
        const value = randomAt(seed, name, index);
        expect(randomAt(seed, name, index)).toBe(value);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
      }),
    );
  });

  it('are those of the sequence, in order', () => {
    const next = randomSequence(7, 'a');
    expect([next(), next(), next()]).toEqual([0, 1, 2].map((index) => randomAt(7, 'a', index)));
  });

  it.each([
    ['positions', (index: number) => randomAt(1, 'calls', index)],
    ['seeds', (index: number) => randomAt(index, 'calls', 0)],
    ['sequences', (index: number) => randomAt(1, `rule ${index}`, 0)],
  ])('are spread evenly over %s', (_, at) => {
    const buckets = new Array<number>(20).fill(0);
    const count = 20_000;
    for (let index = 0; index < count; index += 1) {
      const bucket = Math.floor(at(index) * buckets.length);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    // Chi squared with 19 degrees of freedom: 43.8 is exceeded by chance once in a thousand.
    const expected = count / buckets.length;
    const chiSquared = buckets.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    expect(chiSquared).toBeLessThan(43.8);
  });

  it('do not follow from the number before', () => {
    const count = 20_000;
    let rising = 0;
    for (let index = 0; index < count; index += 1) {
      if (randomAt(3, 'x', index) < randomAt(3, 'x', index + 1)) rising += 1;
    }
    expect(rising / count).toBeGreaterThan(0.48);
    expect(rising / count).toBeLessThan(0.52);
  });
});

describe('random times and choices', () => {
  it('have the mean that was asked for, and bounds', () => {
    const next = randomSequence(5, 'times');
    const times = Array.from({ length: 20_000 }, () => randomIntervalMs(200, next()));
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    expect(mean).toBeGreaterThan(190);
    expect(mean).toBeLessThan(210);
    expect(randomIntervalMs(200, 0)).toBe(1);
    expect(randomIntervalMs(200, 1 - 2 ** -53)).toBe(2_000);
  });

  it('reach both ends of a range', () => {
    expect(randomInteger(3, 5, 0)).toBe(3);
    expect(randomInteger(3, 5, 1 - 2 ** -53)).toBe(5);
    expect(randomItem(['a', 'b'], 0.5)).toBe('b');
    expect(randomItem([], 0.5)).toBeUndefined();
  });
});
