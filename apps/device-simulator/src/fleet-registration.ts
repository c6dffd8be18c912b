import type { AnalyticsClient } from '@weir/analytics-client';

import { registerAtSite } from './device-registration.js';
import type { FleetDevice } from './fleet-traffic.js';

export interface FleetRegistration {
  client: Pick<AnalyticsClient, 'device' | 'putDevice'>;
  devices: readonly FleetDevice[];
  /** Now, in epoch milliseconds. */
  clock(): number;
  signal: AbortSignal;
}

/** Devices that are registered at the same time. */
const CONCURRENCY = 2;

/**
 * Puts devices on their sites, with model and units where they have no entry yet.
 *
 * @returns how many are there now: all of them unless the signal was aborted.
 * @throws whatever the client rejects with while the signal is not aborted.
 */
export async function registerFleet({ client, devices, clock, signal }: FleetRegistration): Promise<number> {
  const waiting = devices.values();
  let registered = 0;
  const work = async (): Promise<void> => {
    for (const { deviceId, site, model, metrics } of waiting) {
      const otherwise = {
        model,
        metrics: Object.fromEntries(metrics.map(({ name, unit }) => [name, { unit }])),
      };
      await registerAtSite(client, { deviceId, siteId: site, otherwise, nowMs: clock(), signal });
      registered += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return registered;
}
