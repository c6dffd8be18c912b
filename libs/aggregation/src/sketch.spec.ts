import {
  SKETCH_BINS_MAX,
  SKETCH_LEVEL_MAX,
  mergeSketches,
  quantile,
  relativeErrorMax,
  sketchOf,
} from './sketch.js';
import { KEY_END, keyOf, rangeOf } from './sketch-bin.js';

describe('the grid', () => {
  it('has the documented extent', () => {
    expect(keyOf(0)).toBe(0);
    expect(Object.is(keyOf(-0), 0)).toBe(true);
    expect(keyOf(Number.MIN_VALUE)).toBe(1);
    expect(keyOf(-Number.MIN_VALUE)).toBe(-1);
    expect(keyOf(Number.MAX_VALUE)).toBe(KEY_END - 1);
    expect(keyOf(-Number.MAX_VALUE)).toBe(1 - KEY_END);
  });

  it('needs no more than the highest level for all of its bins', () => {
    const binsAt = (level: number) => 2 * Math.trunc((KEY_END - 1) / 2 ** level) + 1;
    expect(binsAt(SKETCH_LEVEL_MAX)).toBeLessThanOrEqual(SKETCH_BINS_MAX);
    expect(binsAt(SKETCH_LEVEL_MAX - 1)).toBeGreaterThan(SKETCH_BINS_MAX);
  });

  it('has neighbouring bins that meet and widen by less than 2 %', () => {
    const faulty: number[] = [];
    for (let key = 1; key < KEY_END; key += 1) {
      const { low, high } = rangeOf(key, 0);
      const mirrored = rangeOf(-key, 0);
      // The edge of a bin of subnormals may lie between two of them.
      const meets = key - keyOf(low) <= (low < 2 ** -1022 ? 1 : 0);
      const narrow = high === Number.POSITIVE_INFINITY ? key === KEY_END - 1 : (high - low) / low < 0.02;
      if (!meets || !narrow || mirrored.low !== -high || mirrored.high !== -low) faulty.push(key);
    }
    expect(faulty).toEqual([]);
  });
});

describe('sketchOf', () => {
  it('collapses to the smallest level that suffices, and says what is then guaranteed', () => {
    const wide = Array.from({ length: SKETCH_BINS_MAX + 1 }, (_, index) => 1.0195 ** index);
    const fits = sketchOf(wide.slice(0, SKETCH_BINS_MAX));
    const collapsed = sketchOf(wide);
    expect(fits.level).toBe(0);
    expect(fits.keys).toHaveLength(SKETCH_BINS_MAX);
    expect(relativeErrorMax(fits)).toBeLessThanOrEqual(0.02);
    expect(collapsed.level).toBe(1);
    expect(relativeErrorMax(collapsed)).toBeLessThan(0.04);
    expect(mergeSketches(sketchOf(wide.slice(0, 1_000)), sketchOf(wide.slice(1_000)))).toEqual(collapsed);
  });

  it('stays within its bound for numbers from all of the range', () => {
    const everything = Array.from({ length: KEY_END - 1 }, (_, index) => rangeOf(index + 1, 0).low);
    const sketch = sketchOf([...everything, 0, ...everything.map((value) => -value)]);
    expect(sketch.level).toBe(SKETCH_LEVEL_MAX);
    expect(sketch.keys.length).toBeLessThanOrEqual(SKETCH_BINS_MAX);
  });

  it('is empty for no values', () => {
    expect(sketchOf([])).toEqual({ level: 0, keys: [], counts: [] });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %p', (value) => {
    expect(() => sketchOf([1, value])).toThrow(RangeError);
  });
});

describe('quantile', () => {
  it('answers the extremes exactly', () => {
    const values = [3.14, 2.72, -1.41, 1.62];
    const sketch = sketchOf(values);
    expect(quantile(sketch, 0, -1.41, 3.14)).toBe(-1.41);
    expect(quantile(sketch, 1, -1.41, 3.14)).toBe(3.14);
  });

  it('takes the values of a bin to be evenly spread between its bounds or the extremes', () => {
    const sketch = sketchOf([1, 1.001, 1.002, 1.003]);
    expect(sketch.keys).toHaveLength(1);
    expect(quantile(sketch, 0.5, 1, 1.003)).toBeCloseTo(1 + (0.003 * 1.5) / 4, 12);
    expect(quantile(sketch, 0.75, 1, 1.003)).toBeCloseTo(1 + (0.003 * 2.5) / 4, 12);
  });

  it('tells quantiles apart even where all the values share a bin', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => 1_013 + index / 100);
    const sketch = sketchOf(values);
    expect(sketch.keys.length).toBeLessThanOrEqual(2);
    expect(quantile(sketch, 0.5, 1_013, 1_022.99)).toBeCloseTo(1_018, 0);
    expect(quantile(sketch, 0.99, 1_013, 1_022.99)).toBeCloseTo(1_022.9, 0);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses q = %p', (q) => {
    expect(() => quantile(sketchOf([1]), q, 1, 1)).toThrow(/q must be/);
  });

  it('refuses an empty sketch', () => {
    expect(() => quantile(sketchOf([]), 0.5, 0, 0)).toThrow(/empty/);
  });
});
