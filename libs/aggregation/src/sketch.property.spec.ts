import fc from 'fast-check';
import {
  SKETCH_BINS_MAX,
  mergeSketches,
  quantile,
  relativeErrorMax,
  sketchOf,
  type Sketch,
} from './sketch.js';
import { keyOf, rangeOf } from './sketch-bin.js';
import { anyDouble, subnormal, valueList } from './testing/arbitraries.js';
import { exactQuantile } from './testing/exact.js';

const BINS_FEW = 6;
const few = (values: readonly number[]): Sketch => sketchOf(values, BINS_FEW);
const mergeFew = (a: Sketch, b: Sketch): Sketch => mergeSketches(a, b, BINS_FEW);
const anyQuantile = fc.oneof(
  fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

function estimate(sketch: Sketch, q: number, values: readonly number[]): number {
  return quantile(sketch, q, Math.min(...values), Math.max(...values));
}

describe('bins', () => {
  it('hold their numbers at every level, and are mirrored at zero', () => {
    fc.assert(
      fc.property(fc.oneof(anyDouble, subnormal), fc.integer({ min: 0, max: 7 }), (value, level) => {
        const key = Math.trunc(keyOf(value) / 2 ** level) + 0;
        const { low, high } = rangeOf(key, level);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
        expect(keyOf(-value) + 0).toBe(-keyOf(value) + 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are in the order of the numbers', () => {
    fc.assert(
      fc.property(anyDouble, anyDouble, (a, b) => {
        if (a <= b) expect(keyOf(a)).toBeLessThanOrEqual(keyOf(b));
        else expect(keyOf(a)).toBeGreaterThanOrEqual(keyOf(b));
      }),
    );
  });
});

describe('quantiles', () => {
  it('are within 2 % of the exact nearest-rank ones for any values at all', () => {
    fc.assert(
      fc.property(valueList, anyQuantile, (values, q) => {
        const exact = exactQuantile(values, q);
        const answer = estimate(sketchOf(values), q, values);
        expect(Math.abs(answer - exact) <= 0.02 * Math.abs(exact)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are within what the sketch says once bins were joined', () => {
    const magnitude = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
    const signed = fc.tuple(magnitude, fc.boolean()).map(([value, negative]) => (negative ? -value : value));
    fc.assert(
      fc.property(fc.array(signed, { minLength: 1, maxLength: 60 }), anyQuantile, (values, q) => {
        const sketch = sketchOf(values, 24);
        const exact = exactQuantile(values, q);
        const answer = estimate(sketch, q, values);
        expect(Math.abs(answer - exact) <= relativeErrorMax(sketch) * Math.abs(exact)).toBe(true);
      }),
    );
  });

  it('are finite, lie between the extremes and do not decrease', () => {
    fc.assert(
      fc.property(
        valueList,
        fc.constantFrom(2, 6, SKETCH_BINS_MAX),
        anyQuantile,
        anyQuantile,
        (values, bins, p, q) => {
          const sketch = sketchOf(values, Math.max(3, bins));
          const [low, high] = [Math.min(p, q), Math.max(p, q)].map((rank) => estimate(sketch, rank, values));
          expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
          expect(Math.min(...values) <= Number(low)).toBe(true);
          expect(Number(low) <= Number(high)).toBe(true);
          expect(Number(high) <= Math.max(...values)).toBe(true);
        },
      ),
    );
  });
});

describe('collapsing commutes with merging', () => {
  it('a sketch depends on the multiset of its values alone', () => {
    fc.assert(
      fc.property(valueList, valueList, fc.infiniteStream(fc.nat()), (a, b, random) => {
        const all = [...a, ...b];
        const order = all
          .map((value) => ({ value, at: Number(random.next().value) }))
          .sort((x, y) => x.at - y.at);
        const expected = few(all);
        expect(few(order.map(({ value }) => value))).toEqual(expected);
        expect(mergeFew(few(a), few(b))).toEqual(expected);
        expect(mergeFew(few(b), few(a))).toEqual(expected);
        expect(mergeSketches(sketchOf(a), sketchOf(b))).toEqual(sketchOf(all));
      }),
    );
  });

  it('in any tree of merges', () => {
    fc.assert(
      fc.property(
        fc.array(valueList, { minLength: 2, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        (parts, random) => {
          const pool = parts.map(few);
          while (pool.length > 1) {
            const take = () => pool.splice(Number(random.next().value) % pool.length, 1)[0] ?? few([]);
            pool.push(mergeFew(take(), take()));
          }
          expect(pool[0]).toEqual(few(parts.flat()));
        },
      ),
    );
  });

  it('the level is the smallest that suffices', () => {
    fc.assert(
      fc.property(valueList, (values) => {
        const binsAt = (level: number) =>
          new Set(values.map((value) => Math.trunc(keyOf(value) / 2 ** level) + 0)).size;
        const { level, keys, counts } = few(values);
        expect(keys.length).toBe(binsAt(level));
        expect(keys.length).toBeLessThanOrEqual(BINS_FEW);
        if (level > 0) expect(binsAt(level - 1)).toBeGreaterThan(BINS_FEW);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
        expect([...keys].sort((a, b) => a - b)).toEqual(keys);
      }),
    );
  });

  it('merging with nothing changes nothing', () => {
    fc.assert(
      fc.property(valueList, (values) => {
        expect(mergeSketches(sketchOf(values), sketchOf([]))).toEqual(sketchOf(values));
      }),
    );
  });
});
