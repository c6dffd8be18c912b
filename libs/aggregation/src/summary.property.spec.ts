import fc from 'fast-check';
import { mergeSummaries, statisticsOf, summarise, type Summary } from './summary.js';
import { timed, valueList } from './testing/arbitraries.js';
import { exactMean, exactQuantile, exactSampleDeviation, exactSum } from './testing/exact.js';

const MAX = Number.MAX_VALUE;
/** What rounding to the grid of subnormals may cost over a few operations. */
const GRAIN = 8 * Number.MIN_VALUE;

const saturate = (value: number): number => Math.min(MAX, Math.max(-MAX, value));
const peakOf = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** `actual` and `exact` differ by at most `relative · exact` plus `absolute`, compared without overflow. */
function expectClose(actual: number, exact: number, relative: number, absolute: number): void {
  expect(Number.isFinite(actual)).toBe(true);
  const error = Math.abs(actual / 2 - saturate(exact) / 2);
  const allowed = (relative * Math.abs(saturate(exact)) + absolute + GRAIN) / 2;
  if (!(error <= allowed))
    throw new Error(`${actual} is not ${exact}: off by ${2 * error}, allowed ${2 * allowed}`);
}

/** Cuts a list into consecutive parts, none of them empty. */
const partitioned = fc
  .tuple(valueList, fc.array(fc.nat({ max: 80 }), { maxLength: 6 }))
  .map(([values, cuts]) => {
    const bounds = [...new Set([0, ...cuts.filter((cut) => cut < values.length), values.length])].sort(
      (a, b) => a - b,
    );
    const series = timed(values);
    const parts = bounds.slice(1).map((end, index) => series.slice(bounds[index], end));
    return { values, parts };
  });

function fold(parts: readonly Summary[]): Summary {
  return parts.reduce((earlier, later) => mergeSummaries(earlier, later));
}

describe('a summary of values', () => {
  it('has the exact count, extremes and ends, and a sum and average right to the last digits', () => {
    fc.assert(
      fc.property(valueList, (values) => {
        const statistics = statisticsOf(summarise(timed(values)));
        expect(statistics.count).toBe(values.length);
        expect(statistics.min).toBe(Math.min(...values) + 0);
        expect(statistics.max).toBe(Math.max(...values) + 0);
        expect(statistics.first).toBe(Number(values[0]) + 0);
        expect(statistics.last).toBe(Number(values.at(-1)) + 0);
        const doubledPrecision = 2 ** -96 * peakOf(values);
        const safe = peakOf(values) <= MAX / 2 / values.length;
        // Where the sum could overflow it is the mean times the count, so it inherits the rounding of the mean.
        expectClose(
          statistics.sum,
          exactSum(values),
          2 ** -51,
          safe ? doubledPrecision : doubledPrecision * 80,
        );
        expectClose(statistics.avg, exactMean(values), 2 ** -51, doubledPrecision);
        expect(statistics.avg >= statistics.min && statistics.avg <= statistics.max).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has the standard deviation of exact arithmetic', () => {
    fc.assert(
      fc.property(valueList, (values) => {
        expectClose(statisticsOf(summarise(timed(values))).stddev, exactSampleDeviation(values), 1e-13, 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has quantiles within 2 % of the nearest-rank ones', () => {
    fc.assert(
      fc.property(valueList, (values) => {
        const { p50, p95, p99 } = statisticsOf(summarise(timed(values)));
        const exact = [0.5, 0.95, 0.99].map((q) => exactQuantile(values, q));
        [p50, p95, p99].forEach((answer, at) => {
          const wanted = exact[at] ?? Number.NaN;
          expect(Math.abs(answer - wanted) <= 0.02 * Math.abs(wanted)).toBe(true);
        });
      }),
    );
  });
});

describe('merged summaries', () => {
  it('equal the summary of all the values, but for rounding', () => {
    fc.assert(
      fc.property(partitioned, ({ values, parts }) => {
        const merged = fold(parts.map(summarise));
        const whole = summarise(timed(values));
        const { sum, mean, deviation, ...exact } = merged;
        expect({ ...whole, ...exact }).toEqual(whole);
        const peak = peakOf(values);
        expectClose(mean, whole.mean, 1e-14, peak * 1e-15);
        // Adding the error up value by value would overflow for the greatest ones.
        const slack = Math.min(MAX, peak * 1e-15 * values.length);
        expectClose(sum, whole.sum, 1e-14, slack);
        expectClose(deviation, whole.deviation, 1e-13, peak * 4e-15);
        const { avg, ...statistics } = statisticsOf(merged);
        expect(Object.values(statistics).every(Number.isFinite)).toBe(true);
        expect(avg >= merged.min && avg <= merged.max).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are the same to the last bit in either order', () => {
    fc.assert(
      fc.property(valueList, valueList, fc.nat({ max: 90_000 }), (a, b, laterByMs) => {
        const [one, other] = [summarise(timed(a)), summarise(timed(b, laterByMs))];
        expect(mergeSummaries(one, other)).toEqual(mergeSummaries(other, one));
      }),
    );
  });

  it('of equal values still have exactly no deviation', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
        (value, sizes) => {
          const { avg, stddev } = statisticsOf(
            fold(sizes.map((n) => summarise(timed(Array<number>(n).fill(value))))),
          );
          expect([avg, stddev]).toEqual([value + 0, 0]);
        },
      ),
    );
  });
});
