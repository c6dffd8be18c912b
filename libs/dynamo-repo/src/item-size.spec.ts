import { assertItemFits, itemSizeBytes, readUnitsOf, writeUnitsOf } from './item-size.js';
import { ItemTooLargeError } from './ports.js';

describe('itemSizeBytes', () => {
  it.each([
    ['a text in UTF-8', { ab: 'é' }, 4],
    ['a binary by its bytes', { a: new Uint8Array(10) }, 11],
    ['a boolean', { a: true }, 2],
    ['null', { a: null }, 2],
    ['a number by pairs of digits', { a: 1 }, 3],
    ['a number with many digits', { a: 1_768_478_400 }, 6],
    ['a negative number', { a: -12.5 }, 5],
    ['trailing zeros, which are free', { a: 1_000_000 }, 3],
    ['a list', { a: ['x', 'yz'] }, 9],
    ['a map', { a: { b: 'c' } }, 7],
    ['what is undefined not at all', { a: undefined }, 0],
  ])('counts %s', (_name, item, bytes) => {
    expect(itemSizeBytes(item)).toBe(bytes);
  });
});

describe('units', () => {
  it('of a write are one for each KB begun of the larger of the item before and after', () => {
    expect([0, 1, 1024, 1025, 5000].map((bytes) => writeUnitsOf(bytes))).toEqual([1, 1, 1, 2, 5]);
    expect(writeUnitsOf(10, 3000)).toBe(3);
  });

  it('of a strongly consistent read are one for each 4 KB begun', () => {
    expect([0, 4096, 4097].map(readUnitsOf)).toEqual([1, 1, 2]);
  });
});

describe('assertItemFits', () => {
  it('lets 400 KB pass and not a byte more', () => {
    const key = { pk: 'D#a', sk: 'B#1' };
    const body = 400 * 1024 - itemSizeBytes({ ...key, d: '' });
    expect(() => assertItemFits({ ...key, ...{ d: new Uint8Array(body) } })).not.toThrow();
    expect(() => assertItemFits({ ...key, ...{ d: new Uint8Array(body + 1) } })).toThrow(ItemTooLargeError);
  });
});
