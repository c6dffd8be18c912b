import type { DeviceEntry, DeviceRepository, WorkContext } from '@weir/dynamo-repo';

/** What is known of a device's readings: its registry entries, oldest first. */
export interface Registry {
  entries(deviceId: string, work: WorkContext): Promise<readonly DeviceEntry[]>;
}

export interface RegistryCacheOptions {
  readonly devices: Pick<DeviceRepository, 'entries'>;
  /** How long an answer is believed. An entry must not take effect sooner than this after it was put. */
  readonly maxAgeMs: number;
  /** How many devices are remembered; the least recently used are dropped. Default 20,000. */
  readonly maxDevices?: number;
  readonly clock: () => number;
}

interface Remembered {
  readonly entries: readonly DeviceEntry[];
  readonly askedAtMs: number;
}

/**
 * A registry that remembers its answers for a bounded time, counted from before the question was asked.
 *
 * Staleness is harmless: which entry applies is decided by a reading's own timestamp, and entries take effect no sooner
 * than the cache's age from when they were put, so a remembered answer lacks only entries that do not apply yet.
 */
export function createRegistryCache(options: RegistryCacheOptions): Registry {
  const { devices, maxAgeMs, maxDevices = 20_000, clock } = options;
  const remembered = new Map<string, Remembered>();
  return {
    async entries(deviceId, work) {
      const askedAtMs = clock();
      const known = remembered.get(deviceId);
      remembered.delete(deviceId);
      if (known && askedAtMs - known.askedAtMs < maxAgeMs) {
        remembered.set(deviceId, known);
        return known.entries;
      }
      const entries = await devices.entries(deviceId, work);
      remembered.set(deviceId, { entries, askedAtMs });
      for (const oldest of remembered.keys()) {
        if (remembered.size <= maxDevices) break;
        remembered.delete(oldest);
      }
      return entries;
    },
  };
}
