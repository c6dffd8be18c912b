import type { Column } from './archive-columns.js';

/** A view as Athena keeps it in the Glue catalogue. */
export interface PrestoView {
  readonly originalText: string;
  readonly expandedText: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const prestoTypes: Readonly<Record<string, string>> = { string: 'varchar' };

/**
 * The catalogue's form of `CREATE VIEW … AS sql`: the statement, where its names are looked up and the types of its
 * columns, as base64 JSON in a comment. https://trino.io/docs/current/connector/hive.html#hive-views
 */
export function prestoView(sql: string, database: string, columns: readonly Column[]): PrestoView {
  const definition = {
    originalSql: sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ name, type }) => ({ name, type: prestoTypes[type] ?? type })),
  };
  const encoded = Buffer.from(JSON.stringify(definition)).toString('base64');
  return {
    originalText: `/* Presto View: ${encoded} */`,
    expandedText: '/* Presto View */',
    parameters: { presto_view: 'true', comment: 'Presto View' },
  };
}
