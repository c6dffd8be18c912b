import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { NAMED_QUERIES, type NamedQuery } from './named-queries.js';
import { UsageError } from './usage-error.js';

export type OutputFormat = 'table' | 'json' | 'csv';

/** What to run, on what, and how to show it. */
export interface QueryCommand {
  readonly sql: string;
  /** Values of the parameters that stand in the SQL as `$name`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The folder of the archive, or that of a local runtime's buckets, in which the archive's bucket is looked for. */
  readonly source: { readonly archive: string } | { readonly buckets: string };
  readonly format: OutputFormat;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const OPTIONS = {
  archive: text,
  csv: flag,
  'data-dir': text,
  json: flag,
  named: text,
  param: { type: 'string', multiple: true },
} as const;

export const USAGE = `Usage: npm run query -- "SELECT …" [options]
       npm run query -- --named NAME --param NAME=VALUE … [options]

Runs SQL (DuckDB) over the archive of a local Weir, whether it runs or not.

Views, as on Athena
  envelopes        one row an envelope as it was archived: version, receivedAt, requestId, trace, readings, arrival_hour
  points           every point as often as it arrived
  distinct_points  device_id, timestamp_ms, metric, value, revision, received_at_ms: each point once, as it counts

Values are as devices sent them, before any conversion by the registry.

Named queries
${NAMED_QUERIES.map(helpOf).join('\n')}

Options
  --json            an array of objects
  --csv             comma-separated values with a header (RFC 4180)
  --data-dir DIR    the data of the local runtime (default .weir)
  --archive DIR     a folder of archived objects instead, such as a copy of the bucket
`;

/**
 * Reads the arguments.
 *
 * @param cwd where relative paths begin
 * @throws UsageError naming the option that is unknown, missing or wrong
 */
export function parseCommandLine(args: readonly string[], cwd: string): QueryCommand {
  const { values, positionals } = parse(args);
  if (values.json === true && values.csv === true)
    throw new UsageError('--json and --csv exclude each other.');
  if (values.archive !== undefined && values['data-dir'] !== undefined) {
    throw new UsageError('--archive and --data-dir exclude each other.');
  }
  const parameters = parseParameters(values.param ?? []);
  return {
    ...queryOf(values.named, positionals, parameters),
    source:
      values.archive === undefined
        ? { buckets: join(resolve(cwd, values['data-dir'] ?? '.weir'), 's3') }
        : { archive: resolve(cwd, values.archive) },
    format: values.json === true ? 'json' : values.csv === true ? 'csv' : 'table',
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function queryOf(
  name: string | undefined,
  positionals: readonly string[],
  parameters: Readonly<Record<string, string>>,
): Pick<QueryCommand, 'sql' | 'parameters'> {
  const [sql, ...more] = positionals;
  if (more.length > 0) throw new UsageError('The SQL must be one argument: put it in quotes.');
  if (name === undefined) {
    if (sql === undefined || sql.trim() === '') throw new UsageError('There is no SQL, nor a --named query.');
    return { sql, parameters };
  }
  if (sql !== undefined) throw new UsageError('--named and SQL exclude each other.');
  const named = NAMED_QUERIES.find((query) => query.name === name);
  if (named === undefined) {
    const names = NAMED_QUERIES.map((query) => query.name).join(', ');
    throw new UsageError(`--named must be one of ${names}, not ${name}.`);
  }
  const missing = named.parameters.find((parameter) => !Object.hasOwn(parameters, parameter));
  if (missing !== undefined) throw new UsageError(`${name} needs --param ${missing}=VALUE.`);
  const unknown = Object.keys(parameters).find((parameter) => !named.parameters.includes(parameter));
  if (unknown !== undefined) throw new UsageError(`${name} has no parameter ${unknown}.`);
  return { sql: named.sql, parameters };
}

function parseParameters(given: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const parameter of given) {
    const match = /^([A-Za-z_]\w*)=(.*)$/s.exec(parameter);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`--param must be NAME=VALUE, not ${parameter}.`);
    }
    if (Object.hasOwn(parameters, name)) throw new UsageError(`--param ${name} is given twice.`);
    parameters[name] = value;
  }
  return parameters;
}

function helpOf({ name, parameters, purpose }: NamedQuery): string {
  const options = parameters.map((parameter) => ` --param ${parameter}=…`).join('');
  return `  ${name}${options}\n                   ${purpose}`;
}
