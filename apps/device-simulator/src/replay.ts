import type { AnalyticsClient } from '@weir/analytics-client';
import type { IngestClient, Reading, Rejection } from '@weir/ingest-client';

import { readCsv } from './csv-readings.js';
import type { CsvColumns } from './csv-readings.js';
import { scanCsv } from './csv-scan.js';
import type { CsvScan } from './csv-scan.js';
import { registerAtSite } from './device-registration.js';
import type { Progress } from './progress.js';
import { BUSY_WITH_OTHERS_MS, waitForEarlierRecords, waitUntilQueryable } from './queryable-wait.js';
import { ReplayError } from './replay-error.js';
import type { ReplayGroup } from './replay-group.js';
import { reportTable, windowEnds } from './report-table.js';
import type { ReplayTotals } from './report-table.js';
import { countPoints, windowsOf } from './stored-points.js';
import type { LagProbe } from './stream-lag.js';

export interface ReplayOptions extends CsvColumns {
  groups: readonly ReplayGroup[];
  /** Readings a second and device; as fast as the API takes them without it. */
  ratePerSecond?: number | undefined;
}

export interface ReplayParts {
  analytics: AnalyticsClient;
  /** Makes a client that keeps the order of its readings. */
  openIngest(onRejected: (reading: Reading, rejection: Rejection) => void): IngestClient;
  lag: LagProbe;
  clock(): number;
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  startProgress(totalReadings: number): Progress;
  /** Takes a group's finished report. */
  writeReport(text: string): void;
  signal: AbortSignal;
}

interface ScannedGroup {
  group: ReplayGroup;
  scan: CsvScan;
}

/** So many devices are replayed at the same time at most. */
const CONCURRENT_DEVICES = 4;
const SHOW_PROGRESS_EVERY_MS = 1000;
const REJECTIONS_SHOWN = 5;
/** How long an interrupted replay may take to hand over what is under way. */
const LAST_WORDS_MS = 1000;

/**
 * Replays files through the API: each in its own order, several files of one device one after another, several devices side
 * by side. Resolves when everything that was accepted can be queried and the reports are written.
 *
 * @throws ReplayError with the one reason why not; WeirProblemError or WeirTransportError when an API refuses or is away for
 *   too long; the signal's reason when it is aborted.
 */
export async function replay(options: ReplayOptions, parts: ReplayParts): Promise<void> {
  const scanned: ScannedGroup[] = [];
  for (const group of options.groups) scanned.push({ group, scan: await scanCsv(group.file, options) });
  const progress = parts.startProgress(scanned.reduce((sum, { scan }) => sum + scan.readable, 0));
  for (const { scan } of scanned) tellUnreadable(scan, progress);
  const finished = new AbortController();
  const shown = showProgress(progress, parts, finished.signal);
  try {
    await waitForEarlierRecords(parts, BUSY_WITH_OTHERS_MS);
    await runChains(byDevice(scanned), parts.signal, (item, signal) =>
      replayGroup(item, options, { ...parts, signal }, progress),
    );
  } finally {
    finished.abort();
    await shown;
    progress.end();
  }
}

function tellUnreadable({ unreadable, examples }: CsvScan, progress: Progress): void {
  if (unreadable === 0) return;
  progress.line(`${unreadable} unreadable rows are not sent:`);
  for (const example of examples) progress.line(`  ${example}`);
  if (unreadable > examples.length) progress.line(`  and ${unreadable - examples.length} more`);
}

async function showProgress(progress: Progress, parts: ReplayParts, finished: AbortSignal): Promise<void> {
  while (!finished.aborted) {
    progress.show(await parts.lag());
    try {
      await parts.sleep(SHOW_PROGRESS_EVERY_MS, finished);
    } catch (error) {
      if (!finished.aborted) throw error;
    }
  }
}

function byDevice(scanned: readonly ScannedGroup[]): ScannedGroup[][] {
  const chains = new Map<string, ScannedGroup[]>();
  for (const item of scanned) chains.set(item.group.device, [...(chains.get(item.group.device) ?? []), item]);
  return [...chains.values()];
}

