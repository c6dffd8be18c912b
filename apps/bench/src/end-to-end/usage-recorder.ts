import { setTimeout as pause } from 'node:timers/promises';
import { readUsage, type ProcessUsage } from './process-usage.js';

/** What the processes of a pipeline used over a run. */
export interface UsageRecord {
  /** At even intervals. */
  readonly samples: readonly (readonly ProcessUsage[])[];
  /** Of the process that records, which sends the load, in seconds. */
  readonly senderCpuSeconds: number;
}

/** Seconds of CPU by what spent them. */
export type CpuByRole = Readonly<Record<string, number>>;

const INTERVAL_MS = 1_000;

/** Records what the processes of a runtime use while `work` goes on. */
export async function recordUsage<Result>(
  infoUrl: string,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly usage: UsageRecord }> {
  const samples: ProcessUsage[][] = [];
  const ended = new AbortController();
  const sampling = (async () => {
    while (!ended.signal.aborted) {
      samples.push(await readUsage(infoUrl));
      await pause(INTERVAL_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  })();
  // Told below; until then a runtime that ends fails the work as well.
  sampling.catch(() => undefined);
  const before = process.cpuUsage();
  try {
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    ended.abort();
    await sampling;
    samples.push(await readUsage(infoUrl));
    return { result, usage: { samples, senderCpuSeconds: (user + system) / 1e6 } };
  } finally {
    ended.abort();
  }
}

/** What each role spent between the first sample and the last one that a process is in. */
export function cpuByRole(samples: UsageRecord['samples']): CpuByRole {
  const before = new Map(samples[0]?.map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  const last = new Map(samples.flat().map((usage) => [usage.pid, usage]));
  const spent: Record<string, number> = {};
  for (const { pid, role, cpuSeconds } of last.values()) {
    spent[role] = (spent[role] ?? 0) + cpuSeconds - (before.get(pid) ?? 0);
  }
  return spent;
}
