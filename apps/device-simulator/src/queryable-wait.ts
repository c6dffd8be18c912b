import type { AnalyticsClient } from '@weir/analytics-client';

import { ReplayError } from './replay-error.js';
import type { ReplayGroup } from './replay-group.js';
import { bounds, removeQueryable } from './stored-points.js';
import type { LagProbe, StreamLag } from './stream-lag.js';

export interface QueryableWait {
  client: Pick<AnalyticsClient, 'readings'>;
  lag: LagProbe;
  clock(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  signal: AbortSignal;
  /** Told how many timestamps are not known to be queryable yet. */
  onMissing(count: number): void;
}

/** Without progress for so long a replay gives up. */
export const STALLED_AFTER_MS = 120_000;
const POLL_MS = 500;
/** While the stream says that it is busy, the readings are asked for this seldom. */
const BUSY_POLL_MS = 5000;
/** Everything can be queried, but the stream stays busy with somebody else's readings: no reason to wait any longer. */
export const BUSY_WITH_OTHERS_MS = 10_000;
/** Ages are told at some time of a request. */
const AGE_PRECISION_MS = 500;

/**
 * Waits until every one of the timestamps can be queried and the stream is empty, as far as it can be told.
 *
 * @throws ReplayError naming what is missing when nothing has moved for {@link STALLED_AFTER_MS}.
 */
export async function waitUntilQueryable(
  group: Pick<ReplayGroup, 'device' | 'metric'>,
  timestamps: Iterable<number>,
  wait: QueryableWait,
): Promise<void> {
  const missing = new Set(timestamps);
  const startMs = wait.clock();
  let least = { missing: missing.size, records: Number.POSITIVE_INFINITY };
  let progressMs = startMs;
  let askedMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const lag = await wait.lag();
    const busy = lag !== undefined && lag.records > 0;
    if (!busy || wait.clock() - askedMs >= BUSY_POLL_MS) {
      askedMs = wait.clock();
      await removeQueryable(wait.client, group, missing, wait.signal);
      wait.onMissing(missing.size);
    }
    if (missing.size === 0 && !busy) return;
    const records = lag?.records ?? least.records;
    if (missing.size < least.missing || records < least.records) {
      progressMs = wait.clock();
      least = { missing: missing.size, records: Math.min(records, least.records) };
    }
    const idleMs = wait.clock() - progressMs;
    if (missing.size === 0 && idleMs >= BUSY_WITH_OTHERS_MS) return;
    if (idleMs >= STALLED_AFTER_MS) throw stalled(group, missing, lag);
    await wait.sleep(POLL_MS, wait.signal);
  }
}

/**
 * Waits until everything is processed that was in the stream before, as far as it can be told: until the oldest record in it is
 * younger than the wait. Ends without an error when nothing has moved for `stalledAfterMs`.
 */
export async function waitForEarlierRecords(
  wait: Pick<QueryableWait, 'lag' | 'clock' | 'sleep' | 'signal'>,
  stalledAfterMs: number,
): Promise<void> {
  const startMs = wait.clock();
  let least = Number.POSITIVE_INFINITY;
  let oldestMs = Number.NEGATIVE_INFINITY;
  let progressMs = startMs;
  for (;;) {
    const { records, iteratorAgeMs } = (await wait.lag()) ?? { records: 0, iteratorAgeMs: 0 };
    const arrivedMs = wait.clock() - iteratorAgeMs;
    if (records === 0 || arrivedMs > startMs) return;
    if (records < least || arrivedMs > oldestMs + AGE_PRECISION_MS) progressMs = wait.clock();
    least = Math.min(records, least);
    oldestMs = Math.max(arrivedMs, oldestMs);
    if (wait.clock() - progressMs >= stalledAfterMs) return;
    await wait.sleep(POLL_MS, wait.signal);
  }
}

function stalled(
  group: Pick<ReplayGroup, 'device' | 'metric'>,
  missing: ReadonlySet<number>,
  lag: StreamLag | undefined,
): ReplayError {
  const { earliestMs, latestMs } = bounds(missing);
  const range = `${new Date(earliestMs).toISOString()} to ${new Date(latestMs).toISOString()}`;
  const behind = lag === undefined ? '' : `; the stream is ${lag.records} records behind`;
  return new ReplayError(
    `${missing.size} readings of ${group.device} ${group.metric} (${range}) were accepted but cannot be queried, ` +
      `and nothing has moved for ${STALLED_AFTER_MS / 1000} s${behind}. They may be in quarantine.`,
  );
}
