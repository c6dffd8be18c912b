import type { EnvelopeReading } from '@weir/telemetry-schema';

export const MINUTE_MS = 60_000;
/** The first slot of an hour, in the middle of a day and a month. */
export const NOON_MS = Date.UTC(2026, 4, 14, 12);

export function makeReading(overrides: Partial<EnvelopeReading> = {}): EnvelopeReading {
  return { deviceId: 'pump-1', timestamp: NOON_MS, metrics: { flow: 1 }, ...overrides };
}
