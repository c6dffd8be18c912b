import { detailFor, isShowable, RANGES, WINDOW_MS } from './resolution.js';

describe('detailFor', () => {
  it.each([
    ['15m', 'raw'],
    ['1h', '1m'],
    ['6h', '1m'],
    ['24h', '10m'],
    ['7d', '1h'],
    ['30d', '1h'],
    ['1y', '1d'],
  ] as const)('shows %s in %s', (range, detail) => {
    expect(detailFor(RANGES[range], true)).toBe(detail);
  });

  it('shows windows where there are no readings', () => {
    expect(detailFor(RANGES['15m'], false)).toBe('1m');
  });

  it.each(Object.entries(RANGES))('chooses for %s what can be shown', (_name, rangeMs) => {
    for (const withRaw of [true, false]) {
      const detail = detailFor(rangeMs, withRaw);
      expect(isShowable(detail, rangeMs)).toBe(true);
      if (detail !== 'raw') expect(rangeMs / WINDOW_MS[detail]).toBeLessThanOrEqual(750);
    }
  });
});

describe('isShowable', () => {
  it('refuses more than a chart can hold', () => {
    expect(isShowable('1m', RANGES['24h'])).toBe(true);
    expect(isShowable('1m', RANGES['7d'])).toBe(false);
    expect(isShowable('raw', RANGES['6h'])).toBe(false);
  });
});
