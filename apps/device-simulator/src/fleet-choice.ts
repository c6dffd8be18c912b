import { fileURLToPath } from 'node:url';

import { readProfile } from './profile-file.js';
import { withDevices, withInterval, withPrefix } from './profile.js';
import type { FleetProfile } from './profile.js';

/** The fleet that is in the house; it lies beside the folders of the sources and of the bundle alike. */
export const BUILT_IN_PROFILE = fileURLToPath(new URL('../profiles/works.yaml', import.meta.url));

export interface FleetChoice {
  /** A file; without it the built-in profile. */
  profile: string | undefined;
  /** In place of the profile's own. */
  devices: number | undefined;
  intervalMs: number | undefined;
  /** Put before devices and sites. */
  prefix: string;
}

/** @throws UsageError on a profile that cannot be read or makes no sense. */
export function fleetOf({ profile, devices, intervalMs, prefix }: FleetChoice): FleetProfile {
  let fleet = withPrefix(readProfile(profile ?? BUILT_IN_PROFILE), prefix);
  if (devices !== undefined) fleet = withDevices(fleet, devices);
  if (intervalMs !== undefined) fleet = withInterval(fleet, intervalMs);
  return fleet;
}
