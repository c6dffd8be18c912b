import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { call } from '../api.js';
import { makeToken } from '@weir/local-stack';
import { DAY_MS, devicesOf, makeFleet, MINUTE_MS, type Device, type Fleet } from './fleet.js';
import { PointLedger } from './point-ledger.js';
import { compareQuarantine } from './quarantine-comparison.js';
import { compareStore, type StoreQuery } from './store-comparison.js';
import { SupervisedRuntime } from './supervised-runtime.js';

/** A running pipeline, the fleet that sends to it, and what it must hold. */
export interface Stage {
  readonly seed: number;
  readonly runtime: SupervisedRuntime;
  readonly fleet: Fleet;
  readonly token: string;
  readonly query: StoreQuery;
  readonly ledger: PointLedger;
}

/** In which the pipeline must have caught up after faults have ended. */
const CATCH_UP_MS_MAX = 5 * MINUTE_MS;
const TOKEN_HOURS = 24;

/**
 * Starts a pipeline on an empty folder, and registers the fleet's devices. Nothing fails before `runtime.beginFaults()`.
 * Whoever calls this stops `runtime` in the end.
 */
export async function setStage(folder: string, seed: number): Promise<Stage> {
  mkdirSync(folder, { recursive: true });
  const runtime = await SupervisedRuntime.start(folder, seed);
  try {
    const { dataDir, portBase, analyticsUrl } = runtime;
    const anchorMs = Date.now();
    const fleet = makeFleet(anchorMs);
    const token = await makeToken({ dataDir, portBase, args: ['--ttl', `${TOKEN_HOURS}h`] });
    for (const device of devicesOf(fleet)) await register(device, fleet.siteId, analyticsUrl, token);
    const to = new Date(anchorMs + 2 * DAY_MS).toISOString();
    const query = { analyticsUrl, token, from: '2000-01-01T00:00:00Z', to };
    return { seed, runtime, fleet, token, query, ledger: new PointLedger(fleet) };
  } catch (error) {
    await runtime.stop();
    throw error;
  }
}

async function register(
  { deviceId, registration }: Device,
  siteId: string,
  analyticsUrl: string,
  token: string,
): Promise<void> {
  const { metric, effectiveFromMs, ...definition } = registration ?? {};
  const answer = await call(`${analyticsUrl}/v1/devices/${deviceId}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      siteId,
      ...(metric === undefined ? {} : { metrics: { [metric]: definition } }),
      ...(effectiveFromMs === undefined ? {} : { effectiveFrom: new Date(effectiveFromMs).toISOString() }),
    }),
  });
  if (answer.status !== 200)
    throw new Error(`${deviceId} was registered with ${answer.status}: ${answer.text}`);
}

/** @throws when records are still unprocessed long after faults have ended */
export async function untilProcessed({ runtime }: Stage): Promise<void> {
  const beganMs = Date.now();
  for (;;) {
    runtime.requireAlive();
    const status = await call(`${runtime.infoUrl}/status`).catch(() => undefined);
    const stream = status?.body['stream'] as { records: number } | null | undefined;
    if (stream?.records === 0) return;
    if (Date.now() - beganMs > CATCH_UP_MS_MAX) {
      throw new Error(
        `The stream was not processed within ${CATCH_UP_MS_MAX} ms: ${status?.text ?? 'no status'}`,
      );
    }
    await delay(200);
  }
}

/** Compares all that the pipeline answers with what it must, one sentence for each difference. */
export async function compareAll({
  fleet,
  ledger,
  query,
  runtime,
}: Stage): Promise<{ windows: number; wrong: string[] }> {
  const { windows, differences } = await compareStore(fleet, ledger, query);
  const quarantine = await compareQuarantine(runtime.infoUrl, ledger.refusedPoints());
  return { windows, wrong: [...differences, ...quarantine] };
}
