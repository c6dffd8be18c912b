import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { call } from '../api.js';
import { makeToken } from '../local-stack.js';
import { deliver, noDelivery, type Delivery } from './device-sender.js';
import { PLANNED_FAULTS } from './fault-schedule.js';
import { tallyFaults } from './fault-tally.js';
import { DAY_MS, devicesOf, makeFleet, MINUTE_MS, type Device, type Fleet, type Gateway } from './fleet.js';
import { PointLedger } from './point-ledger.js';
import { compareQuarantine } from './quarantine-comparison.js';
import { compareStore, type StoreQuery } from './store-comparison.js';
import { SupervisedRuntime } from './supervised-runtime.js';
import { EchoTraffic, Traffic, type DeviceRequest } from './traffic.js';
import { WindowWatch } from './window-watch.js';

export interface ChaosOptions {
  readonly seed: number;
  /** How long faults are in force at least, in milliseconds. They go on until every planned kind has happened, and enough was sent. */
  readonly durationMs: number;
  /** Where everything is kept that tells about the run; must not exist yet. */
  readonly folder: string;
  /** One line about how far it is. */
  progress(line: string): void;
}

export interface ChaosReport {
  readonly delivery: Delivery;
  readonly points: number;
  readonly windows: number;
  readonly reads: number;
  readonly runtimeDeaths: number;
  readonly faults: ReadonlyMap<string, number>;
  /** Everything that was not as it must be, one sentence each; empty for a good run. */
  readonly wrong: readonly string[];
}

/** How much longer than asked faults may go on for kinds that have not happened yet. */
const EXTRA_MS_MAX = 3 * MINUTE_MS;
/** With fewer requests a run proves little, so that faults go on until then, however slow the machine is. */
const REQUESTS_MIN = 300;
/** In which the pipeline must have caught up after faults have ended. */
const CATCH_UP_MS_MAX = 5 * MINUTE_MS;
const TOKEN_HOURS = 24;

