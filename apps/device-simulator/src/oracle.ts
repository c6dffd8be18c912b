import type { Reading } from '@weir/ingest-client';

/** What the API must answer for one hour of one metric of one device. */
export interface OracleWindow {
  deviceId: string;
  metric: string;
  start: string;
  count: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  last: number;
}

const HOUR_MS = 3_600_000;

/** The hourly aggregates of a device's distinct readings, folded in the order of their timestamps; by metric and time. */
export function oracleWindows(readings: readonly Reading[]): OracleWindow[] {
  const ordered = [...readings].sort((a, b) => timeOf(a) - timeOf(b));
  const windows = new Map<string, OracleWindow>();
  for (const reading of ordered) {
    const start = new Date(Math.floor(timeOf(reading) / HOUR_MS) * HOUR_MS).toISOString();
    for (const [metric, value] of Object.entries(reading.metrics)) {
      const key = `${metric}\n${start}`;
      const known = windows.get(key);
      if (known === undefined) {
        const values = { sum: value, min: value, max: value, first: value, last: value };
        windows.set(key, { deviceId: reading.deviceId, metric, start, count: 1, ...values });
      } else {
        known.count += 1;
        known.sum += value;
        known.min = Math.min(known.min, value);
        known.max = Math.max(known.max, value);
        known.last = value;
      }
    }
  }
  return [...windows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, window]) => window);
}

function timeOf({ timestamp }: Reading): number {
  return typeof timestamp === 'number' ? timestamp : Date.parse(timestamp);
}
