import pLimit from 'p-limit';
import type { DirectoryEntry, Repositories, StoredBlock, WorkContext } from '@weir/dynamo-repo';
import { formatRfc3339 } from '@weir/telemetry-schema';
import { listAllowedDevices, type AllowedDevicesQuery } from './allowed-devices.js';
import type { Schemas } from './contract.js';

const DEVICES_AT_ONCE = 8;
/** Beyond every slot that a key can hold. */
const END_OF_TIME_MS = 10 ** 15;

export interface DeviceList {
  readonly page: Schemas['DevicePage'];
  /** The device to go on after; undefined on the last page. */
  readonly nextAfter: string | undefined;
}

/** The devices that the token allows, in order of their ids, each with the newest values of its newest block. */
export async function listDevices(
  query: AllowedDevicesQuery,
  repositories: Repositories,
  work: WorkContext,
): Promise<DeviceList> {
  const { items, nextAfter } = await listAllowedDevices(query, repositories, work);
  const atOnce = pLimit(DEVICES_AT_ONCE);
  const summaries = await Promise.all(
    items.map((line) =>
      atOnce(async () => summaryOf(line, await newestBlock(line.deviceId, repositories, work))),
    ),
  );
  return { page: { items: summaries }, nextAfter };
}

async function newestBlock(
  deviceId: string,
  { blocks }: Repositories,
  work: WorkContext,
): Promise<StoredBlock | undefined> {
  const page = await blocks.range(
    deviceId,
    { fromMs: 0, toMs: END_OF_TIME_MS, order: 'desc', limit: 1 },
    work,
  );
  return page.blocks[0];
}

function summaryOf(line: DirectoryEntry, newest: StoredBlock | undefined): Schemas['DeviceSummary'] {
  const { deviceId, registered, siteId, model, labels, units } = line;
  const readings = newest?.block.readings ?? [];
  const lastSeenMs = readings.at(-1)?.timestampMs;
  return {
    deviceId,
    registered,
    siteId,
    model,
    labels: labels && { ...labels },
    lastSeen: lastSeenMs === undefined ? undefined : formatRfc3339(lastSeenMs),
    latest: latestOf(readings, units),
  };
}

/** A metric may have any name, `__proto__` included, hence no assignment to properties here. */
function latestOf(
  readings: StoredBlock['block']['readings'],
  units: DirectoryEntry['units'] = {},
): Schemas['DeviceSummary']['latest'] {
  const latest = new Map<string, Schemas['LatestValue']>();
  for (const { timestampMs, metrics } of readings) {
    for (const [metric, value] of Object.entries(metrics)) {
      const unit = Object.hasOwn(units, metric) ? units[metric] : undefined;
      latest.set(metric, { value, timestamp: formatRfc3339(timestampMs), unit });
    }
  }
  return Object.fromEntries([...latest].sort(([a], [b]) => (a < b ? -1 : 1)));
}
