import { WeirProblemError } from '@weir/analytics-client';
import type { AnalyticsClient, Device, DeviceUpdate } from '@weir/analytics-client';

export interface Registration {
  deviceId: string;
  siteId: string;
  /** What a device that has no entry yet is registered with besides. */
  otherwise?: DeviceUpdate;
  nowMs: number;
  signal: AbortSignal;
}

/** An entry that takes effect this soon is about to hold anyway; the API would refuse to hear of it again. */
const EFFECTIVE_SOON_MS = 7 * 60_000;

/** Puts a device on a site, keeping whatever else its registry entry says. Changes nothing when it is there already. */
export async function registerAtSite(
  client: Pick<AnalyticsClient, 'device' | 'putDevice'>,
  { deviceId, siteId, otherwise = {}, nowMs, signal }: Registration,
): Promise<void> {
  const existing = await entryOf(client, deviceId, signal);
  if (existing?.siteId === siteId) return;
  const kept = existing === undefined ? otherwise : updateOf(existing, nowMs);
  await client.putDevice(deviceId, { ...kept, siteId }, { signal });
}

async function entryOf(
  client: Pick<AnalyticsClient, 'device'>,
  deviceId: string,
  signal: AbortSignal,
): Promise<Device | undefined> {
  try {
    return await client.device(deviceId, { signal });
  } catch (error) {
    if (error instanceof WeirProblemError && error.code === 'device_not_found') return undefined;
    throw error;
  }
}

function updateOf({ deviceId: _, effectiveFrom, ...rest }: Device, nowMs: number): DeviceUpdate {
  return Date.parse(effectiveFrom) > nowMs + EFFECTIVE_SOON_MS ? { ...rest, effectiveFrom } : rest;
}
