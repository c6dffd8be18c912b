import { isBlockTime } from './window.js';
import { mergeSketches, quantile, sketchOf, type Sketch } from './sketch.js';

/** One value of a metric and the instant it was measured at. */
export interface TimedValue {
  readonly timestampMs: number;
  readonly value: number;
}

/**
 * Mergeable statistics of one metric over one window. All numbers are finite.
 *
 * `sum` is the compensated sum of the values. Where the magnitudes could add up to more than a double holds (count times
 * the greatest magnitude above about 9e307), the mean is what is carried instead, and `sum` is mean · count, saturated at
 * ±`Number.MAX_VALUE`; elsewhere the mean is sum / count. `deviation` is the *population* standard deviation: unlike the
 * usual sum of squared differences it cannot overflow. `first` and `last` are the values at the earliest and the latest
 * instant.
 */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly deviation: number;
  readonly first: TimedValue;
  readonly last: TimedValue;
  readonly sketch: Sketch;
}

/**
 * What a query answers about one window. Every number is finite; `sum` and `stddev` saturate at ±`Number.MAX_VALUE`.
 *
 * `avg` lies within [min, max]. `stddev` is the sample standard deviation, 0 for one value. `first` and `last` are values.
 * `p50`, `p95` and `p99` are nearest-rank quantiles within 2 % relative error (see {@link Sketch}).
 */
export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
  readonly stddev: number;
  readonly first: number;
  readonly last: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Values are scaled by this where their sum could overflow. It is a power of two, so that scaling is exact. */
const OVERFLOW_SCALE = 2 ** -64;

/**
 * The summary of values given in timestamp order.
 *
 * The result depends on the values and their order only, to the last bit.
 *
 * @throws RangeError when there is no value, one is not finite, or timestamps decrease or are not whole milliseconds
 */
