import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One statement over the archive, in the dialect of Athena. */
export interface ArchiveStatement {
  /** As the file is called: a view's own name, too. */
  readonly name: string;
  /** What the comment at the head of the file says. */
  readonly description: string;
  readonly sql: string;
}

/** The statements of `archive/`: views, each of which may use the ones before it, and queries to begin with. */
export interface ArchiveSql {
  readonly views: Readonly<Record<ViewName, ArchiveStatement>>;
  readonly queries: readonly ArchiveStatement[];
}

export const viewNames = ['points', 'distinct_points'] as const;
export type ViewName = (typeof viewNames)[number];

const queryNames = ['hourly_averages', 'silent_devices', 'daily_volume'] as const;

/** @throws ArchiveSqlError when a file does not begin with a comment. */
export function readArchiveSql(folder: string): ArchiveSql {
  const statement = (name: string) => parseStatement(name, readFileSync(join(folder, `${name}.sql`), 'utf8'));
  return {
    views: { points: statement('points'), distinct_points: statement('distinct_points') },
    queries: queryNames.map(statement),
  };
}

/** Takes the comment off the head of a statement. @throws ArchiveSqlError when there is none, or nothing after it. */
export function parseStatement(name: string, text: string): ArchiveStatement {
  const [, comment = '', sql = ''] = /^((?:--[^\n]*\n)*)([\s\S]*)$/.exec(text) ?? [];
  const description = comment
    .split('\n')
    .map((line) => line.replace(/^--\s*/, ''))
    .join(' ')
    .trim();
  if (description === '')
    throw new ArchiveSqlError(`${name}.sql must begin with a comment that describes it`);
  if (sql.trim() === '') throw new ArchiveSqlError(`${name}.sql holds no statement`);
  return { name, description, sql: sql.trim() };
}

/** A statement of the archive cannot be deployed. The message names the file. */
export class ArchiveSqlError extends Error {
  readonly code = 'archive_sql_invalid';
  override readonly name = 'ArchiveSqlError';
}
