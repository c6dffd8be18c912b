import { formatRfc3339, parseRfc3339 } from './timestamp.js';

describe('parseRfc3339', () => {
  it.each([
    ['2026-11-01T12:00:00Z', Date.UTC(2026, 10, 1, 12)],
    ['2026-11-01t12:00:00z', Date.UTC(2026, 10, 1, 12)],
    ['2026-11-01 12:00:00Z', Date.UTC(2026, 10, 1, 12)],
    ['2026-11-01T12:00:00.5Z', Date.UTC(2026, 10, 1, 12, 0, 0, 500)],
    ['2026-11-01T12:00:00.1239999Z', Date.UTC(2026, 10, 1, 12, 0, 0, 123)],
    ['2026-11-01T12:00:00+05:30', Date.UTC(2026, 10, 1, 6, 30)],
    ['2026-11-01T12:00:00-01:00', Date.UTC(2026, 10, 1, 13)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('reads %s', (text, expected) => {
    expect(parseRfc3339(text)).toBe(expected);
  });

  it.each([
    '2026-11-01T12:00:00',
    '2026-11-01',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-00T00:00:00Z',
    '2026-11-01T24:00:00Z',
    '2026-11-01T23:59:60Z',
    '2026-11-01T12:00:00+24:00',
    '2026-11-01T12:00:00.Z',
    'yesterday',
    '',
  ])('does not read %j', (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });

  it('reads what formatRfc3339 writes', () => {
    for (const timestampMs of [0, 946684800000, 1793534460123, 253402300799999]) {
      expect(parseRfc3339(formatRfc3339(timestampMs))).toBe(timestampMs);
    }
  });
});
