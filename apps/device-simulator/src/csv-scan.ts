import { readCsv } from './csv-readings.js';
import type { CsvColumns } from './csv-readings.js';
import { ReplayError } from './replay-error.js';

/** What a first pass over a file finds. */
export interface CsvScan {
  /** Rows that can be sent. */
  readable: number;
  /** Rows that cannot. */
  unreadable: number;
  /** `file:line: reason` of the first few unreadable rows. */
  examples: string[];
  /** The distinct timestamps of the readable rows, in epoch milliseconds. */
  timestamps: Set<number>;
  /** The earliest and the latest of them. */
  firstMs: number;
  lastMs: number;
}

const EXAMPLES_MAX = 5;

/**
 * Reads a whole file once, keeping only its timestamps.
 *
 * @throws ReplayError when the file cannot be read or has no readable row.
 */
export async function scanCsv(file: string, columns: CsvColumns): Promise<CsvScan> {
  const scan: CsvScan = {
    readable: 0,
    unreadable: 0,
    examples: [],
    timestamps: new Set(),
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
  };
  for await (const row of readCsv(file, columns)) {
    if (row.problem !== undefined) {
      scan.unreadable += 1;
      if (scan.examples.length < EXAMPLES_MAX) scan.examples.push(`${file}:${row.line}: ${row.problem}`);
      continue;
    }
    scan.readable += 1;
    scan.timestamps.add(row.timestampMs);
    scan.firstMs = Math.min(scan.firstMs, row.timestampMs);
    scan.lastMs = Math.max(scan.lastMs, row.timestampMs);
  }
  if (scan.readable === 0) {
    const first = scan.examples[0];
    throw new ReplayError(
      first === undefined ? `${file} has no data rows` : `${file} has no readable row: ${first}`,
    );
  }
  return scan;
}
