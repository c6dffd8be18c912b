import type { EnvelopeReading } from '@weir/telemetry-schema';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** What is measured begins here, in simulated time. */
export const START_MS = Date.UTC(2026, 0, 15);

export interface Fleet {
  readonly devices: number;
  /** Metrics of a reading, at most five. */
  readonly metrics: number;
}

/** `count` readings of each device, by default a minute apart: slowly changing values with two decimals, as sensors have them. */
export function readingsAt(
  { devices, metrics }: Fleet,
  fromMs: number,
  count: number,
  intervalMs = MINUTE_MS,
): EnvelopeReading[] {
  return Array.from({ length: devices * count }, (_, index) => {
    const device = index % devices;
    const timestamp = fromMs + Math.floor(index / devices) * intervalMs + (device % 60) * 1000;
    return { deviceId: `device-${device}`, timestamp, metrics: valuesAt(metrics, device, timestamp) };
  });
}

const METRIC_NAMES = ['temperature', 'pressure', 'flow', 'level', 'humidity'];

function valuesAt(metrics: number, device: number, timestamp: number): Record<string, number> {
  const minute = timestamp / MINUTE_MS;
  return Object.fromEntries(
    METRIC_NAMES.slice(0, metrics).map((name, index) => {
      const wave = Math.sin((minute + 37 * device) / (40 + 13 * index));
      const ripple = Math.sin(minute * (1.7 + index) + device);
      return [name, Math.round(100 * (20 + 30 * index + 5 * wave + ripple / 4)) / 100];
    }),
  );
}
