import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DISTINCT_POINTS_VIEW, POINTS_VIEW } from './archive-views.js';
import { NAMED_QUERIES } from './named-queries.js';

const folder = resolve(__dirname, '../../infra-cdk/archive');

/** The names of the columns that the outermost SELECT of a text yields, in order. */
function columnsOf(sql: string): string[] {
  const text = sql.replaceAll(/--.*$/gm, '').replaceAll('"', '');
  const select = /^SELECT\b([\s\S]*?)^FROM\b/m.exec(text.slice(text.lastIndexOf('\nSELECT') + 1))?.[1] ?? '';
  return select
    .replaceAll(/\([^()]*(\([^()]*\)[^()]*)*\)/g, '')
    .split(',')
    .map(
      (column) =>
        column
          .trim()
          .split(/[\s.]+/)
          .at(-1) ?? '',
    );
}

function athena(name: string): string {
  return readFileSync(join(folder, `${name}.sql`), 'utf8');
}

describe('what is on Athena', () => {
  it('is here under the same names', () => {
    const names = readdirSync(folder).map((file) => file.replace(/\.sql$/, ''));
    expect([...NAMED_QUERIES.map(({ name }) => name), 'points', 'distinct_points'].sort()).toEqual(
      names.sort(),
    );
  });

  it.each(NAMED_QUERIES.map(({ name, sql }) => [name, sql]))('has the same columns: %s', (name, sql) => {
    expect(columnsOf(sql).length).toBeGreaterThan(2);
    expect(columnsOf(sql)).toEqual(columnsOf(`\n${athena(name)}`));
  });

  it.each([
    ['points', POINTS_VIEW, ['line']],
    ['distinct_points', DISTINCT_POINTS_VIEW, []],
  ])('has the same columns, and here also others: %s', (name, sql, also) => {
    const there = columnsOf(`\n${athena(name).replace(/FROM \([\s\S]*$/, 'FROM x')}`);
    expect(there.length).toBeGreaterThan(5);
    expect(columnsOf(sql)).toEqual([...there, ...also]);
  });
});
