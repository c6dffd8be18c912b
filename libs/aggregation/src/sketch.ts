import { BINS_PER_OCTAVE, KEY_END, keyOf, rangeOf } from './sketch-bin.js';

/**
 * A histogram over bins of equal ratio, from which any quantile is read with bounded relative error.
 *
 * **Guarantee.** At level 0, `quantile` is within 2 % of the exact nearest-rank quantile, whatever the sign or the
 * magnitude: zero and the smallest subnormals are exact, ±1.79e308 is covered. Level 0 holds while the values fall into at
 * most {@link SKETCH_BINS_MAX} bins, which are 56 octaves (17 powers of ten) even if every bin is used.
 *
 * **Collapse.** The level is the smallest one at which at most that many bins are non-empty. Each level joins every two
 * neighbouring bins (the uniform collapse of Epicoco et al., "UDDSketch", IEEE Access 8, 2020), for all the values at
 * once. So level and bins are functions of the multiset of the values alone: a part can never need a higher level than
 * the whole, and merging is associative and commutative with identical bytes, where collapsing only the lowest bins, as
 * DDSketch does, would depend on the order. {@link relativeErrorMax} tells what a sketch guarantees.
 *
 * The form is canonical: `keys` ascend strictly, `counts` are parallel to them and positive.
 */
export interface Sketch {
  /** How many times the bins were joined in pairs, from 0 to {@link SKETCH_LEVEL_MAX}. */
  readonly level: number;
  readonly keys: readonly number[];
  readonly counts: readonly number[];
}

/** The greatest number of non-empty bins of a sketch. Sensor data spans a few octaves and uses dozens. */
export const SKETCH_BINS_MAX = 2048;

/** The highest level that any values can need: there, all of the grid has 1,205 bins. */
export const SKETCH_LEVEL_MAX = 7;

/**
 * The sketch of finite numbers in any order.
 *
 * @param binsMax is for tests, which cannot afford to fill 2,048 bins; sketches to be merged must agree in it
 * @throws RangeError when a value is not finite
 */
export function sketchOf(values: Iterable<number>, binsMax = SKETCH_BINS_MAX): Sketch {
  const found: number[] = [];
  for (const value of values) {
    if (!Number.isFinite(value)) throw new RangeError(`value must be finite, not ${value}`);
    found.push(keyOf(value));
  }
  const keys: number[] = [];
  const counts: number[] = [];
  for (const key of Int32Array.from(found).sort()) addBin(keys, counts, key, 1);
  return collapse({ level: 0, keys, counts }, binsMax);
}

/** The sketch of all the values of both. Associative and commutative, with identical results in any order. */
export function mergeSketches(a: Sketch, b: Sketch, binsMax = SKETCH_BINS_MAX): Sketch {
  const level = Math.max(a.level, b.level);
  const left = raise(a, level);
  const right = raise(b, level);
  const keys: number[] = [];
  const counts: number[] = [];
  let i = 0;
  let j = 0;
  while (i < left.keys.length || j < right.keys.length) {
    const leftKey = left.keys[i] ?? Number.POSITIVE_INFINITY;
    const rightKey = right.keys[j] ?? Number.POSITIVE_INFINITY;
    if (leftKey <= rightKey) addBin(keys, counts, leftKey, left.counts[i++] ?? 0);
    else addBin(keys, counts, rightKey, right.counts[j++] ?? 0);
  }
  return collapse({ level, keys, counts }, binsMax);
}

/** How many values a sketch holds. */
export function countOf(sketch: Sketch): number {
  return sketch.counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The nearest-rank quantile: the smallest value x such that at least `ceil(q · n)` of the n values are not above x (the
 * lowest value for q = 0), estimated from the sketch.
 *
 * Within its bin the values are taken to be evenly spread, which is closer than the guarantee in practice. The answer lies
 * within [min, max], is exactly `min` or `max` at the first or last rank, and does not decrease with q.
 *
 * @param q from 0 to 1
 * @param min the exact minimum of the values, kept beside the sketch
 * @param max the exact maximum
 * @throws RangeError when q is out of range or the sketch is empty
 */
export function quantile(sketch: Sketch, q: number, min: number, max: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`q must be from 0 to 1, not ${q}`);
  const count = countOf(sketch);
  if (count === 0) throw new RangeError('an empty sketch has no quantiles');
  const rank = Math.max(1, Math.ceil(q * count));
  if (rank === 1) return min;
  if (rank >= count) return max;
  let below = 0;
  for (let bin = 0; bin < sketch.keys.length; bin += 1) {
    const inBin = sketch.counts[bin] ?? 0;
    if (below + inBin < rank) {
      below += inBin;
      continue;
    }
    const range = rangeOf(sketch.keys[bin] ?? 0, sketch.level);
    const low = Math.max(range.low, min);
    const high = Math.min(range.high, max);
    return Math.min(high, low + (high - low) * ((rank - below - 0.5) / inBin));
  }
  return max;
}

/**
 * The greatest relative error of {@link quantile}: 0.02 at level 0, and at any level the ratio of a bin's edges,
 * 2^(2^level / 36), less one. Above level 0 that holds from 2^-1063 in magnitude on; smaller values are then known to within
 * 2^(level - 1074).
 */
export function relativeErrorMax(sketch: Sketch): number {
  // Subnormals from 2^-1063 are at most 2^-11 apart, relatively, and the answer is rounded to one of them.
  return 2 ** (2 ** sketch.level / BINS_PER_OCTAVE) - 1 + 2 ** -11;
}

/** Whether a key can occur at a level. */
export function isKeyAt(key: number, level: number): boolean {
  return Number.isSafeInteger(key) && Math.abs(key) <= Math.trunc((KEY_END - 1) / 2 ** level);
}

function collapse(sketch: Sketch, binsMax: number): Sketch {
  let collapsed = sketch;
  while (collapsed.keys.length > binsMax) collapsed = raise(collapsed, collapsed.level + 1);
  return collapsed;
}

/** The same values at a level not below their own. */
function raise(sketch: Sketch, level: number): Sketch {
  if (sketch.level === level) return sketch;
  const width = 2 ** (level - sketch.level);
  const keys: number[] = [];
  const counts: number[] = [];
  // Truncation is monotonic, so the keys stay sorted and equal ones are neighbours.
  sketch.keys.forEach((key, bin) =>
    addBin(keys, counts, Math.trunc(key / width) + 0, sketch.counts[bin] ?? 0),
  );
  return { level, keys, counts };
}

/** Appends a bin whose key is not below the last one. */
function addBin(keys: number[], counts: number[], key: number, count: number): void {
  const last = keys.length - 1;
  if (keys[last] === key) counts[last] = (counts[last] ?? 0) + count;
  else {
    keys.push(key);
    counts.push(count);
  }
}
