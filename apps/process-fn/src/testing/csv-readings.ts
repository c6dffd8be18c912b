import { readFileSync } from 'node:fs';
import type { EnvelopeReading } from '@weir/telemetry-schema';

/**
 * The readings of a `timestamp,value` file in the order of its rows; timestamps without a zone are UTC.
 *
 * @throws Error naming the file and the row that is not of this form
 */
export function readCsvReadings(file: string, deviceId: string): EnvelopeReading[] {
  const [, ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  return rows.map((row, index) => {
    const [time = '', value = ''] = row.split(',');
    const timestamp = Date.parse(`${time.replace(' ', 'T')}Z`);
    if (Number.isNaN(timestamp) || value === '' || !Number.isFinite(Number(value))) {
      throw new Error(`${file}: row ${index + 2} is not a time and a number: ${row}`);
    }
    return { deviceId, timestamp, metrics: { value: Number(value) } };
  });
}