export function summarise(values: Iterable<TimedValue>): Summary {
  const series: TimedValue[] = [];
  for (const { timestampMs, value } of values) series.push({ timestampMs, value: value + 0 });
  const first = series[0];
  const last = series.at(-1);
  if (!first || !last) throw new RangeError('at least one value is needed');
  let min = first.value;
  let max = first.value;
  let before = first.timestampMs;
  for (const { timestampMs, value } of series) {
    if (!Number.isFinite(value)) throw new RangeError(`value must be finite, not ${value}`);
    if (!isBlockTime(timestampMs) || timestampMs < before) {
      throw new RangeError(`timestampMs ${timestampMs} is not a time, or comes after ${before}`);
    }
    before = timestampMs;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const numbers = series.map(({ value }) => value);
  const count = numbers.length;
  const safe = isSumSafe(count, min, max);
  const scaled = compensatedSum(numbers, safe ? 1 : OVERFLOW_SCALE);
  const mean = clamp(safe ? scaled / count : scaled / count / OVERFLOW_SCALE, min, max);
  const sum = safe ? scaled : saturate(mean * count);
  const deviation = populationDeviation(numbers, min, max, mean);
  return { count, sum, min, max, mean, deviation, first, last, sketch: sketchOf(numbers) };
}

/**
 * The summary of the values of both. Commutative to the last bit; associative but for the rounding of `sum`, `mean` and
 * `deviation`, so fold in time order from the left where bytes must be reproducible.
 *
 * Deviations combine as in Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
 * variances" (1979), with the square root taken of every term: sd² = (nA·sdA² + nB·sdB²)/n + (mB - mA)²·nA·nB/n².
 * Between two values of the same instant (of two devices, say), `first` and `last` take the smaller.
 */
export function mergeSummaries(earlier: Summary, later: Summary): Summary {
  const count = earlier.count + later.count;
  const min = Math.min(earlier.min, later.min);
  const max = Math.max(earlier.max, later.max);
  const earlierShare = earlier.count / count;
  const laterShare = later.count / count;
  const { sum, mean } = isSumSafe(count, min, max)
    ? totalsFromSum(earlier.sum + later.sum, count, min, max)
    : totalsFromMean(earlier.mean * earlierShare + later.mean * laterShare, count, min, max);
  const weight = Math.sqrt(earlierShare) * Math.sqrt(laterShare);
  const difference = later.mean - earlier.mean;
  // The product of the roots may be rounded above one half, and opposite extremes then differ by a little too much.
  const between = Number.isFinite(difference)
    ? difference * weight
    : saturate(later.mean * weight - earlier.mean * weight);
  const deviation = saturate(
    magnitude(Math.sqrt(earlierShare) * earlier.deviation, Math.sqrt(laterShare) * later.deviation, between),
  );
  return {
    count,
    sum,
    min,
    max,
    mean,
    deviation,
    first: isBefore(later.first, earlier.first, 1) ? later.first : earlier.first,
    last: isBefore(earlier.last, later.last, -1) ? later.last : earlier.last,
    sketch: mergeSketches(earlier.sketch, later.sketch),
  };
}

/** The statistics of a summary. */
export function statisticsOf(summary: Summary): Statistics {
  const { count, sum, min, max, mean, deviation, first, last, sketch } = summary;
  return {
    count,
    sum,
    min,
    max,
    avg: mean,
    stddev: count === 1 ? 0 : saturate(deviation * Math.sqrt(count / (count - 1))),
    first: first.value,
    last: last.value,
    p50: quantile(sketch, 0.5, min, max),
    p95: quantile(sketch, 0.95, min, max),
    p99: quantile(sketch, 0.99, min, max),
  };
}

/**
 * Whether neither the sum of the values nor that of any part of them can overflow. It depends on what the summary knows
 * exactly, so a summary and any fold that leads to it agree on it.
 */
export function isSumSafe(count: number, min: number, max: number): boolean {
  return Math.max(Math.abs(min), Math.abs(max)) <= Number.MAX_VALUE / 2 / count;
}

/** Sum and mean where {@link isSumSafe}. */
export function totalsFromSum(
  sum: number,
  count: number,
  min: number,
  max: number,
): { sum: number; mean: number } {
  return { sum, mean: clamp(sum / count, min, max) };
}

/** Sum and mean where not {@link isSumSafe}. */
export function totalsFromMean(
  mean: number,
  count: number,
  min: number,
  max: number,
): { sum: number; mean: number } {
  const within = clamp(mean, min, max);
  return { sum: saturate(within * count), mean: within };
}

/** Neumaier's sum (ZAMM 54, 1974): as accurate as if carried out in twice the precision, and rounded once. */
function compensatedSum(values: readonly number[], scale: number): number {
  let sum = 0;
  let lost = 0;
  for (const unscaled of values) {
    const value = unscaled * scale;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Two passes, relative to the greatest distance from the mean, so that no square overflows or vanishes; the second sum
 * takes back what the rounding of the mean added (Chan, Golub and LeVeque 1983, equation 1.7).
 */
function populationDeviation(values: readonly number[], min: number, max: number, mean: number): number {
  // The difference of two doubles may exceed the greatest double, that of their halves cannot.
  const half = max - min > Number.MAX_VALUE ? 0.5 : 1;
  const centre = mean * half;
  const reach = Math.max(max * half - centre, centre - min * half);
  if (reach === 0) return 0;
  let squares = 0;
  let drift = 0;
  for (const value of values) {
    const distance = (value * half - centre) / reach;
    squares += distance * distance;
    drift += distance;
  }
  const count = values.length;
  const variance = Math.max(0, squares - (drift * drift) / count) / count;
  return saturate((reach * Math.sqrt(variance)) / half);
}

/** The Euclidean length, without overflow. `Math.hypot` is not used, as its last digit is up to the engine. */
function magnitude(a: number, b: number, c: number): number {
  const greatest = Math.max(Math.abs(a), Math.abs(b), Math.abs(c));
  if (greatest === 0) return 0;
  const x = a / greatest;
  const y = b / greatest;
  const z = c / greatest;
  return greatest * Math.sqrt(x * x + y * y + z * z);
}

/** Whether `a` comes before `b`; of two at the same instant, whether it is the smaller (sign 1) or the greater (-1). */
function isBefore(a: TimedValue, b: TimedValue, sign: 1 | -1): boolean {
  return a.timestampMs < b.timestampMs || (a.timestampMs === b.timestampMs && (a.value - b.value) * sign < 0);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

function saturate(value: number): number {
  return clamp(value, -Number.MAX_VALUE, Number.MAX_VALUE);
}
