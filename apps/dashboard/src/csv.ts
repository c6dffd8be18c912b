import type { AggregateWindow, StoredReading } from '@weir/analytics-client';

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
] as const satisfies readonly (keyof AggregateWindow)[];

/** Windows as CSV with a header, in full precision: https://www.rfc-editor.org/rfc/rfc4180 */
export function windowsCsv(windows: readonly AggregateWindow[]): string {
  return csv([
    WINDOW_COLUMNS,
    ...windows.map((window) => WINDOW_COLUMNS.map((column) => String(window[column]))),
  ]);
}

/** Readings of one metric as CSV with a header; readings without the metric are left out. */
export function readingsCsv(metric: string, readings: readonly StoredReading[]): string {
  const rows = readings.flatMap(({ timestamp, metrics }) => {
    const value = metrics[metric];
    return value === undefined ? [] : [[timestamp, String(value)]];
  });
  return csv([['timestamp', metric], ...rows]);
}

/** Names of metrics and numbers hold neither commas nor quotes, so nothing needs quoting. */
function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}

/** Hands a text to the browser as a file to save. */
export function saveText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
