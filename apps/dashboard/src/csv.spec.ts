import type { StoredReading } from '@weir/analytics-client';

import { readingsCsv, windowsCsv } from './csv.js';
import { makeWindow } from './testing/aggregate-window.js';

describe('CSV', () => {
  it('has every member of a window, in full precision', () => {
    const [header, row, end] = windowsCsv([makeWindow(0, { avg: 0.1 + 0.2 })]).split('\r\n');
    expect(header?.split(',')).toEqual(Object.keys(makeWindow(0)));
    expect(row).toBe(
      '2026-11-01T12:00:00.000Z,2026-11-01T12:01:00.000Z,1,70,70,70,0.30000000000000004,0,70,70,70,70,70,true,1',
    );
    expect(end).toBe('');
  });

  it('has the readings that hold the metric', () => {
    const readings: StoredReading[] = [
      { timestamp: '2026-11-01T12:00:00.000Z', metrics: { a: -1e-7 } },
      { timestamp: '2026-11-01T12:00:01.000Z', metrics: { b: 1 } },
    ];
    expect(readingsCsv('a', readings)).toBe('timestamp,a\r\n2026-11-01T12:00:00.000Z,-1e-7\r\n');
  });
});