/** Works through the chains, each in order. The first failure ends all of them and is what is thrown. */
async function runChains<Item>(
  chains: Item[][],
  outerSignal: AbortSignal,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const forward = (): void => controller.abort(outerSignal.reason);
  outerSignal.addEventListener('abort', forward, { once: true });
  if (outerSignal.aborted) forward();
  const waiting = [...chains];
  const worker = async (): Promise<void> => {
    for (let chain = waiting.shift(); chain !== undefined; chain = waiting.shift()) {
      for (const item of chain) {
        signal.throwIfAborted();
        await work(item, signal);
      }
    }
  };
  const workers = Array.from({ length: Math.min(CONCURRENT_DEVICES, chains.length) }, () =>
    worker().catch((error: unknown) => controller.abort(error)),
  );
  await Promise.all(workers);
  outerSignal.removeEventListener('abort', forward);
  signal.throwIfAborted();
}

async function replayGroup(
  { group, scan }: ScannedGroup,
  options: ReplayOptions,
  parts: ReplayParts,
  progress: Progress,
): Promise<void> {
  const { analytics, signal } = parts;
  if (group.site !== undefined) {
    const registration = { deviceId: group.device, siteId: group.site, nowMs: parts.clock(), signal };
    await registerAtSite(analytics, registration);
  }
  const range = { group, firstMs: scan.firstMs, lastMs: scan.lastMs, signal };
  const countBefore = await countPoints(analytics, range);
  const expected = new Set(scan.timestamps);
  const { sent, accepted, rejected } = await sendFile(group, options, parts, progress, expected);
  if (accepted === 0) throw new ReplayError(`None of the ${sent} readings of ${group.file} was accepted`);
  const groupName = `${group.device}/${group.metric}/${group.file}`;
  await waitUntilQueryable(group, expected, {
    ...parts,
    client: analytics,
    onMissing: (count) => progress.missing(groupName, count),
  });
  const stored = (await countPoints(analytics, range)) - countBefore;
  const totals: ReplayTotals = {
    sent,
    accepted,
    rejected: rejected + scan.unreadable,
    duplicate: accepted - stored,
    stored,
  };
  const ends = await windowEnds(windowsOf(analytics, range, '1h'));
  progress.end();
  parts.writeReport(reportTable(group, ends, totals));
}

/** Sends a file's rows in their order, and takes the timestamps that were rejected out of `expected`. */
async function sendFile(
  group: ReplayGroup,
  options: ReplayOptions,
  parts: ReplayParts,
  progress: Progress,
  expected: Set<number>,
): Promise<IngestClient['stats']> {
  let shown = 0;
  const client = parts.openIngest(({ timestamp }, { code, detail }) => {
    expected.delete(Number(timestamp));
    shown += 1;
    if (shown <= REJECTIONS_SHOWN) progress.line(`rejected: ${code}: ${detail}`);
    else if (shown === REJECTIONS_SHOWN + 1) progress.line('rejected: … and more');
  });
  const interrupt = (): void => {
    // Whatever it cannot deliver any more is sent by the next replay of the file.
    client.close({ timeoutMs: LAST_WORDS_MS }).catch(() => undefined);
  };
  parts.signal.addEventListener('abort', interrupt, { once: true });
  try {
    const pace = createPace(options.ratePerSecond, parts);
    for await (const row of readCsv(group.file, options)) {
      parts.signal.throwIfAborted();
      if (row.problem !== undefined) continue;
      await pace();
      const metrics = { [group.metric]: row.value };
      await client.send({ deviceId: group.device, timestamp: row.timestampMs, metrics });
    }
    await client.flush();
  } catch (error) {
    parts.signal.throwIfAborted();
    throw error;
  } finally {
    parts.signal.removeEventListener('abort', interrupt);
    // The error that a failed client closes with is the one that is on its way already.
    await client.close({ timeoutMs: LAST_WORDS_MS }).catch(() => undefined);
  }
  return client.stats;
}

/** Makes a function to await before each reading, so that no more than `ratePerSecond` go in a second. */
function createPace(
  ratePerSecond: number | undefined,
  { clock, sleep, signal }: Pick<ReplayParts, 'clock' | 'sleep' | 'signal'>,
): () => Promise<void> {
  if (ratePerSecond === undefined) return () => Promise.resolve();
  const startMs = clock();
  let sent = 0;
  return async () => {
    const dueMs = startMs + (1000 * sent) / ratePerSecond;
    sent += 1;
    const waitMs = dueMs - clock();
    if (waitMs > 0) await sleep(waitMs, signal);
  };
}
