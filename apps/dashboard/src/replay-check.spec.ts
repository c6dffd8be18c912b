import { compareWindows } from './replay-check.js';
import { makeWindow } from './testing/aggregate-window.js';

const series = (...windows: ReturnType<typeof makeWindow>[]) => [{ deviceId: 'd', metric: 'm', windows }];

describe('compareWindows', () => {
  it('finds nothing where versions, finality and new windows are all that differs', () => {
    const after = series(makeWindow(0, { version: 9, final: false }), makeWindow(1));
    expect(compareWindows(series(makeWindow(0)), after)).toEqual({ compared: 1, changed: [] });
  });

  it.each(['count', 'sum', 'min', 'max', 'avg', 'stddev', 'first', 'last', 'p50', 'p95', 'p99'] as const)(
    'finds another %s',
    (name) => {
      const after = series(makeWindow(0, { [name]: 1_000 }));
      expect(compareWindows(series(makeWindow(0)), after).changed).toEqual(['d m 2026-11-01T12:00:00.000Z']);
    },
  );

  it('finds a window that is gone', () => {
    expect(compareWindows(series(makeWindow(0), makeWindow(1)), series(makeWindow(1))).changed).toHaveLength(
      1,
    );
  });
});
