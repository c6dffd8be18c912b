import { packEnvelopes, type PublishEnvelopes } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import { archivedKeys, scanArchive, type ReceiptRange } from './archive-scan.js';
import type { Objects } from './objects.js';
import { OperationError } from './operation-error.js';

export interface ReplayOptions {
  /** What was received when. */
  readonly range: ReceiptRange;
  /** Only readings of these devices; empty: of all. */
  readonly deviceIds: readonly string[];
  /** Readings a second at most. */
  readonly ratePerSecond: number;
  /** Count only. */
  readonly dryRun: boolean;
  /** Go on after this object of the archive. */
  readonly afterKey?: string;
}

export interface ReplayPorts {
  readonly archive: Objects;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Told after every object. */
  readonly onProgress: (progress: ReplayTotals) => void;
  /** When aborted, the replay ends after the object at hand. */
  readonly signal: AbortSignal;
}

/** What was put into the stream so far, or would have been. */
export interface ReplayTotals {
  readonly objects: number;
  readonly objectsInRange: number;
  readonly envelopes: number;
  readonly readings: number;
  /** The last object that was put back whole. */
  readonly lastKey?: string;
}

/** How long Kinesis is tried for one batch. */
const PUBLISH_MS_MAX = 60_000;
/** Few enough that the rate is even, many enough that calls are full. */
const BATCH_READINGS_MAX = 2_000;

/**
 * Puts archived readings into the stream again, in the order of the archive, each under the time and the request in which it
 * was received. As blocks are sets, what is stored already stays as it is; so a replay may be
 * repeated, ended anywhere, and run beside everything else.
 *
 * The trace of an envelope is left out: it has ended long ago.
 *
 * @throws OperationError when Kinesis did not take a batch in time; its message says how to go on
 */
export async function replayArchive(options: ReplayOptions, ports: ReplayPorts): Promise<ReplayTotals> {
  const { range, deviceIds, dryRun, afterKey } = options;
  const { archive, publish, deviceGroups, clock, onProgress, signal } = ports;
  const keys = await archivedKeys(archive, range, afterKey);
  const pace = paceOf(options.ratePerSecond, ports);
  let totals: ReplayTotals = { objects: 0, objectsInRange: keys.length, envelopes: 0, readings: 0 };
  for await (const { key, envelopes } of scanArchive(archive, keys, range)) {
    const chosen = envelopes.flatMap((envelope) => ofDevices(envelope, deviceIds));
    for (const batch of batchesOf(chosen)) {
      if (dryRun) break;
      const records = batch.flatMap(({ readings, receivedAt, requestId }) =>
        packEnvelopes(readings, { receivedAt, requestId }, deviceGroups),
      );
      await pace(readingsIn(batch));
      const { failed } = await publish(records, clock() + PUBLISH_MS_MAX);
      if (failed > 0) throw new OperationError(interrupted(failed, totals.lastKey ?? afterKey));
    }
    totals = {
      ...totals,
      objects: totals.objects + 1,
      envelopes: totals.envelopes + chosen.length,
      readings: totals.readings + readingsIn(chosen),
      lastKey: key,
    };
    onProgress(totals);
    if (signal.aborted) break;
  }
  return totals;
}

/** How an interrupted replay is continued. */
export function continuation(lastKey: string | undefined): string {
  return lastKey === undefined ? 'Begin again' : `Go on with --after ${lastKey}`;
}

function interrupted(failed: number, lastKey: string | undefined): string {
  return `Kinesis did not take ${failed} records in time. ${continuation(lastKey)}.`;
}

/** An envelope with the readings of these devices only; none where it has none of them. */
function ofDevices(envelope: Envelope, deviceIds: readonly string[]): Envelope[] {
  if (deviceIds.length === 0) return [envelope];
  const readings = envelope.readings.filter(({ deviceId }) => deviceIds.includes(deviceId));
  return readings.length === 0 ? [] : [{ ...envelope, readings }];
}

function* batchesOf(envelopes: readonly Envelope[]): Generator<readonly Envelope[]> {
  let batch: Envelope[] = [];
  let readings = 0;
  for (const envelope of envelopes) {
    if (batch.length > 0 && readings + envelope.readings.length > BATCH_READINGS_MAX) {
      yield batch;
      batch = [];
      readings = 0;
    }
    batch.push(envelope);
    readings += envelope.readings.length;
  }
  if (batch.length > 0) yield batch;
}

function readingsIn(envelopes: readonly Envelope[]): number {
  return envelopes.reduce((sum, { readings }) => sum + readings.length, 0);
}

/** Waits before so many readings until they are due: the time at which all readings before them are, at the rate. */
function paceOf(ratePerSecond: number, { clock, sleep }: Pick<ReplayPorts, 'clock' | 'sleep'>) {
  let dueMs = clock();
  return async (readings: number): Promise<void> => {
    const waitMs = dueMs - clock();
    if (waitMs > 0) await sleep(waitMs);
    dueMs = Math.max(dueMs, clock()) + (readings * 1_000) / ratePerSecond;
  };
}
