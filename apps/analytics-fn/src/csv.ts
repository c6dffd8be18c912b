import type { Schemas } from './contract.js';

type Cell = string | number | boolean | undefined;

const WINDOW_COLUMNS = [
  'start',
  'end',
  'count',
  'sum',
  'min',
  'max',
  'avg',
  'stddev',
  'first',
  'last',
  'p50',
  'p95',
  'p99',
  'final',
  'version',
] as const satisfies readonly (keyof Schemas['AggregateWindow'])[];

/** One line a window, in the order of the contract. */
export function windowsCsv(windows: readonly Schemas['AggregateWindow'][]): string {
  return csvOf([WINDOW_COLUMNS, ...windows.map((window) => WINDOW_COLUMNS.map((column) => window[column]))]);
}

/** One line a reading, one column for each metric of the page in the order of their names; no value, empty cell. */
export function readingsCsv(items: readonly Schemas['StoredReading'][]): string {
  const metrics = [...new Set(items.flatMap((item) => Object.keys(item.metrics)))].sort();
  const lines = items.map((item) => [
    item.timestamp,
    ...metrics.map((metric) => (Object.hasOwn(item.metrics, metric) ? item.metrics[metric] : undefined)),
  ]);
  return csvOf([['timestamp', ...metrics], ...lines]);
}

/** RFC 4180: lines end in CRLF, the last one too (https://www.rfc-editor.org/rfc/rfc4180#section-2). */
export function csvOf(lines: readonly (readonly Cell[])[]): string {
  return lines.map((cells) => `${cells.map(cellText).join(',')}\r\n`).join('');
}

/**
 * A spreadsheet takes text that begins with one of these as a formula and may run what a device's owner wrote
 * (https://owasp.org/www-community/attacks/CSV_Injection); an apostrophe keeps it text. Numbers are left as they are.
 */
const FORMULA_START = /^[=+\-@\t\r]/;

function cellText(cell: Cell): string {
  if (typeof cell !== 'string') return cell === undefined ? '' : String(cell);
  const safe = FORMULA_START.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
