import fc from 'fast-check';

import { parseTimestamp } from './csv-timestamp.js';

describe('parseTimestamp', () => {
  it.each([
    ['2013-12-02 21:15:00', Date.UTC(2013, 11, 2, 21, 15)],
    ['2013-12-02T21:15:00Z', Date.UTC(2013, 11, 2, 21, 15)],
    ['2013-12-02T21:15:00.123456Z', Date.UTC(2013, 11, 2, 21, 15, 0, 123)],
    ['2013-12-02 21:15:00,5', Date.UTC(2013, 11, 2, 21, 15, 0, 500)],
    ['2013-12-02T21:15', Date.UTC(2013, 11, 2, 21, 15)],
    ['2013-12-02', Date.UTC(2013, 11, 2)],
    ['2013-12-02T21:15:00+01:30', Date.UTC(2013, 11, 2, 19, 45)],
    ['2013-12-02 21:15:00 -0500', Date.UTC(2013, 11, 3, 2, 15)],
    ['2013-12-02 21:15:00+02', Date.UTC(2013, 11, 2, 19, 15)],
    [' 2016-02-29 00:00:00 ', Date.UTC(2016, 1, 29)],
    ['1386018900', 1_386_018_900_000],
    ['1386018900.25', 1_386_018_900_250],
    ['1386018900123', 1_386_018_900_123],
  ])('reads %p', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '2013-13-01 00:00:00',
    '2013-02-30 00:00:00',
    '2013-02-28 24:00:00',
    '2013-02-28 10:60:00',
    '12/02/2013 21:15',
    '2013-12-02 21:15:00 CET',
    '2013-12-02T21:15:00+99:00',
    'NaN',
    '1e9',
  ])('refuses %p', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads back every instant that it is given', () => {
    const instants = fc.date({
      min: new Date('2000-01-01'),
      max: new Date('2100-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(parseTimestamp(instant.toISOString())).toBe(instant.getTime());
        expect(parseTimestamp(instant.toISOString().replace('T', ' ').replace('Z', ''))).toBe(
          instant.getTime(),
        );
        expect(parseTimestamp(String(instant.getTime() + 0))).toBe(instant.getTime());
      }),
    );
  });
});