/**
 * Runs the whole pipeline on this machine, lets a fleet send while everything fails, and compares all that it answers with
 * what it must: while faults are in force, when it has caught up after them, and once more after another SIGKILL.
 *
 * @throws when the runtime ends by itself, or does not catch up
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, folder, progress } = options;
  mkdirSync(folder, { recursive: true });
  const runtime = await SupervisedRuntime.start(folder, seed);
  try {
    const anchorMs = Date.now();
    const fleet = makeFleet(anchorMs);
    const token = await makeToken({
      dataDir: runtime.dataDir,
      portBase: runtime.portBase,
      args: ['--ttl', `${TOKEN_HOURS}h`],
    });
    for (const device of devicesOf(fleet)) await register(device, fleet.siteId, runtime, token);
    const query = {
      analyticsUrl: runtime.analyticsUrl,
      token,
      from: '2000-01-01T00:00:00Z',
      to: new Date(anchorMs + 2 * DAY_MS).toISOString(),
    };
    const ledger = new PointLedger(fleet);
    const watch = new WindowWatch(seed, fleet, query);
    const delivery = await storm(fleet, { ...options, runtime, token, ledger, watch });
    progress(`${delivery.requests} requests were answered for good; waiting for the stream to be processed`);
    await runtime.endFaults();
    await untilProcessed(runtime);
    const comparison = await compareAll(fleet, ledger, query, runtime);
    progress(`${comparison.windows} windows were compared; killing everything once more`);
    await runtime.killAndRestart();
    await untilProcessed(runtime);
    const again = await compareAll(fleet, ledger, query, runtime);
    const faults = tallyFaults(runtime.dataDir);
    return {
      delivery,
      points: ledger.pointCount(),
      windows: comparison.windows,
      reads: watch.reads,
      runtimeDeaths: runtime.deaths(),
      faults,
      wrong: [
        ...missingFaults(faults).map((kind) => `the fault "${kind}" was planned and never happened`),
        ...(delivery.requests < REQUESTS_MIN
          ? [`only ${delivery.requests} requests were answered for good`]
          : []),
        ...delivery.wrongAnswers,
        ...watch.violations.map((violation) => `while faults were in force: ${violation}`),
        ...comparison.wrong,
        ...again.wrong.map((difference) => `after another SIGKILL: ${difference}`),
      ],
    };
  } finally {
    await runtime.stop();
  }
}

interface Storm extends ChaosOptions {
  readonly runtime: SupervisedRuntime;
  readonly token: string;
  readonly ledger: PointLedger;
  readonly watch: WindowWatch;
}

/** Lets all gateways send, and readers read, until the time is up and every planned kind of fault has happened. */
async function storm(fleet: Fleet, parts: Storm): Promise<Delivery> {
  const { durationMs, runtime, watch, progress } = parts;
  const delivery = noDelivery();
  let over = false;
  const isOver = (): boolean => over;
  await runtime.beginFaults();
  const beganMs = Date.now();
  const everybody = [
    ...fleet.gateways.map((gateway) => send(gateway, parts, delivery, isOver)),
    (async () => {
      while (!isOver()) {
        await watch.look();
        await delay(100);
      }
    })(),
  ];
  const clock = (async () => {
    let announced = false;
    for (;;) {
      const passedMs = Date.now() - beganMs;
      const missing = missingFaults(tallyFaults(runtime.dataDir));
      const proves = missing.length === 0 && delivery.requests >= REQUESTS_MIN;
      over = passedMs >= durationMs + (proves ? 0 : EXTRA_MS_MAX);
      if (over) return;
      runtime.requireAlive();
      if (passedMs >= durationMs && !announced) {
        progress(
          `going on; ${delivery.requests} requests so far, missing faults: ${missing.join(', ') || 'none'}`,
        );
        announced = true;
      }
      await delay(1_000);
    }
  })();
  try {
    await Promise.all([clock, ...everybody]);
  } finally {
    over = true;
  }
  return delivery;
}

/** One gateway: its own sender, and a second one that echoes it at the same time. */
async function send(
  gateway: Gateway,
  { seed, runtime, token, ledger }: Storm,
  delivery: Delivery,
  isOver: () => boolean,
): Promise<void> {
  const traffic = new Traffic(seed, gateway);
  const echoes = new EchoTraffic(seed, gateway);
  const begun: DeviceRequest[] = [];
  const transmit = async (request: DeviceRequest): Promise<void> => {
    for (const item of request.items) if ('reading' in item) ledger.add(item.reading);
    await deliver(request, runtime, token, delivery);
    await delay(request.pauseMs);
  };
  const own = async (): Promise<void> => {
    while (!isOver()) {
      const request = traffic.next();
      begun.push(request);
      await transmit(request);
    }
  };
  const echo = async (): Promise<void> => {
    while (!isOver()) {
      const heard = begun.shift();
      const request = heard && echoes.after(heard);
      if (request === undefined) await delay(20);
      else await transmit(request);
    }
  };
  await Promise.all([own(), echo()]);
}

async function register(
  { deviceId, registration }: Device,
  siteId: string,
  { analyticsUrl }: SupervisedRuntime,
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
async function untilProcessed(runtime: SupervisedRuntime): Promise<void> {
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

async function compareAll(
  fleet: Fleet,
  ledger: PointLedger,
  query: StoreQuery,
  { infoUrl }: SupervisedRuntime,
): Promise<{ windows: number; wrong: string[] }> {
  const { windows, differences } = await compareStore(fleet, ledger, query);
  return { windows, wrong: [...differences, ...(await compareQuarantine(infoUrl, ledger.refusedPoints()))] };
}

function missingFaults(faults: ReadonlyMap<string, number>): string[] {
  return PLANNED_FAULTS.filter((kind) => !faults.has(kind));
}
