import type { Block } from '@weir/aggregation';
import { BLOCK_TTL_MS_DEFAULT, blockKeyOf, type Repositories, type WorkContext } from '@weir/dynamo-repo';
import type { Envelope } from '@weir/telemetry-schema';
import { accountPoints, emptyAccount, type Account, type Fate, type MissingPoint } from './account-points.js';
import { archivedKeys, scanArchive, type ReceiptRange } from './archive-scan.js';
import type { Objects } from './objects.js';
import { QuarantinedPoints } from './quarantined-points.js';
import { dayOf, hourOf } from './slot-truth.js';

export interface LedgerOptions {
  /** When what is accounted for was received. */
  readonly range: ReceiptRange;
  /** What was received later than this long ago is left out: it may be on its way to archive or store. */
  readonly lagMs: number;
}

export interface LedgerPorts {
  readonly archive: Objects;
  readonly quarantine: Objects;
  readonly repositories: Repositories;
  readonly blockMs: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly newWork: () => WorkContext;
  /** Told after every object of the archive and after every device. */
  readonly onProgress: (message: string) => void;
}

export interface LedgerReport {
  /** What was received in it was accounted for. */
  readonly range: ReceiptRange;
  readonly archivedObjects: number;
  readonly devices: number;
  /** All points that were acknowledged: the sum of the account. */
  readonly accepted: number;
  readonly account: Account;
  /** The first of those that are missing. */
  readonly missing: readonly MissingPoint[];
}

/** A record at work is done a moment later, so a point is missing only if it stays so. */
const LOOKS = 3;
const LOOK_PAUSE_MS = 1_000;
const MISSING_SHOWN_MAX = 100;
const BLOCKS_AT_ONCE = 100;

/**
 * Says of every point that was acknowledged in a range what became of it, from the archive, the store and the quarantine
 * themselves. Counters cannot: what is delivered at least once is counted at least once.
 */
export async function conserve(
  { range: given, lagMs }: LedgerOptions,
  ports: LedgerPorts,
): Promise<LedgerReport> {
  const range = { fromMs: given.fromMs, toMs: Math.min(given.toMs, ports.clock() - lagMs) };
  const keys = await archivedKeys(ports.archive, range);
  const devices = new Map<string, Envelope[]>();
  let scanned = 0;
  for await (const { envelopes } of scanArchive(ports.archive, keys, range)) {
    for (const envelope of envelopes) addByDevice(devices, envelope);
    scanned += 1;
    ports.onProgress(`${scanned} of ${keys.length} archived objects`);
  }
  const quarantined = await QuarantinedPoints.read(ports.quarantine, range);
  const account = emptyAccount();
  const missing: MissingPoint[] = [];
  let done = 0;
  for (const [deviceId, envelopes] of devices) {
    const found = await accountDevice(deviceId, envelopes, range, quarantined, ports);
    for (const fate of Object.keys(account) as Fate[]) account[fate] += found.account[fate];
    missing.push(...found.missing.slice(0, MISSING_SHOWN_MAX - missing.length));
    done += 1;
    ports.onProgress(`${done} of ${devices.size} devices`);
  }
  const accepted = Object.values(account).reduce((sum, count) => sum + count, 0);
  return { range, archivedObjects: keys.length, devices: devices.size, accepted, account, missing };
}

function addByDevice(devices: Map<string, Envelope[]>, envelope: Envelope): void {
  for (const [deviceId, readings] of Map.groupBy(envelope.readings, (reading) => reading.deviceId)) {
    const parts = devices.get(deviceId) ?? [];
    devices.set(deviceId, parts);
    const { version, receivedAt, requestId } = envelope;
    parts.push({ version, receivedAt, requestId, readings });
  }
}

/** Looks again where something is missing: it may have been stored, quarantined or redriven between two reads. */
async function accountDevice(
  deviceId: string,
  envelopes: readonly Envelope[],
  range: ReceiptRange,
  atFirst: QuarantinedPoints,
  ports: LedgerPorts,
): Promise<ReturnType<typeof accountPoints>> {
  let quarantined = atFirst;
  for (let looks = 1; ; looks += 1) {
    const entries = await ports.repositories.devices.entries(deviceId, ports.newWork());
    const blockAt = await readBlocks(deviceId, envelopes, ports);
    const found = accountPoints(envelopes, {
      deviceId,
      entries,
      blockAt,
      isQuarantined: (point) => quarantined.has(point),
      isGivenUp: (envelope) => quarantined.hasRecord(envelope, deviceId),
    });
    if (found.missing.length === 0 || looks === LOOKS) return found;
    await ports.sleep(LOOK_PAUSE_MS);
    quarantined = await QuarantinedPoints.read(ports.quarantine, range);
  }
}

/** Reads all blocks that readings lie in, and, where one is not there and old enough, whether the rollups have it. */
async function readBlocks(
  deviceId: string,
  envelopes: readonly Envelope[],
  { repositories, blockMs, clock, newWork }: LedgerPorts,
): Promise<(timestampMs: number) => Block | 'expired' | undefined> {
  const startOf = (timestampMs: number): number => Math.floor(timestampMs / blockMs) * blockMs;
  const starts = new Set(
    envelopes.flatMap(({ readings }) => readings.map(({ timestamp }) => startOf(timestamp))),
  );
  const keys = [...starts].map((slotStartMs) => ({ deviceId, slotStartMs }));
  const blocks = new Map<number, Block | 'expired'>();
  for (let next = 0; next < keys.length; next += BLOCKS_AT_ONCE) {
    const part = keys.slice(next, next + BLOCKS_AT_ONCE);
    // A block that cannot be decoded holds nothing that could be accounted for; `verify` names it.
    const found = await repositories.blocks.getMany(part, newWork(), () => undefined);
    for (const key of part) {
      const stored = found.get(blockKeyOf(key));
      if (stored !== undefined) blocks.set(key.slotStartMs, stored.block);
      else if (await hasExpired(key.slotStartMs)) blocks.set(key.slotStartMs, 'expired');
    }
  }
  return (timestampMs) => blocks.get(startOf(timestampMs));

  async function hasExpired(startMs: number): Promise<boolean> {
    if (startMs + blockMs + BLOCK_TTL_MS_DEFAULT > clock()) return false;
    const { rollups } = repositories;
    const hour = await rollups.get(deviceId, 'hour', hourOf(startMs), newWork());
    if (hour !== undefined) return hour.slots.some(({ window }) => window.startMs === startMs);
    const day = await rollups.get(deviceId, 'day', dayOf(startMs), newWork());
    return day?.slots.some(({ window }) => window.startMs === hourOf(startMs)) ?? false;
  }
}
