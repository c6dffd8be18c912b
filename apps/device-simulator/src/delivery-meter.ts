import type { FetchFunction, IngestClient, IngestStats } from '@weir/ingest-client';

/** Counts what ingest clients deliver and how long requests take, for a line of progress. */
export interface DeliveryMeter {
  /** Requests go through it, so that they are timed. */
  readonly fetch: FetchFunction;
  /** Counts what a client does from now on. */
  watch(client: Pick<IngestClient, 'stats'>): void;
  counts(): DeliveryCounts;
  /** `250 readings/s, 40 in flight, 1000 accepted, 2 rejected, 0 retries, p50 12 ms, p99 80 ms` */
  text(): string;
}

export interface DeliveryCounts extends IngestStats {
  /** Readings without an answer yet. */
  inFlight: number;
  /** Readings that got one. */
  settled: number;
}

/** The latest so many requests are what quantiles are of. */
const DURATIONS_KEPT = 4_096;
/** The rate is that of the last so long. */
const RATE_MS = 10_000;
const NONE: IngestStats = { sent: 0, accepted: 0, rejected: 0, requests: 0, retries: 0 };

/** @param clock now, in epoch milliseconds */
export function createDeliveryMeter(callFetch: FetchFunction, clock: () => number): DeliveryMeter {
  const clients: Pick<IngestClient, 'stats'>[] = [];
  const durations: number[] = [];
  let requests = 0;
  const samples = [{ atMs: clock(), settled: 0 }];

  const counts = (): DeliveryCounts => {
    const sum = { ...NONE };
    for (const { stats } of clients) for (const name of names(sum)) sum[name] += stats[name];
    const settled = sum.accepted + sum.rejected;
    return { ...sum, settled, inFlight: sum.sent - settled };
  };
  const rate = (settled: number): number => {
    const atMs = clock();
    samples.push({ atMs, settled });
    while (samples.length > 2 && (samples[1]?.atMs ?? atMs) <= atMs - RATE_MS) samples.shift();
    const [oldest = { atMs, settled }] = samples;
    return (1_000 * (settled - oldest.settled)) / Math.max(1, atMs - oldest.atMs);
  };
  return {
    fetch: async (url, init) => {
      const beganMs = performance.now();
      const response = await callFetch(url, init);
      durations[requests % DURATIONS_KEPT] = performance.now() - beganMs;
      requests += 1;
      return response;
    },
    watch: (client) => clients.push(client),
    counts,
    text: () => {
      const { settled, inFlight, accepted, rejected, retries } = counts();
      const times =
        requests === 0 ? '' : `, p50 ${quantile(durations, 0.5)} ms, p99 ${quantile(durations, 0.99)} ms`;
      return (
        `${Math.round(rate(settled))} readings/s, ${inFlight} in flight, ${accepted} accepted, ` +
        `${rejected} rejected, ${retries} retries${times}`
      );
    },
  };
}

function names(stats: IngestStats): (keyof IngestStats)[] {
  return Object.keys(stats) as (keyof IngestStats)[];
}

/** The least duration that the given part of them does not exceed. */
function quantile(durations: readonly number[], part: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0);
}
