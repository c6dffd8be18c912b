import type { DeviceEntry, DeviceRepository, WorkContext } from '@weir/dynamo-repo';

/** What is known of a device's readings: its registry entries, oldest first. */
export interface Registry {
  entries(deviceId: string, work: WorkContext): Promise<readonly DeviceEntry[]>;
}

export interface RegistryCacheOptions {
  readonly devices: Pick<DeviceRepository, 'entries' | 'changedSince'>;
  /** How long an answer is believed. An entry must not take effect sooner than this after it was put. */
  readonly maxAgeMs: number;
  /** How many devices are remembered; the least recently used are dropped. Default 50,000. */
  readonly maxDevices?: number;
  readonly clock: () => number;
}

/** How far the clocks of two functions may be apart, and how long a put may be under way, taken together. */
const CHANGE_SLACK_MS = 10 * 60_000;
/** What is remembered and has not been confirmed for this long is forgotten: changes are known for a day. */
const UNCONFIRMED_MS_MAX = 12 * 60 * 60_000;

/**
 * A registry that remembers its answers, and asks which devices have changed whenever what it remembers has not been confirmed
 * for `maxAgeMs`. So however many devices there are and however often they send, a container reads each once, and then one
 * short list in a while.
 *
 * Staleness is harmless: which entry applies is decided by a reading's own timestamp, and entries take effect no sooner
 * than the cache's age from when they were put, so a remembered answer lacks only entries that do not apply yet.
 */
export function createRegistryCache(options: RegistryCacheOptions): Registry {
  const { devices, maxAgeMs, maxDevices = 50_000, clock } = options;
  const remembered = new Map<string, readonly DeviceEntry[]>();
  /** Nothing that is remembered lacks what was put before. */
  let confirmedAtMs = -Infinity;
  let confirmation: Promise<void> | undefined;
  let confirmations = 0;

  async function confirm(work: WorkContext): Promise<void> {
    const askedAtMs = clock();
    confirmations += 1;
    if (askedAtMs - confirmedAtMs > UNCONFIRMED_MS_MAX) remembered.clear();
    if (remembered.size > 0) {
      const changed = await devices.changedSince(confirmedAtMs - CHANGE_SLACK_MS, work);
      for (const deviceId of changed) remembered.delete(deviceId);
    }
    confirmedAtMs = askedAtMs;
  }

  return {
    async entries(deviceId, work) {
      while (clock() - confirmedAtMs >= maxAgeMs) {
        const begunByAnother = confirmation;
        confirmation ??= confirm(work).finally(() => (confirmation = undefined));
        await confirmation;
        // One's own holds as of this call, however long it took.
        if (begunByAnother === undefined) break;
      }
      const known = remembered.get(deviceId);
      remembered.delete(deviceId);
      if (known) {
        remembered.set(deviceId, known);
        return known;
      }
      const asOf = confirmations;
      const entries = await devices.entries(deviceId, work);
      // Of an answer that was under way during a confirmation, nobody knows whether it is older than what was confirmed.
      if (asOf === confirmations) remembered.set(deviceId, entries);
      for (const leastUsed of remembered.keys()) {
        if (remembered.size <= maxDevices) break;
        remembered.delete(leastUsed);
      }
      return entries;
    },
  };
}
