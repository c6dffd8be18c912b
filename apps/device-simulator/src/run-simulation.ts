import { createAnalyticsClient } from '@weir/analytics-client';
import { createIngestClient, WeirUndeliveredError } from '@weir/ingest-client';
import type { IngestClient, Reading } from '@weir/ingest-client';

import type { SimulateCommand } from './command-line.js';
import { createDeliveryMeter } from './delivery-meter.js';
import type { DeliveryMeter } from './delivery-meter.js';
import { registerFleet } from './fleet-registration.js';
import { finalReadings, runFleet } from './fleet-run.js';
import type { FleetRunOptions } from './fleet-run.js';
import { devicesOf } from './fleet-traffic.js';
import type { FleetDevice } from './fleet-traffic.js';
import { fleetOf } from './fleet-choice.js';
import { writeOracle } from './oracle-file.js';
import { oracleWindows } from './oracle.js';
import { createReachability } from './reachability.js';
import { createStatusLine, LINE_EVERY_MS } from './status-line.js';
import type { Surroundings } from './surroundings.js';

/** How long an API may give no answer before a simulation with an end fails. */
const GIVE_UP_AFTER_MS = 120_000;
/** How long a stopped fleet of which no oracle is wanted tries to hand over what it holds. */
const LAST_WORDS_MS = 1_000;
const SHOW_EVERY_MS = 1_000;
/** What a fleet without an end writes goes to a file, mostly. */
const ENDLESS_LINE_EVERY_MS = 60_000;
/** Requests at the same time: what one process of ingest-fn after the other can take. */
const CONCURRENCY = 4;
/** Bounds memory: a reading is less than a kilobyte. */
const QUEUED_READINGS_MAX = 50_000;

/** What became of readings that should have been accepted, and of those that should not. */
interface Verdicts {
  /** Sent, without an answer yet. */
  garbage: WeakSet<Reading>;
  garbageSent: number;
  garbageRejected: number;
  rejected: number;
}

/**
 * Runs a fleet for its duration, or until the signal is aborted, and then writes what the aggregates must be.
 *
 * @throws Error when something could not be delivered, something was rejected that is no garbage, or garbage was accepted: the
 *   oracle does not hold then, and is not written. UsageError on a profile that makes no sense.
 */
