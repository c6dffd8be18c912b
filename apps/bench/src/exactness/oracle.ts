import type { EnvelopeReading } from '@weir/telemetry-schema';
import { hourOf, type HourCounts } from './design.js';

/** How many distinct readings each device has in each hour. */
export function countReadings(readings: readonly EnvelopeReading[]): HourCounts {
  const counts = new Map<string, number>();
  for (const key of new Set(readings.map(({ deviceId, timestamp }) => `${deviceId} ${timestamp}`))) {
    const [deviceId = '', timestamp] = key.split(' ');
    const hour = hourOf(deviceId, Number(timestamp));
    counts.set(hour, (counts.get(hour) ?? 0) + 1);
  }
  return counts;
}

/** The readings by which the counts differ, too many and too few added up, as a share of all. */
export function countError(counts: HourCounts, expected: HourCounts): number {
  let wrong = 0;
  let all = 0;
  for (const hour of new Set([...counts.keys(), ...expected.keys()])) {
    wrong += Math.abs((counts.get(hour) ?? 0) - (expected.get(hour) ?? 0));
    all += expected.get(hour) ?? 0;
  }
  return wrong / all;
}
