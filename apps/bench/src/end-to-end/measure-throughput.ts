import { waitUntilQueryable } from '@weir/local-stack';
import type { Pipeline } from './pipeline.js';
import { countQueryable, loadOf, READINGS_PER_REQUEST, sendLoad } from './steady-load.js';
import { cpuByRole, recordUsage, type CpuByRole, type UsageRecord } from './usage-recorder.js';

/** What a pipeline takes, and what it spends on it. */
export interface Throughput {
  readonly readings: number;
  /** Of these, those that queries count afterwards. */
  readonly queryable: number;
  readonly acceptedPerSecond: number;
  /** Accepted and processed, from the first request to the last batch. */
  readonly processedPerSecond: number;
  /** Seconds of CPU for a million readings. */
  readonly cpuPerMillion: CpuByRole;
  /** Cores that were busy on average, the sender's included. */
  readonly busyCores: number;
}

/** Sends about so many readings as fast as they are taken, and waits until all are processed. */
export async function measureThroughput(
  pipeline: Pipeline,
  readings: number,
): Promise<{ readonly throughput: Throughput; readonly usage: UsageRecord }> {
  const load = loadOf(readings);
  const sent = load.requests * READINGS_PER_REQUEST;
  const { result, usage } = await recordUsage(pipeline.infoUrl, async () => {
    const startMs = performance.now();
    await sendLoad(pipeline, load);
    const acceptedSeconds = (performance.now() - startMs) / 1000;
    await waitUntilQueryable(pipeline.infoUrl);
    return { acceptedSeconds, processedSeconds: (performance.now() - startMs) / 1000 };
  });
  const spent: CpuByRole = { ...cpuByRole(usage.samples), sender: usage.senderCpuSeconds };
  const throughput = {
    readings: sent,
    queryable: await countQueryable(pipeline, load),
    acceptedPerSecond: sent / result.acceptedSeconds,
    processedPerSecond: sent / result.processedSeconds,
    cpuPerMillion: Object.fromEntries(
      Object.entries(spent).map(([role, seconds]) => [role, (seconds * 1e6) / sent]),
    ),
    busyCores: Object.values(spent).reduce((sum, seconds) => sum + seconds, 0) / result.processedSeconds,
  };
  return { throughput, usage };
}
