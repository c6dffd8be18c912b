import type { OutputFormat } from './command-line.js';

/** What JSON can hold. */
export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [name: string]: PlainValue };

export interface ResultTable {
  /** Distinct names. */
  readonly columns: readonly string[];
  /** Each as long as `columns`. */
  readonly rows: readonly (readonly PlainValue[])[];
}

/**
 * A value of the engine as JSON can hold it: times in RFC 3339, whole numbers that a double cannot hold as text, what has no
 * JSON type as text.
 */
export function plainValue(value: unknown): PlainValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainValue(member)]));
  }
  return String(value);
}

/** The text of a result, its last line ended. */
export function formatTable(table: ResultTable, format: OutputFormat): string {
  if (format === 'json') return `${JSON.stringify(objectsOf(table), null, 2)}\n`;
  return format === 'csv' ? csvOf(table) : alignedTable(table);
}

function objectsOf({ columns, rows }: ResultTable): object[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

/** https://www.rfc-editor.org/rfc/rfc4180#section-2 */
function csvOf({ columns, rows }: ResultTable): string {
  const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => row.map(cellText))]
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('');
}

function alignedTable({ columns, rows }: ResultTable): string {
  const cells = [
    columns,
    ...rows.map((row) => row.map((value) => (value === null ? 'NULL' : cellText(value)))),
  ];
  const widths = columns.map((_, index) =>
    cells.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), 0),
  );
  const numeric = columns.map((_, index) => rows.every((row) => typeof row[index] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) =>
        numeric[index] === true ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [header = [], ...body] = cells;
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return [line(header), rule, ...body.map(line), '', count, ''].join('\n');
}

function cellText(value: PlainValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
