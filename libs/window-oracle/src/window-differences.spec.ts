import { windowDifferences, type ActualWindow } from './window-differences.js';
import { expectedWindows } from './expected-windows.js';

const HOUR_MS = 3_600_000;

describe('the oracle', () => {
  const points = new Map([
    [0, 1],
    [1000, 3],
    [2000, 8],
    [HOUR_MS, -2],
  ]);
  const windows = expectedWindows(points, HOUR_MS);

  it('computes windows by hand-checked rules', () => {
    expect(windows).toEqual([
      {
        start: '1970-01-01T00:00:00.000Z',
        count: 3,
        sum: 12,
        min: 1,
        max: 8,
        avg: 4,
        stddev: Math.sqrt(13),
        first: 1,
        last: 8,
        p50: 3,
        p95: 8,
        p99: 8,
      },
      expect.objectContaining({ start: '1970-01-01T01:00:00.000Z', count: 1, stddev: 0, p50: -2 }),
    ]);
  });

  it('finds a window that is off by one reading, by a rounding too many, or missing', () => {
    const actual = windows.map((window) => ({
      ...window,
      end: '',
      final: true,
      version: 1,
    })) as ActualWindow[];
    const changed = (change: Partial<ActualWindow>) =>
      windowDifferences(
        actual.map((window, index) => (index === 0 ? { ...window, ...change } : window)),
        windows,
      );
    expect(changed({})).toEqual([]);
    expect(changed({ count: 4 })).toEqual(['1970-01-01T00:00:00.000Z count: 4 instead of 3']);
    expect(changed({ sum: 12.0000001 })).toHaveLength(1);
    expect(changed({ p50: 3.07 })).toHaveLength(1);
    expect(changed({ p50: 3.05 })).toEqual([]);
    expect(windowDifferences(actual.slice(1), windows)).toEqual([
      '1970-01-01T00:00:00.000Z is missing: count 3 expected',
    ]);
    expect(windowDifferences(actual, windows.slice(1))).toEqual([
      '1970-01-01T00:00:00.000Z is there with count 3, and should not be',
    ]);
    const twice = windowDifferences([...actual, ...actual], windows);
    expect(twice).toContain('1970-01-01T00:00:00.000Z comes after 1970-01-01T01:00:00.000Z');
  });
});
