import type { Reading } from '@weir/ingest-client';
import { expectedWindows } from '@weir/window-oracle';
import type { ExpectedWindow } from '@weir/window-oracle';

/** What the API must answer for one hour of one metric of one device. */
export interface OracleWindow extends ExpectedWindow {
  deviceId: string;
  metric: string;
}

const HOUR_MS = 3_600_000;

/** The hourly aggregates of one device's distinct readings, metric by metric, each in the order of time. */
export function oracleWindows(deviceId: string, readings: Iterable<Reading>): OracleWindow[] {
  const metrics = new Map<string, Map<number, number>>();
  for (const { timestamp, metrics: values } of readings) {
    for (const [metric, value] of Object.entries(values)) {
      let points = metrics.get(metric);
      if (points === undefined) metrics.set(metric, (points = new Map()));
      points.set(typeof timestamp === 'number' ? timestamp : Date.parse(timestamp), value);
    }
  }
  return [...metrics].flatMap(([metric, points]) =>
    expectedWindows(points, HOUR_MS).map((window) => ({ deviceId, metric, ...window })),
  );
}
