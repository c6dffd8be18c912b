import type { MetricProcess } from './signal.js';

/** The devices of one model on one site: `<prefix>1`, `<prefix>2` and so on. */
export interface ProfileGroup {
  site: string;
  model: string;
  prefix: string;
  devices: number;
}

/** How a fleet behaves. Probabilities are those of a reading. Durations are whole milliseconds. */
export interface FleetProfile {
  groups: readonly ProfileGroup[];
  models: Readonly<Record<string, readonly MetricProcess[]>>;
  intervalMs: number;
  /** A reading is measured up to so long before it is due; less than the interval. */
  jitterMs: number;
  /** Clocks of devices are wrong by up to so much, each by its own. */
  skewMs: number;
  /** In a slot of so long a device is offline with this probability; afterwards it sends what it has kept. */
  offline: { probability: number; slotMs: number };
  duplicates: number;
  /** Sent again with another value and revision 1. */
  corrections: number;
  /** Readings that can never be accepted. */
  garbage: number;
}

/** So many devices a fleet has at most. */
export const DEVICES_MAX = 100_000;

/**
 * The fleet with another number of devices, in the same proportions as far as whole devices allow (largest remainders); groups
 * that come to none are left out.
 *
 * @param devices in all, 1 to {@link DEVICES_MAX}
 */
export function withDevices(profile: FleetProfile, devices: number): FleetProfile {
  const before = deviceCount(profile);
  const shares = profile.groups.map((group, place) => {
    const exact = (devices * group.devices) / before;
    return { group, place, whole: Math.floor(exact), rest: exact - Math.floor(exact) };
  });
  const left = devices - shares.reduce((sum, { whole }) => sum + whole, 0);
  const luckiest = [...shares].sort((a, b) => b.rest - a.rest || a.place - b.place).slice(0, left);
  const groups = shares.map((share) => ({
    ...share.group,
    devices: share.whole + (luckiest.includes(share) ? 1 : 0),
  }));
  return { ...profile, groups: groups.filter((group) => group.devices > 0) };
}

/**
 * The fleet measuring at another interval, with jitter and offline slots in proportion.
 *
 * @param intervalMs whole milliseconds, at least 100
 */
export function withInterval(profile: FleetProfile, intervalMs: number): FleetProfile {
  const factor = intervalMs / profile.intervalMs;
  const { probability, slotMs } = profile.offline;
  return {
    ...profile,
    intervalMs,
    jitterMs: Math.floor(profile.jitterMs * factor),
    offline: { probability, slotMs: Math.max(1, Math.round(slotMs * factor)) },
  };
}

/** The fleet under other names: the prefix is put before every device and site. */
export function withPrefix(profile: FleetProfile, prefix: string): FleetProfile {
  const groups = profile.groups.map((group) => ({
    ...group,
    site: `${prefix}${group.site}`,
    prefix: `${prefix}${group.prefix}`,
  }));
  return { ...profile, groups };
}

export function deviceCount({ groups }: FleetProfile): number {
  return groups.reduce((sum, { devices }) => sum + devices, 0);
}
