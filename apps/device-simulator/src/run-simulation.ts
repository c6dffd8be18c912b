import { createWriteStream, readFileSync } from 'node:fs';
import { once } from 'node:events';

import { createAnalyticsClient } from '@weir/analytics-client';
import { createIngestClient } from '@weir/ingest-client';
import type { IngestClient, Reading } from '@weir/ingest-client';

import type { SimulateCommand } from './command-line.js';
import { registerAtSite } from './device-registration.js';
import { createLatencyRecord } from './latency-record.js';
import type { LatencyRecord } from './latency-record.js';
import { oracleWindows } from './oracle.js';
import { defaultProfile, parseProfile } from './profile.js';
import type { FleetProfile } from './profile.js';
import { devicesOf, finalReadings, sentAt, sentAtEnd } from './profile-traffic.js';
import type { ProfileDevice, TrafficPlan } from './profile-traffic.js';
import type { Surroundings } from './surroundings.js';
import { UsageError } from './usage-error.js';

/** How long the end waits for what has no answer yet. */
const CLOSE_MS = 60_000;
const PROGRESS_MS = 5_000;
const PROGRESS_ON_TERMINAL_MS = 500;
/** Requests at the same time: what one process of ingest-fn after the other can take. */
const CONCURRENCY = 4;
const QUEUED_READINGS_MAX = 50_000;
/** The only reason for which readings that are no garbage would be refused is an error. */
const GARBAGE_BEFORE_MS = Date.UTC(2000, 0, 1);

interface Tally {
  sent: number;
  accepted: number;
  refusedGarbage: number;
  refused: number;
  retries: number;
}

/**
 * Runs a profile for its duration, or until the signal is aborted, and then writes what the aggregates must be.
 *
 * @throws Error when something could not be delivered, or something was refused that is no garbage: the oracle does not hold then,
 *   and is not written. UsageError on a profile that makes no sense.
 */
export async function runSimulationCommand(
  command: SimulateCommand,
  surroundings: Surroundings,
): Promise<void> {
  const { writeLine, writeResult, clock } = surroundings;
  const profile = profileOf(command);
  const startMs = Math.ceil(clock() / 1_000) * 1_000;
  const plan: TrafficPlan = { profile, seed: command.seed, startMs };
  const devices = devicesOf(plan);
  const ticks = Math.max(1, Math.floor(command.durationMs / profile.intervalMs));
  writeLine(
    `${devices.length} devices, every ${profile.intervalMs / 1_000} s, ${ticks} times, seed ${command.seed}`,
  );
  const tally: Tally = { sent: 0, accepted: 0, refusedGarbage: 0, refused: 0, retries: 0 };
  const latency = createLatencyRecord();
  const client = ingestClient(command, surroundings, tally, latency);
  const progress = showProgress(tally, latency, surroundings);
  const ended = new AbortController();
  const registered = register(command, devices, plan, surroundings, ended.signal);
  let done: number[];
  try {
    done = await sendTicks(plan, devices, ticks, { client, tally, surroundings });
    for (const [place, device] of devices.entries()) {
      for (const reading of sentAtEnd(plan, device, done[place] ?? 0)) await send(client, reading, tally);
    }
    await client.close({ timeoutMs: CLOSE_MS });
    progress.show();
  } finally {
    progress.end();
    ended.abort();
    await registered;
  }
  writeResult(`${summary(tally, latency, (clock() - startMs) / 1_000)}\n`);
  if (tally.refused > 0)
    throw new Error(`${tally.refused} readings were refused that should have been accepted`);
  if (command.oracle === undefined) return;
  const windows = await writeOracle(command.oracle, plan, devices, done);
  writeResult(`${windows} hourly windows in ${command.oracle}\n`);
}

