import { RESOLUTION_MS } from '@weir/aggregation';
import type { RepairableRepositories, WorkContext } from '@weir/dynamo-repo';
import type { PublishEnvelopes } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import { archivedKeys, scanArchive } from './archive-scan.js';
import { ArchivedReadings, receiptRangeOf, type MeasuringRange } from './archived-readings.js';
import { compareDevice } from './compare-device.js';
import type { Difference } from './difference.js';
import { readSnapshot } from './device-snapshot.js';
import { mendCorrupt, type CorruptMending, type Look } from './mend-corrupt.js';
import { mendDevice, type Mending, type MendReport } from './mend-device.js';
import type { Objects } from './objects.js';

export interface VerifyOptions {
  /** Widened to whole UTC days, so that every level can be compared. */
  readonly range: MeasuringRange;
  /** Empty: every device that the archive or the directory knows. */
  readonly deviceIds: readonly string[];
  /** What was received later than this long ago is not held against the store: it may be on its way to either. */
  readonly lagMs: number;
  readonly repair: boolean;
}

export interface VerifyPorts {
  readonly archive: Objects;
  readonly repositories: RepairableRepositories;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  readonly blockMs: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly newWork: () => WorkContext;
  /** Told after every object of the archive and after every device. */
  readonly onProgress: (message: string) => void;
}

export interface DeviceReport {
  readonly deviceId: string;
  /** Blocks compared, stored or expired. */
  readonly blocks: number;
  /** As first found. */
  readonly differences: readonly Difference[];
  /** With `repair`, where there were differences: what was done, and what is found afterwards. */
  readonly mended?: MendReport & {
    /** Blocks and rollups replaced that could not be decoded, or were ahead of what they were made of. */
    readonly items: number;
  };
  readonly remaining?: readonly Difference[];
}

export interface VerifyReport {
  /** Whole UTC days. */
  readonly range: MeasuringRange;
  /** What was received at it or later was left out of account. Epoch milliseconds. */
  readonly horizonMs: number;
  readonly archivedObjects: number;
  readonly archivedReadings: number;
  readonly devices: readonly DeviceReport[];
  /** Differences that stand at the end. */
  readonly differences: number;
}

/** What a batch at work leaves half done is done a moment later, so a difference counts only if it stays. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 1_000;
const DIRECTORY_PAGE = 200;

/**
 * Recomputes what devices measured in a range from the archive, and compares every block and every rollup with it; with
 * `repair`, mends what can be mended and compares again. Devices are read one after the other, the archive once.
 */
export async function verify(options: VerifyOptions, ports: VerifyPorts): Promise<VerifyReport> {
  const range = wholeDays(options.range);
  const horizonMs = ports.clock() - options.lagMs;
  const archived = new ArchivedReadings(range, new Set(options.deviceIds));
  const received = receiptRangeOf(range, horizonMs);
  const keys = await archivedKeys(ports.archive, received);
  let scanned = 0;
  for await (const object of scanArchive(ports.archive, keys, received)) {
    archived.add(object);
    scanned += 1;
    ports.onProgress(`${scanned} of ${keys.length} archived objects`);
  }
  const devices: DeviceReport[] = [];
  for (const deviceId of await devicesOf(options.deviceIds, archived, ports)) {
    devices.push(await verifyDevice(deviceId, range, archived, horizonMs, options.repair, ports));
    ports.onProgress(`${devices.length} devices`);
  }
  return {
    range,
    horizonMs,
    archivedObjects: keys.length,
    archivedReadings: archived.size(),
    devices,
    differences: devices.reduce((sum, { differences, remaining = differences }) => sum + remaining.length, 0),
  };
}

async function verifyDevice(
  deviceId: string,
  range: MeasuringRange,
  readings: ArchivedReadings,
  horizonMs: number,
  repair: boolean,
  ports: VerifyPorts,
): Promise<DeviceReport> {
  const { repositories, blockMs, newWork } = ports;
  const entries = await repositories.devices.entries(deviceId, newWork());
  const archived = readings.blocksOf(deviceId, entries, blockMs);
  const lookOnce = async (): Promise<Look> => {
    const snapshot = await readSnapshot(deviceId, range, repositories, blockMs, newWork);
    return {
      snapshot,
      comparison: compareDevice(snapshot, archived, range, { blockMs, horizonMs, nowMs: ports.clock() }),
    };
  };
  const look = async (): Promise<Look> => {
    for (let looks = 1; ; looks += 1) {
      const seen = await lookOnce();
      if (seen.comparison.differences.length === 0 || looks === LOOKS) return seen;
      await ports.sleep(LOOK_PAUSE_MS);
    }
  };
  const seen = await look();
  const { differences, slots } = seen.comparison;
  const report = { deviceId, blocks: slots.length, differences };
  if (!repair || differences.length === 0) return report;
  const envelopesOf = (ranges: readonly MeasuringRange[]): Envelope[] =>
    readings.envelopesOf(deviceId, ranges);
  const mending = { ...ports, deviceId, archived, horizonMs, envelopesOf, look: lookOnce };
  const mended = await mend(seen, mending);
  const { differences: remaining } = (await look()).comparison;
  return { ...report, mended, remaining };
}

/** What cannot be decoded first, as nothing can be written into it. */
async function mend(
  seen: Look,
  mending: CorruptMending & Omit<Mending, keyof Look>,
): Promise<MendReport & { readonly items: number }> {
  let items = 0;
  for (const item of seen.snapshot.corrupt) if (await mendCorrupt(item, mending)) items += 1;
  const now = items === 0 ? seen : await mending.look();
  return { items, ...(await mendDevice({ ...mending, ...now })) };
}

async function devicesOf(
  given: readonly string[],
  archived: ArchivedReadings,
  { repositories, newWork }: VerifyPorts,
): Promise<readonly string[]> {
  if (given.length > 0) return [...new Set(given)];
  const ids = new Set(archived.ids());
  let after: string | undefined;
  do {
    const query = { limit: DIRECTORY_PAGE, ...(after === undefined ? {} : { after }) };
    const page = await repositories.devices.list(query, newWork());
    for (const { deviceId } of page.items) ids.add(deviceId);
    after = page.nextAfter;
  } while (after !== undefined);
  return [...ids].sort();
}

function wholeDays({ fromMs, toMs }: MeasuringRange): MeasuringRange {
  const dayMs = RESOLUTION_MS['1d'];
  return { fromMs: Math.floor(fromMs / dayMs) * dayMs, toMs: Math.ceil(toMs / dayMs) * dayMs };
}
