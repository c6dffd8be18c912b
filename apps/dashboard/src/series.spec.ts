import { readingColumns, windowColumns } from './series.js';
import { makeWindow } from './testing/aggregate-window.js';

const noonS = Date.UTC(2026, 10, 1, 12) / 1_000;

describe('windowColumns', () => {
  it('puts every statistic at the middle of its window', () => {
    const columns = windowColumns([makeWindow(0, { min: 60, p99: 71 }), makeWindow(1)]);
    expect(columns.timesS).toEqual([noonS + 30, noonS + 90]);
    expect(columns).toMatchObject({ min: [60, 71], avg: [70, 71], p99: [71, 71], count: [1, 1] });
  });

  it('interrupts the line where windows are missing', () => {
    const [first, second] = [makeWindow(0), makeWindow(5)];
    const columns = windowColumns([first, second]);
    expect(columns.timesS).toEqual([noonS + 30, noonS + 60, noonS + 330]);
    expect(columns.avg).toEqual([70, null, 75]);
    expect(columns.windows).toEqual([first, undefined, second]);
  });

  it('is empty without windows', () => {
    expect(windowColumns([]).timesS).toEqual([]);
  });
});

describe('readingColumns', () => {
  const readings = (...seconds: number[]) =>
    seconds.map((second) => ({
      timestamp: new Date((noonS + second) * 1_000).toISOString(),
      metrics: { temperature: second },
    }));

  it('leaves out readings without the metric', () => {
    const other = { timestamp: '2026-11-01T12:00:01.000Z', metrics: { pressure: 1 } };
    expect(readingColumns('temperature', [...readings(0), other, ...readings(2)]).values).toEqual([0, 2]);
  });

  it('interrupts the line where a device was silent', () => {
    const { timesS, values } = readingColumns('temperature', readings(0, 2, 4, 60, 62));
    expect(values).toEqual([0, 2, 4, null, 60, 62]);
    expect(timesS).toEqual([0, 2, 4, 32, 60, 62].map((second) => noonS + second));
  });

  it('joins two readings, between which no distance is usual', () => {
    expect(readingColumns('temperature', readings(0, 600)).values).toEqual([0, 600]);
  });
});