export async function runSimulationCommand(
  command: SimulateCommand,
  surroundings: Surroundings,
): Promise<void> {
  const { writeLine, writeResult, clock, signal } = surroundings;
  const profile = fleetOf(command);
  const startMs = command.startMs ?? clock();
  const plan = { profile, seed: command.seed, startMs };
  const options = { ...command, plan, devices: devicesOf(plan) };
  writeLine(announcement(command, options));
  const meter = createDeliveryMeter((url, init) => fetch(url, init), clock);
  const verdicts: Verdicts = { garbage: new WeakSet(), garbageSent: 0, garbageRejected: 0, rejected: 0 };
  const client = openClient(command, surroundings, meter, verdicts);
  const hasEnd = command.durationMs !== Number.POSITIVE_INFINITY;
  let behindMs = 0;
  const status = createStatusLine(
    () => {
      const seconds = Math.round((clock() - startMs) / 1_000);
      const behind = behindMs < 1_000 ? '' : `, ${Math.round(behindMs / 1_000)} s behind`;
      return `${seconds} s: ${meter.text()}${behind}`;
    },
    { write: surroundings.writeMessage, rewrites: surroundings.messagesToTerminal },
    clock,
    hasEnd ? LINE_EVERY_MS : ENDLESS_LINE_EVERY_MS,
  );
  const shown = setInterval(status.show, SHOW_EVERY_MS);
  const ended = new AbortController();
  const registered = register(command, options.devices, {
    ...surroundings,
    signal: AbortSignal.any([signal, ended.signal]),
  });
  // Without an oracle nothing depends on what is under way, and whoever stops a fleet does not want to wait.
  const interrupt = (): void => {
    if (command.oracle === undefined) client.close({ timeoutMs: LAST_WORDS_MS }).catch(() => undefined);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  let ends: Map<FleetDevice, number> | undefined;
  try {
    ends = await runFleet(
      options,
      partsOf(surroundings, client, verdicts, (ms) => (behindMs = ms)),
      signal,
    );
    await client.close();
    status.conclude();
  } catch (error) {
    ended.abort();
    if (!signal.aborted || command.oracle !== undefined) throw error;
    await client.close().catch((reason: unknown) => {
      if (reason instanceof WeirUndeliveredError) writeLine(reason.message);
    });
  } finally {
    clearInterval(shown);
    status.end();
    signal.removeEventListener('abort', interrupt);
  }
  writeResult(`${summary(meter, verdicts, clock() - startMs)}\n`);
  try {
    if (ends !== undefined) refuseWrongVerdicts(verdicts);
    if (ends !== undefined && command.oracle !== undefined) {
      const windows = await writeOracle(command.oracle, oracleOf(options, ends));
      writeResult(`${windows} windows in ${command.oracle}\n`);
    }
  } catch (error) {
    ended.abort();
    throw error;
  }
  // Thousands of devices take longer to register than to measure for a while: the oracle does not wait for them.
  await registered;
}

function announcement({ ingestUrl, seed }: SimulateCommand, options: FleetRunOptions): string {
  const { plan, devices, durationMs } = options;
  const times = durationMs === Number.POSITIVE_INFINITY ? 'until stopped' : `for ${durationMs / 1_000} s`;
  const start = new Date(plan.startMs).toISOString();
  const every = plan.profile.intervalMs / 1_000;
  return `${devices.length} devices send to ${ingestUrl} every ${every} s ${times}, seed ${seed}, start ${start}`;
}

function openClient(
  { ingestUrl, token, durationMs }: SimulateCommand,
  { writeLine }: Surroundings,
  meter: DeliveryMeter,
  verdicts: Verdicts,
): IngestClient {
  const reachability = createReachability(`The ingest API at ${ingestUrl}`, writeLine);
  const client = createIngestClient({
    baseUrl: ingestUrl,
    token,
    concurrency: CONCURRENCY,
    maxQueuedReadings: QUEUED_READINGS_MAX,
    retry: { maxDelayMs: 5_000 },
    ...(durationMs === Number.POSITIVE_INFINITY ? {} : { giveUpAfterMs: GIVE_UP_AFTER_MS }),
    fetch: meter.fetch,
    onRetry: reachability.onRetry,
    onReceipt: reachability.onAnswer,
    onRejected: (reading, { code, detail }) => {
      if (verdicts.garbage.delete(reading)) {
        verdicts.garbageRejected += 1;
        return;
      }
      if (verdicts.rejected === 0)
        writeLine(`A reading of ${reading.deviceId} was rejected: ${code}: ${detail}`);
      verdicts.rejected += 1;
    },
  });
  meter.watch(client);
  return client;
}

function partsOf(
  { clock, sleep }: Surroundings,
  client: IngestClient,
  verdicts: Verdicts,
  onBehind: (behindMs: number) => void,
): Parameters<typeof runFleet>[1] {
  const onGarbage = (reading: Reading): void => {
    verdicts.garbage.add(reading);
    verdicts.garbageSent += 1;
  };
  return { client, clock, sleep, onGarbage, onBehind };
}

/** Puts the fleet on its sites beside sending. That readings flow matters more, so a failure is only told. */
async function register(
  { analyticsUrl, token, durationMs }: SimulateCommand,
  devices: readonly FleetDevice[],
  { clock, writeLine, signal }: Surroundings,
): Promise<void> {
  if (analyticsUrl === undefined) return;
  const giveUpAfterMs = durationMs === Number.POSITIVE_INFINITY ? durationMs : GIVE_UP_AFTER_MS;
  const retry = { maxAttempts: Number.POSITIVE_INFINITY, giveUpAfterMs };
  const client = createAnalyticsClient({ baseUrl: analyticsUrl, token, retry });
  try {
    const registered = await registerFleet({ client, devices, clock, signal });
    if (registered < devices.length)
      writeLine(`${registered} of ${devices.length} devices are on their sites`);
  } catch (error) {
    writeLine(`The devices could not be put on their sites: ${String(error)}`);
  }
}

function summary(meter: DeliveryMeter, { garbageSent }: Verdicts, elapsedMs: number): string {
  const peak = Math.round(process.resourceUsage().maxRSS / 1_024);
  const { sent } = meter.counts();
  const rate = Math.round((1_000 * sent) / Math.max(1, elapsedMs));
  return (
    `${sent} readings in ${(elapsedMs / 1_000).toFixed(1)} s (${rate}/s), ${garbageSent} of them garbage: ` +
    `${meter.text()}; at most ${peak} MiB`
  );
}

function refuseWrongVerdicts({ rejected, garbageSent, garbageRejected }: Verdicts): void {
  if (rejected > 0) throw new Error(`${rejected} readings were rejected that should have been accepted`);
  const accepted = garbageSent - garbageRejected;
  if (accepted > 0) throw new Error(`${accepted} readings were accepted that are garbage`);
}

function* oracleOf(options: FleetRunOptions, ends: ReadonlyMap<FleetDevice, number>) {
  for (const [device, end] of ends) {
    yield* oracleWindows(device.deviceId, finalReadings(options, device, end));
  }
}
