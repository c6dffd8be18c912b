import type { DeviceSummary } from '@weir/analytics-client';

export interface SiteGroup {
  /** Undefined for devices without a site. */
  siteId: string | undefined;
  devices: DeviceSummary[];
}

/** Groups devices by site, sites by name and devices without one last; the order within a site is kept. */
export function groupBySite(devices: readonly DeviceSummary[]): SiteGroup[] {
  const groups = new Map<string | undefined, DeviceSummary[]>();
  for (const device of devices) groups.set(device.siteId, [...(groups.get(device.siteId) ?? []), device]);
  return [...groups.entries()]
    .map(([siteId, members]) => ({ siteId, devices: members }))
    .sort((a, b) => {
      if (a.siteId === undefined) return 1;
      if (b.siteId === undefined) return -1;
      return a.siteId < b.siteId ? -1 : 1;
    });
}

export type Freshness = 'live' | 'late' | 'silent' | 'never';

const LIVE_MAX_MS = 2 * 60_000;
const LATE_MAX_MS = 30 * 60_000;

/** How long ago a device measured last: up to two minutes is live, up to half an hour late. */
export function freshnessOf(lastSeenMs: number | undefined, nowMs: number): Freshness {
  if (lastSeenMs === undefined) return 'never';
  const ageMs = nowMs - lastSeenMs;
  if (ageMs <= LIVE_MAX_MS) return 'live';
  return ageMs <= LATE_MAX_MS ? 'late' : 'silent';
}

/** Whether a device id can begin with a text: ids hold letters, digits and `. _ : -`, 128 at most. */
export function canBeginId(text: string): boolean {
  return /^[A-Za-z0-9._:-]{1,128}$/.test(text);
}
