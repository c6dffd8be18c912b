import { readFileSync } from 'node:fs';

export interface CsvData {
  readonly rows: number;
  /** By timestamp in epoch milliseconds; where one repeats, its first row. */
  readonly points: ReadonlyMap<number, number>;
}

/** Reads `timestamp,value` rows; timestamps without zone are UTC. */
export function readCsv(file: string): CsvData {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const points = new Map<number, number>();
  for (const line of lines) {
    const [timestamp = '', value = ''] = line.split(',');
    const timestampMs = Date.parse(`${timestamp.replace(' ', 'T')}Z`);
    if (!points.has(timestampMs)) points.set(timestampMs, Number(value));
  }
  return { rows: lines.length, points };
}
