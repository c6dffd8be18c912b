import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as DuckDb from '@duckdb/node-api';
import { archivedObjects, withoutStrayRecords } from './archive-objects.js';
import { DISTINCT_POINTS_VIEW, POINTS_VIEW, envelopesView } from './archive-views.js';
import type { QueryCommand } from './command-line.js';
import { plainValue, type ResultTable } from './result-table.js';

/** The SQL engine is an optional package, and is not installed here. */
export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError';
}

/**
 * Runs a query over an archive. Nothing is written but temporary files, which are removed again.
 *
 * @throws NoArchiveError where there is nothing to query, EngineMissingError, or the engine's own Error about the SQL
 */
export async function runQuery({
  sql,
  parameters,
  source,
}: Omit<QueryCommand, 'format'>): Promise<ResultTable> {
  const objects = await archivedObjects(source);
  const { DuckDBInstance } = await loadEngine();
  const folder = await mkdtemp(join(tmpdir(), 'weir-query-'));
  const instance = await DuckDBInstance.create(':memory:', { temp_directory: folder });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const paths = await withoutStrayRecords(objects, folder);
    await connection.run(envelopesView(paths));
    await connection.run(POINTS_VIEW);
    await connection.run(DISTINCT_POINTS_VIEW);
    const result = await connection.runAndReadAll(sql, { ...parameters });
    return {
      columns: result.deduplicatedColumnNames(),
      rows: result.getRowsJS().map((row) => row.map(plainValue)),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadEngine(): Promise<typeof DuckDb> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    throw new EngineMissingError(
      'DuckDB (the optional package @duckdb/node-api) is not installed: run npm ci without --omit=optional on a ' +
        'platform that it supports.',
      { cause: error },
    );
  }
}