function profileOf(command: SimulateCommand): FleetProfile {
  if (command.profile === undefined) return defaultProfile(command.devices, command.intervalMs);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(command.profile, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `The profile ${command.profile} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  return parseProfile(value);
}

function ingestClient(
  command: SimulateCommand,
  { writeLine, clock }: Surroundings,
  tally: Tally,
  latency: LatencyRecord,
): IngestClient {
  return createIngestClient({
    baseUrl: command.ingestUrl,
    token: command.token,
    maxQueuedReadings: QUEUED_READINGS_MAX,
    concurrency: CONCURRENCY,
    retry: { maxDelayMs: 5_000 },
    fetch: async (url, init) => {
      const beganMs = clock();
      const response = await fetch(url, init);
      latency.add(clock() - beganMs);
      return response;
    },
    onRetry: () => {
      tally.retries += 1;
    },
    onReceipt: ({ accepted }) => {
      tally.accepted += accepted;
    },
    onRejected: ({ deviceId, timestamp }, { code, detail }) => {
      if (Number(timestamp) < GARBAGE_BEFORE_MS) {
        tally.refusedGarbage += 1;
        return;
      }
      if (tally.refused === 0) writeLine(`A reading of ${deviceId} was rejected: ${code}: ${detail}`);
      tally.refused += 1;
    },
  });
}

async function send(client: IngestClient, reading: Reading, tally: Tally): Promise<void> {
  tally.sent += 1;
  await client.send(reading);
}

/** Sends each tick's readings when they are due. Resolves to how many ticks each device has done: fewer when it was stopped. */
async function sendTicks(
  plan: TrafficPlan,
  devices: readonly ProfileDevice[],
  ticks: number,
  { client, tally, surroundings }: { client: IngestClient; tally: Tally; surroundings: Surroundings },
): Promise<number[]> {
  const { signal, clock, sleep } = surroundings;
  const done = devices.map(() => 0);
  for (let tick = 0; tick < ticks; tick += 1) {
    for (const [place, device] of devices.entries()) {
      const waitMs = plan.startMs + tick * plan.profile.intervalMs + device.phaseMs - clock();
      if (waitMs > 0) await sleep(waitMs, signal).catch(() => undefined);
      if (signal.aborted) return done;
      for (const reading of sentAt(plan, device, tick)) await send(client, reading, tally);
      done[place] = tick + 1;
    }
  }
  return done;
}

function showProgress(
  tally: Tally,
  latency: LatencyRecord,
  { clock, writeMessage, messagesToTerminal }: Surroundings,
) {
  const beganMs = clock();
  let lastMs = beganMs;
  let lastAccepted = 0;
  const show = (): void => {
    const nowMs = clock();
    const rate = (1_000 * (tally.accepted - lastAccepted)) / Math.max(1, nowMs - lastMs);
    [lastMs, lastAccepted] = [nowMs, tally.accepted];
    const text = `${Math.round((nowMs - beganMs) / 1_000)} s: ${Math.round(rate)} readings/s, ${countsOf(tally, latency)}`;
    writeMessage(messagesToTerminal ? `\r${text}\u001b[K` : `${text}\n`);
  };
  const timer = setInterval(show, messagesToTerminal ? PROGRESS_ON_TERMINAL_MS : PROGRESS_MS);
  return {
    show,
    end: (): void => {
      clearInterval(timer);
      if (messagesToTerminal) writeMessage('\n');
    },
  };
}

function countsOf(tally: Tally, latency: LatencyRecord): string {
  const { sent, accepted, refusedGarbage, refused, retries } = tally;
  const [p50, p99] = [latency.quantile(0.5), latency.quantile(0.99)];
  const rejected = refusedGarbage + refused;
  const times = p50 === undefined ? '' : `, p50 ${p50} ms, p99 ${p99} ms`;
  return `${sent - accepted - rejected} in flight, ${accepted} accepted, ${rejected} rejected, ${retries} retries${times}`;
}

function summary(tally: Tally, latency: LatencyRecord, seconds: number): string {
  const rss = Math.round(process.memoryUsage().rss / 1_048_576);
  return `${tally.sent} readings in ${seconds.toFixed(1)} s: ${countsOf(tally, latency)}; ${rss} MiB`;
}

async function register(
  { analyticsUrl, token }: SimulateCommand,
  devices: readonly ProfileDevice[],
  { profile }: TrafficPlan,
  { clock, writeLine }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  if (analyticsUrl === undefined) return;
  const client = createAnalyticsClient({ baseUrl: analyticsUrl, token });
  try {
    for (const { deviceId, site, model } of devices) {
      const units = (profile.models[model] ?? []).map(({ name, unit }) => [name, { unit }] as const);
      const otherwise = { model, metrics: Object.fromEntries(units) };
      await registerAtSite(client, { deviceId, siteId: site, otherwise, nowMs: clock(), signal });
    }
  } catch (error) {
    if (!signal.aborted) writeLine(`The devices could not be put on their sites: ${String(error)}`);
  }
}

/** One JSON object a line. Resolves to their number. */
async function writeOracle(
  file: string,
  plan: TrafficPlan,
  devices: readonly ProfileDevice[],
  done: readonly number[],
): Promise<number> {
  const stream = createWriteStream(file);
  const finished = once(stream, 'finish');
  let windows = 0;
  for (const [place, device] of devices.entries()) {
    for (const window of oracleWindows(finalReadings(plan, device, done[place] ?? 0))) {
      windows += 1;
      if (!stream.write(`${JSON.stringify(window)}\n`)) await Promise.race([once(stream, 'drain'), finished]);
    }
  }
  stream.end();
  await finished;
  return windows;
}
