import fc from 'fast-check';
import {
  BLOCK_MINUTES_ALLOWED,
  RESOLUTION_MS,
  isBlockTime,
  monthAt,
  windowAt,
  windowContains,
} from './window.js';

describe('windowAt', () => {
  it.each([
    ['1m', '2026-11-22T12:34:00Z', '2026-11-22T12:35:00Z'],
    ['10m', '2026-11-22T12:30:00Z', '2026-11-22T12:40:00Z'],
    ['1h', '2026-11-22T12:00:00Z', '2026-11-22T13:00:00Z'],
    ['1d', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
  ] as const)('aligns %s windows to the UTC epoch', (resolution, start, end) => {
    const window = windowAt(RESOLUTION_MS[resolution], Date.parse('2026-11-22T12:34:56.789Z'));
    expect(window).toEqual({ startMs: Date.parse(start), endMs: Date.parse(end) });
  });

  it('is half-open: the start belongs to a window, the end to the next', () => {
    const window = windowAt(60_000, 120_000);
    expect(window).toEqual({ startMs: 120_000, endMs: 180_000 });
    expect(windowContains(window, 120_000)).toBe(true);
    expect(windowContains(window, 179_999)).toBe(true);
    expect(windowContains(window, 180_000)).toBe(false);
    expect(windowContains(window, 119_999)).toBe(false);
  });

  it('holds its instant, before the epoch as well', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.integer({ min: -1e15, max: 1e15 }),
        (lengthMs, at) => {
          const window = windowAt(lengthMs, at);
          expect(windowContains(window, at)).toBe(true);
          expect(window.endMs - window.startMs).toBe(lengthMs);
          expect(Math.abs(window.startMs % lengthMs)).toBe(0);
        },
      ),
    );
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a length of %p', (lengthMs) => {
    expect(() => windowAt(lengthMs, 0)).toThrow(RangeError);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])(
    'refuses an instant of %p',
    (timestampMs) => {
      expect(() => windowAt(60_000, timestampMs)).toThrow(/timestampMs/);
    },
  );
});

describe('monthAt', () => {
  it.each([
    ['2024-02-29T23:59:59.999Z', '2024-02-01', '2024-03-01'],
    ['2026-12-31T12:00:00Z', '2026-12-01', '2027-01-01'],
    ['2026-01-01T00:00:00Z', '2026-01-01', '2026-02-01'],
    ['0099-06-15T00:00:00Z', '0099-06-01', '0099-07-01'],
  ])('finds the month of %s', (at, start, end) => {
    expect(monthAt(Date.parse(at))).toEqual({ startMs: Date.parse(start), endMs: Date.parse(end) });
  });

  it('refuses what is not an instant', () => {
    expect(() => monthAt(Number.NaN)).toThrow(/timestampMs/);
  });
});

it('allows block lengths of which whole ones make an hour', () => {
  const divisors = Array.from({ length: 60 }, (_, index) => index + 1).filter(
    (minutes) => 60 % minutes === 0,
  );
  expect(BLOCK_MINUTES_ALLOWED).toEqual(divisors);
});

it('knows the times that a block can hold', () => {
  expect([0, 1, 8.64e15].every(isBlockTime)).toBe(true);
  expect([-1, 0.5, 8.64e15 + 1, Number.NaN, '0', null].some(isBlockTime)).toBe(false);
});
