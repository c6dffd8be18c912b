import type { IngestClient, Reading } from '@weir/ingest-client';

import { BOILER_METRICS, signalValue } from './signal.js';

export interface FleetOptions {
  /** How many boilers: `boiler-1` to `boiler-<devices>`. */
  devices: number;
  /** Each boiler measures once in so many milliseconds, at multiples of it. */
  intervalMs: number;
  seed: number;
}

export interface FleetParts {
  client: Pick<IngestClient, 'send'>;
  /** Now, in epoch milliseconds. */
  clock(): number;
  /** Resolves after `durationMs`; rejects when the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

const MINUTE_MS = 60_000;
/** So much past is filled in at the start, and so much is caught up with after an outage. */
export const HISTORY_MS = 2 * 3_600_000;

export function fleetDeviceIds(devices: number): string[] {
  return Array.from({ length: devices }, (_, index) => `boiler-${index + 1}`);
}

/** What every boiler measures at an instant. */
export function readingsAt(timestampMs: number, { devices, seed }: FleetOptions): Reading[] {
  return fleetDeviceIds(devices).map((deviceId) => ({
    deviceId,
    timestamp: timestampMs,
    metrics: Object.fromEntries(
      BOILER_METRICS.map((metric) => [metric.name, signalValue(metric, { seed, deviceId, timestampMs })]),
    ),
  }));
}

/** The minutes of the last two hours, oldest first. */
export function historyTimestamps(nowMs: number): number[] {
  const lastMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const minutes = HISTORY_MS / MINUTE_MS;
  return Array.from({ length: minutes }, (_, index) => lastMs - (minutes - 1 - index) * MINUTE_MS);
}

/**
 * Sends the last two hours by the minute, and then what is measured from now on, until the signal is aborted. While the
 * client makes it wait, measuring goes on in thought: what was missed is sent afterwards, up to two hours of it.
 *
 * @throws whatever the client's `send` rejects with.
 */
export async function runFleet(options: FleetOptions, parts: FleetParts, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<'stopped'>((resolve) => {
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    if (signal.aborted) resolve('stopped');
  });
  const send = async (timestampMs: number): Promise<void> => {
    for (const reading of readingsAt(timestampMs, options)) {
      if (signal.aborted) return;
      await Promise.race([parts.client.send(reading), stopped]);
    }
  };
  const startMs = parts.clock();
  for (const timestampMs of historyTimestamps(startMs)) await send(timestampMs);
  let nextMs = Math.ceil(startMs / options.intervalMs) * options.intervalMs;
  while (!signal.aborted) {
    const nowMs = parts.clock();
    if (nextMs > nowMs) {
      await Promise.race([parts.sleep(nextMs - nowMs, signal).catch(ignoreAbort(signal)), stopped]);
      continue;
    }
    if (nowMs - nextMs > HISTORY_MS) {
      nextMs = Math.ceil((nowMs - HISTORY_MS) / options.intervalMs) * options.intervalMs;
    }
    await send(nextMs);
    nextMs += options.intervalMs;
  }
}

/** A sleep that was ended by the signal is no error: the loop sees the signal itself. */
function ignoreAbort(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}
