import { createAnalyticsClient } from '@weir/analytics-client';
import type { DeviceUpdate } from '@weir/analytics-client';
import { createIngestClient, WeirUndeliveredError } from '@weir/ingest-client';

import type { FleetCommand } from './command-line.js';
import { registerAtSite } from './device-registration.js';
import { fleetDeviceIds, runFleet } from './fleet.js';
import { createReachability } from './reachability.js';
import { BOILER_METRICS } from './signal.js';
import type { Surroundings } from './surroundings.js';

/** How long a stopping fleet tries to hand over what it holds. */
const LAST_WORDS_MS = 1000;
/** Enough for two hours of five boilers' measurements every two seconds. */
const QUEUED_READINGS_MAX = 20_000;

const BOILER_ENTRY: DeviceUpdate = {
  model: 'WB-200',
  metrics: Object.fromEntries(BOILER_METRICS.map(({ name, unit }) => [name, { unit }])),
};

/** Runs a fleet until the signal is aborted. Rejects when the API refuses its readings as a whole. */
export async function runFleetCommand(command: FleetCommand, surroundings: Surroundings): Promise<void> {
  const { writeLine, clock, sleep } = surroundings;
  const reachability = createReachability(`The ingest API at ${command.ingestUrl}`, writeLine);
  let firstRejection = true;
  const client = createIngestClient({
    baseUrl: command.ingestUrl,
    token: command.token,
    maxBatchAgeMs: Math.min(500, command.intervalMs),
    maxQueuedReadings: QUEUED_READINGS_MAX,
    retry: { maxDelayMs: 5000 },
    onRetry: reachability.onRetry,
    onReceipt: reachability.onAnswer,
    onRejected: ({ deviceId }, { code, detail }) => {
      if (firstRejection) writeLine(`A reading of ${deviceId} was rejected: ${code}: ${detail}`);
      firstRejection = false;
    },
  });
  const seconds = command.intervalMs / 1000;
  writeLine(`${command.devices} boilers send readings every ${seconds} s to ${command.ingestUrl}`);
  const ended = new AbortController();
  const registered = registerFleet(command, surroundings, ended.signal);
  try {
    await runFleet(command, { client, clock, sleep }, surroundings.signal);
  } finally {
    ended.abort();
    await registered;
    await client.close({ timeoutMs: LAST_WORDS_MS }).catch((error: unknown) => {
      if (!(error instanceof WeirUndeliveredError)) throw error;
      writeLine(error.message);
    });
  }
}

/** Puts the fleet on its site while it is already sending. That readings flow matters more, so a failure is only told. */
async function registerFleet(
  { analyticsUrl, site, token, devices }: FleetCommand,
  { writeLine, clock }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  if (site === undefined || analyticsUrl === undefined) return;
  const client = createAnalyticsClient({
    baseUrl: analyticsUrl,
    token,
    retry: { maxAttempts: Number.POSITIVE_INFINITY },
  });
  try {
    for (const deviceId of fleetDeviceIds(devices)) {
      const registration = { deviceId, siteId: site, otherwise: BOILER_ENTRY, nowMs: clock(), signal };
      await registerAtSite(client, registration);
    }
  } catch (error) {
    if (signal.aborted) return;
    writeLine(`The fleet could not be put on site ${site}: ${String(error)}`);
  }
}
