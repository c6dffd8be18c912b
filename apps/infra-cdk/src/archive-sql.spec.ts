import { parseStatement } from './archive-sql.js';
import { repositoryArchiveSql } from './testing/repository-files.js';

describe('parseStatement', () => {
  it('takes the comment at the head as the description', () => {
    expect(parseStatement('all', '-- Everything,\n-- always.\nSELECT 1\n-- one\n')).toEqual({
      name: 'all',
      description: 'Everything, always.',
      sql: 'SELECT 1\n-- one',
    });
  });

  it.each([
    ['SELECT 1', 'all.sql must begin with a comment'],
    ['--\nSELECT 1', 'all.sql must begin with a comment'],
    ['-- Nothing.\n', 'all.sql holds no statement'],
  ])('refuses %j', (text, message) => {
    expect(() => parseStatement('all', text)).toThrow(message);
  });
});

describe('the statements of the repository', () => {
  const { views, queries } = repositoryArchiveSql();

  it('read nothing but the table, and views that come before them', () => {
    const sources = (sql: string) => {
      const names = [...sql.matchAll(/\bFROM\s+([a-z_]+)/g)].map((match) => match[1]);
      return [...new Set(names)];
    };
    expect(sources(views.points.sql)).toEqual(['envelopes']);
    expect(sources(views.distinct_points.sql)).toEqual(['points']);
    expect(queries.map(({ name, sql }) => [name, sources(sql)])).toEqual([
      ['hourly_averages', ['distinct_points']],
      ['silent_devices', ['points']],
      ['daily_volume', ['points']],
    ]);
  });

  it('have descriptions that a named query may have', () => {
    for (const { description } of queries) expect(description.length).toBeLessThanOrEqual(1_024);
  });
});
