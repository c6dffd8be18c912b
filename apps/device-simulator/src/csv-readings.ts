import { createReadStream } from 'node:fs';

import { CsvError, parse } from 'csv-parse';

import { parseTimestamp } from './csv-timestamp.js';
import { ReplayError } from './replay-error.js';
import { isSystemError } from './system-error.js';

export interface CsvColumns {
  timestampColumn: string;
  valueColumn: string;
}

/** A data row: what it says, or why it says nothing. `line` counts from 1, the header included. */
export type CsvRow =
  | { line: number; timestampMs: number; value: number; problem?: undefined }
  | { line: number; problem: string };

interface ParsedRecord {
  info: { lines: number };
  record: string[];
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a CSV file (RFC 4180, a header row required, empty lines skipped) as a stream, one row at a time.
 *
 * @throws ReplayError naming file and line when the file cannot be read, has no header or not the columns asked for, or is
 *   no CSV. Rows with an unreadable timestamp or value are rows with a `problem`.
 */
export async function* readCsv(file: string, columns: CsvColumns): AsyncGenerator<CsvRow, void, undefined> {
  const source = createReadStream(file);
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let places: { timestamp: number; value: number } | undefined;
  try {
    for await (const { info, record } of parser as AsyncIterable<ParsedRecord>) {
      if (places === undefined) places = columnPlaces(file, record, columns);
      else yield toRow(record, info.lines, places, columns);
    }
  } catch (error) {
    throw asReplayError(error, file);
  } finally {
    source.destroy();
  }
  if (places === undefined) throw new ReplayError(`${file}:1: there is no header row`);
}

function columnPlaces(
  file: string,
  header: string[],
  columns: CsvColumns,
): { timestamp: number; value: number } {
  const names = header.map((name) => name.trim());
  const placeOf = (column: string): number => {
    const place = names.indexOf(column);
    if (place < 0) {
      throw new ReplayError(`${file}:1: there is no column "${column}"; the header has ${names.join(', ')}`);
    }
    return place;
  };
  return { timestamp: placeOf(columns.timestampColumn), value: placeOf(columns.valueColumn) };
}

function toRow(
  record: string[],
  line: number,
  places: { timestamp: number; value: number },
  columns: CsvColumns,
): CsvRow {
  const timestampText = record[places.timestamp];
  const valueText = record[places.value];
  if (timestampText === undefined)
    return { line, problem: `the column "${columns.timestampColumn}" is missing` };
  if (valueText === undefined) return { line, problem: `the column "${columns.valueColumn}" is missing` };
  const timestampMs = parseTimestamp(timestampText);
  if (timestampMs === undefined) return { line, problem: `"${timestampText}" is no timestamp` };
  const value = DECIMAL.test(valueText.trim()) ? Number(valueText) : Number.NaN;
  if (!Number.isFinite(value)) return { line, problem: `"${valueText}" is no finite number` };
  return { line, timestampMs, value };
}

function asReplayError(error: unknown, file: string): unknown {
  if (error instanceof CsvError) {
    const line = typeof error['lines'] === 'number' ? `:${error['lines']}` : '';
    return new ReplayError(`${file}${line}: ${error.message}`, error);
  }
  if (isSystemError(error)) return new ReplayError(`${file} cannot be read: ${error.message}`, error);
  return error;
}
