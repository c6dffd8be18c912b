import pLimit from 'p-limit';
import { openDeviceWindows, type DeviceEntry, type WindowSource } from '@weir/dynamo-repo';
import { ProblemError, type Principal } from '@weir/telemetry-schema';
import { listAllowedDevices } from './allowed-devices.js';
import type { Schemas } from './contract.js';
import { unitOf } from './device-registry.js';
import { contractWindow, type AggregateAnswer, type AggregateQuery } from './query-aggregates.js';
import { invalidParameters } from './query-parameters.js';
import { DEVICES_AT_ONCE, readWindowPage } from './window-page.js';

const DEVICES_MAX = 1_000;

/**
 * The windows of one metric over all devices that belong to a site now and that the token allows.
 *
 * @throws ProblemError `site_not_found` where there is no such device, `invalid_parameter` where there are more than 1,000
 */
export async function querySiteAggregates(
  siteId: string,
  principal: Principal,
  query: AggregateQuery,
  source: WindowSource,
): Promise<AggregateAnswer<Schemas['SiteAggregatePage']>> {
  const { metric, resolution } = query;
  const deviceIds = await devicesOf(siteId, principal, source);
  const atOnce = pLimit(DEVICES_AT_ONCE);
  const devices = await Promise.all(
    deviceIds.map((deviceId) => atOnce(() => openDeviceWindows({ deviceId, metric, resolution }, source))),
  );
  const { windows, nextMs } = await readWindowPage(devices, query, source.blockMs);
  const unit = commonUnit(
    devices.map(({ entries }) => entries),
    metric,
  );
  return {
    page: {
      siteId,
      devices: deviceIds.length,
      metric,
      unit,
      resolution,
      windows: windows.map(contractWindow),
    },
    nextMs,
  };
}

async function devicesOf(
  siteId: string,
  principal: Principal,
  { repositories, work }: WindowSource,
): Promise<readonly string[]> {
  const deviceIds: string[] = [];
  let after: string | undefined;
  do {
    const page = await listAllowedDevices(
      { principal, siteId, limit: DEVICES_MAX + 1, after },
      repositories,
      work,
    );
    deviceIds.push(...page.items.map(({ deviceId }) => deviceId));
    after = page.nextAfter;
  } while (after !== undefined && deviceIds.length <= DEVICES_MAX);
  if (deviceIds.length === 0) throw new ProblemError('site_not_found');
  if (deviceIds.length > DEVICES_MAX) {
    throw invalidParameters([
      {
        field: 'siteId',
        reason: `is a site of more than ${DEVICES_MAX} devices, which cannot be aggregated at once; ask for its devices`,
      },
    ]);
  }
  return deviceIds;
}

/** The unit on which all devices agree that have one registered. */
function commonUnit(entries: readonly (readonly DeviceEntry[])[], metric: string): string | undefined {
  const units = new Set(entries.map((ofDevice) => unitOf(ofDevice, metric)));
  units.delete(undefined);
  return units.size === 1 ? [...units][0] : undefined;
}
