import { formatTable, plainValue } from './result-table.js';

describe('plainValue', () => {
  it.each([
    [undefined, null],
    [5n, 5],
    [2n ** 60n, '1152921504606846976'],
    [Infinity, 'Infinity'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [
      [1n, { a: 2n }],
      [1, { a: 2 }],
    ],
  ])('makes %p what JSON can hold', (value, plain) => {
    expect(plainValue(value)).toEqual(plain);
  });
});

describe('formatTable', () => {
  const table = {
    columns: ['name', 'n'],
    rows: [
      ['a "b", c', 1.5],
      [null, 22],
    ] as const,
  };

  it('aligns numbers to the right, and counts rows', () => {
    expect(formatTable(table, 'table')).toBe(
      ['name        n', '--------  ---', 'a "b", c  1.5', 'NULL       22', '', '2 rows', ''].join('\n'),
    );
  });

  it('quotes CSV', () => {
    expect(formatTable(table, 'csv')).toBe('name,n\r\n"a ""b"", c",1.5\r\n,22\r\n');
  });

  it('names columns in JSON', () => {
    expect(JSON.parse(formatTable(table, 'json'))).toEqual([
      { name: 'a "b", c', n: 1.5 },
      { name: null, n: 22 },
    ]);
  });
});
