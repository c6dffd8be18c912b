import {
  firstOccurrences,
  identityOf,
  latestOf,
  outranks,
  pointsOf,
  type OraclePoint,
} from './point-oracle.js';
import {
  BLOCK_MS,
  DAY_MS,
  HOUR_MS,
  RANGED_MAX,
  RANGED_METRIC,
  REGISTERED_DEVICE,
  type Era,
} from './workload.js';

const BLOCK_TTL_MS = 30 * DAY_MS;
const HOUR_TTL_MS = 396 * DAY_MS;

/** What must have become of everything that was put. */
export interface Expectation {
  /** The distinct points that are stored, or were before their block expired, by identity. */
  readonly points: ReadonlyMap<string, OraclePoint>;
  /** What must be in quarantine, a line for each point and poison record; see {@link quarantineLine}. */
  readonly quarantined: ReadonlySet<string>;
  /** Windows of blocks that have expired: `"<deviceId> <startMs>"`. */
  readonly expiredBlocks: ReadonlySet<string>;
  /** Windows of hours that have expired, in the same form. */
  readonly expiredHours: ReadonlySet<string>;
}

/**
 * Works out what must become of records from the design alone, without any of the code that it is held against.
 *
 * In a pause, all blocks of a device but its newest are sealed, and so are folded all hours before the newest block's; they
 * expire if the pause is long enough. A reading for what has expired is refused, for it would put a part in place of the whole.
 */
export function expectationOf(eras: readonly Era[]): Expectation {
  const points = new Map<string, OraclePoint>();
  const quarantined = new Set<string>();
  const expiredBlocks = new Set<string>();
  const expiredHours = new Set<string>();
  for (const { pauseMs, records } of eras) {
    for (const { deviceId, timestampMs } of points.values()) {
      const newestMs = newestBlockMs(points.values(), deviceId);
      const block = startOf(timestampMs, BLOCK_MS);
      const hour = startOf(timestampMs, HOUR_MS);
      if (pauseMs > BLOCK_TTL_MS && block < newestMs) expiredBlocks.add(`${deviceId} ${block}`);
      if (pauseMs > HOUR_TTL_MS && hour + HOUR_MS <= newestMs) expiredHours.add(`${deviceId} ${hour}`);
    }
    for (const { requestId, envelope } of records) {
      if (!envelope) quarantined.add(`${requestId} undecodable`);
      const sent = envelope ? pointsOf(envelope) : [];
      for (const point of sent) if (!isInRange(point)) quarantined.add(quarantineLine(requestId, point));
      for (const point of firstOccurrences(sent.filter(isInRange))) {
        const { deviceId, timestampMs } = point;
        const refused =
          hasExpired({ expiredBlocks }, deviceId, timestampMs) ||
          isGone({ expiredHours }, deviceId, timestampMs);
        const rival = points.get(identityOf(point));
        if (refused) quarantined.add(quarantineLine(requestId, point));
        else if (!rival || outranks(point, rival)) points.set(identityOf(point), point);
      }
    }
  }
  return { points, quarantined, expiredBlocks, expiredHours };
}

/** Names a quarantined point by what was sent. */
export function quarantineLine(
  requestId: string,
  { deviceId, timestampMs, metric, value, revision }: Omit<OraclePoint, 'receivedAtMs'>,
): string {
  return `${requestId} ${deviceId} ${timestampMs} ${metric} ${value} ${revision}`;
}

/** Whether the block of an instant has expired. */
export function hasExpired(
  { expiredBlocks }: Pick<Expectation, 'expiredBlocks'>,
  deviceId: string,
  timeMs: number,
): boolean {
  return expiredBlocks.has(`${deviceId} ${startOf(timeMs, BLOCK_MS)}`);
}

/** Whether what is finer than an hour has expired there. */
export function isGone(
  { expiredHours }: Pick<Expectation, 'expiredHours'>,
  deviceId: string,
  timeMs: number,
): boolean {
  return expiredHours.has(`${deviceId} ${startOf(timeMs, HOUR_MS)}`);
}

/** Slot start of the newest block of a device that has any. */
export function newestBlockMs(points: Iterable<OraclePoint>, deviceId: string): number {
  return startOf(latestOf(points, deviceId), BLOCK_MS);
}

function isInRange({ deviceId, metric, value }: OraclePoint): boolean {
  return deviceId !== REGISTERED_DEVICE || metric !== RANGED_METRIC || value <= RANGED_MAX;
}

function startOf(timeMs: number, lengthMs: number): number {
  return timeMs - (timeMs % lengthMs);
}
