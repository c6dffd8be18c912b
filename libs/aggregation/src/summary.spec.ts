import { mergeSummaries, statisticsOf, summarise } from './summary.js';
import { SLOT, timed } from './testing/arbitraries.js';

const summaryOf = (values: readonly number[], startMs?: number) => summarise(timed(values, startMs));
const MAX = Number.MAX_VALUE;

describe('summarise', () => {
  it('knows the textbook example', () => {
    const { p50, p95, p99, ...rest } = statisticsOf(summaryOf([2, 4, 4, 4, 5, 5, 7, 9]));
    expect(rest).toEqual({
      count: 8,
      sum: 40,
      min: 2,
      max: 9,
      avg: 5,
      stddev: Math.sqrt(32 / 7),
      first: 2,
      last: 9,
    });
    expect(Math.abs(p50 - 4)).toBeLessThanOrEqual(0.08);
    expect([p95, p99]).toEqual([9, 9]);
  });

  it('of one value is that value, with no deviation', () => {
    for (const value of [0, -3.5, Number.MIN_VALUE, MAX, -MAX]) {
      expect(statisticsOf(summaryOf([value]))).toEqual({
        count: 1,
        sum: value,
        min: value,
        max: value,
        avg: value,
        stddev: 0,
        first: value,
        last: value,
        p50: value,
        p95: value,
        p99: value,
      });
    }
  });

  it('of equal values has exactly no deviation', () => {
    for (const value of [0.1, 21.53, 1 / 49, 5e-324, -1e308]) {
      const { avg, stddev, p50 } = statisticsOf(summaryOf(Array<number>(49).fill(value)));
      expect({ avg, stddev, p50 }).toEqual({ avg: value, stddev: 0, p50: value });
    }
  });

  it('does not lose small values beside great ones that cancel', () => {
    expect(summaryOf([1e16, 1, -1e16]).sum).toBe(1);
    expect(summaryOf(Array<number>(10).fill(0.1)).sum).toBe(1);
  });

  it('sums what fits and saturates what does not', () => {
    expect(statisticsOf(summaryOf([1e308, 1e308, -1e308]))).toMatchObject({ sum: 1e308 });
    expect(statisticsOf(summaryOf([1e308, 1e308]))).toMatchObject({ sum: MAX, avg: 1e308 });
    expect(statisticsOf(summaryOf([-1e308, -1e308]))).toMatchObject({ sum: -MAX, avg: -1e308 });
    expect(statisticsOf(summaryOf([MAX, -MAX]))).toMatchObject({ sum: 0, avg: 0, stddev: MAX });
  });

  it('stores minus zero as zero', () => {
    const summary = summaryOf([-0, -0]);
    expect(summary).toEqual(summaryOf([0, 0]));
  });

  it('refuses nothing, what is not finite, and what is out of order', () => {
    expect(() => summarise([])).toThrow(RangeError);
    expect(() => summaryOf([1, Number.NaN])).toThrow(/value/);
    expect(() =>
      summarise([
        { timestampMs: 2, value: 1 },
        { timestampMs: 1, value: 1 },
      ]),
    ).toThrow(/timestampMs/);
    expect(() => summarise([{ timestampMs: 0.5, value: 1 }])).toThrow(/timestampMs/);
  });
});

describe('mergeSummaries', () => {
  it('adds up', () => {
    const merged = mergeSummaries(summaryOf([2, 4, 4, 4]), summaryOf([5, 5, 7, 9], SLOT.startMs + 60_000));
    expect(statisticsOf(merged)).toMatchObject({
      count: 8,
      sum: 40,
      avg: 5,
      min: 2,
      max: 9,
      first: 2,
      last: 9,
    });
    expect(merged.deviation).toBeCloseTo(2, 14);
  });

  it('finds the first and the last value whatever the order of the arguments', () => {
    const morning = summaryOf([1, 2], 1_000);
    const evening = summaryOf([3, 4], 50_000);
    for (const merged of [mergeSummaries(morning, evening), mergeSummaries(evening, morning)]) {
      expect(merged.first).toEqual({ timestampMs: 1_000, value: 1 });
      expect(merged.last).toEqual({ timestampMs: 51_000, value: 4 });
    }
  });

  it('takes the smaller of two values at the same first or last instant', () => {
    const [a, b] = [summaryOf([7, 2], 1_000), summaryOf([5, 3], 1_000)];
    for (const merged of [mergeSummaries(a, b), mergeSummaries(b, a)]) {
      expect([merged.first.value, merged.last.value]).toEqual([5, 2]);
    }
  });

  it('recovers from a part whose sum is saturated', () => {
    const merged = mergeSummaries(summaryOf([1e308, 1e308, 1e308]), summaryOf([-1e308, -1e308, -1e308]));
    const { sum, avg, stddev } = statisticsOf(merged);
    expect([sum, avg]).toEqual([0, 0]);
    expect(stddev / 1e308).toBeCloseTo(Math.sqrt(6 / 5), 14);
  });

  it('stays finite between the two extremes of a double', () => {
    const [lowest, highest] = [-Number.MAX_VALUE, Number.MAX_VALUE];
    const at = (timestampMs: number, value: number) => summarise([{ timestampMs, value }]);
    const whole = summarise([
      { timestampMs: 0, value: highest },
      { timestampMs: 1, value: lowest },
    ]);
    for (const merged of [
      mergeSummaries(at(0, highest), at(1, lowest)),
      mergeSummaries(at(0, lowest), at(1, highest)),
    ]) {
      expect(merged.deviation).toBe(whole.deviation);
      expect(merged.deviation).toBe(Number.MAX_VALUE);
    }
  });
});
