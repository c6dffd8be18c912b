import fc from 'fast-check';
import { DECIMAL_PLACES_MAX, fromDecimalColumn, toDecimalColumn } from './decimal-column.js';
import { anyDouble } from './testing/arbitraries.js';

describe('decimal column', () => {
  it('loses nothing, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.array(anyDouble.map((value) => value + 0)), (values) => {
        expect(fromDecimalColumn(toDecimalColumn(values))).toEqual(values);
      }),
    );
  });

  it('finds the fewest decimal places of decimal numbers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DECIMAL_PLACES_MAX }),
        fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1 }),
        (places, multiples) => {
          const values = multiples.map((multiple) => Number(`${multiple}e-${places}`) + 0);
          const column = toDecimalColumn(values);
          expect(column.places).toBeGreaterThanOrEqual(0);
          expect(column.places).toBeLessThanOrEqual(places);
          expect(column.entries.every(Number.isInteger)).toBe(true);
          expect(fromDecimalColumn(column)).toEqual(values);
        },
      ),
    );
  });

  it('stores differences of multiples', () => {
    expect(toDecimalColumn([21.53, 21.57, 21.5])).toEqual({ places: 2, entries: [2153, 4, -7] });
  });

  it.each([[[0.1 + 0.2]], [[1e300]], [[5e-324]], [[2 ** 60]], [[1, 1 / 3]], [[2 ** 49, 0.001]]])(
    'keeps %p as they are',
    (values) => {
      expect(toDecimalColumn(values)).toEqual({ places: -1, entries: values });
    },
  );

  it.each([
    { places: 10, entries: [1] },
    { places: -2, entries: [1] },
    { places: 0.5, entries: [1] },
    { places: 2, entries: [0.5] },
    { places: 2, entries: [2 ** 53] },
    { places: -1, entries: [Number.POSITIVE_INFINITY] },
  ])('refuses %p', (column) => {
    expect(() => fromDecimalColumn(column)).toThrow(RangeError);
  });
});
