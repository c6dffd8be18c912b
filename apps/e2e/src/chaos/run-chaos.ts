import { setTimeout as delay } from 'node:timers/promises';
import { compareLedger } from './ledger-comparison.js';
import { noDelivery, type Delivery } from './device-sender.js';
import { PLANNED_FAULTS } from './fault-schedule.js';
import { tallyFaults } from './fault-tally.js';
import { MINUTE_MS } from './fleet.js';
import { sendAll } from './gateway-sender.js';
import { compareAll, setStage, untilProcessed, type Stage } from './stage.js';
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
  /** What became of every point, as one line. */
  readonly account: string;
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

/**
 * Runs the whole pipeline on this machine, lets a fleet send while everything fails, and compares all that it answers with
 * what it must: while faults are in force, when it has caught up after them, and once more after another SIGKILL. In the end
 * the ledger has to account for every point that was accepted, from archive, store and quarantine.
 *
 * @throws when the runtime ends by itself, or does not catch up
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, folder, progress } = options;
  const stage = await setStage(folder, seed);
  const { runtime, ledger } = stage;
  try {
    const watch = new WindowWatch(seed, stage.fleet, stage.query);
    const delivery = await storm(stage, watch, options);
    progress(`${delivery.requests} requests were answered for good; waiting for the stream to be processed`);
    await runtime.endFaults();
    await untilProcessed(stage);
    const comparison = await compareAll(stage);
    progress(`${comparison.windows} windows were compared; killing everything once more`);
    await runtime.killAndRestart();
    await untilProcessed(stage);
    const again = await compareAll(stage);
    progress('stopping in order, so that everything is archived, for the ledger');
    const balance = await compareLedger(stage);
    const faults = tallyFaults(runtime.dataDir);
    return {
      delivery,
      points: ledger.pointCount(),
      windows: comparison.windows,
      account: balance.account,
      reads: watch.reads,
      runtimeDeaths: runtime.deaths(),
      faults,
      wrong: [
        ...unproven(faults, delivery),
        ...delivery.wrongAnswers,
        ...watch.violations.map((violation) => `while faults were in force: ${violation}`),
        ...comparison.wrong,
        ...again.wrong.map((difference) => `after another SIGKILL: ${difference}`),
        ...balance.wrong,
      ],
    };
  } finally {
    await runtime.stop();
  }
}

/** Lets all gateways send, and readers read, until the time is up and the run proves something. */
async function storm(
  stage: Stage,
  watch: WindowWatch,
  { durationMs, progress }: ChaosOptions,
): Promise<Delivery> {
  const { runtime, fleet } = stage;
  const delivery = noDelivery();
  let over = false;
  const isOver = (): boolean => over;
  await runtime.beginFaults();
  const beganMs = Date.now();
  const read = async (): Promise<void> => {
    while (!isOver()) {
      await watch.look();
      await delay(100);
    }
  };
  const keepTime = async (): Promise<void> => {
    let announced = false;
    for (;;) {
      const passedMs = Date.now() - beganMs;
      const missing = unproven(tallyFaults(runtime.dataDir), delivery);
      if (passedMs >= durationMs + (missing.length === 0 ? 0 : EXTRA_MS_MAX)) return;
      runtime.requireAlive();
      if (passedMs >= durationMs && !announced) {
        progress(`going on, as ${missing.join(', ')}`);
        announced = true;
      }
      await delay(1_000);
    }
  };
  const everybody = [...fleet.gateways.map((gateway) => sendAll(gateway, stage, delivery, isOver)), read()];
  try {
    await Promise.race([keepTime(), Promise.all(everybody)]);
  } finally {
    over = true;
  }
  await Promise.all(everybody);
  return delivery;
}

/** Why a run would prove nothing if it ended here, one sentence each. */
function unproven(faults: ReadonlyMap<string, number>, { requests }: Delivery): string[] {
  const never = PLANNED_FAULTS.filter((kind) => !faults.has(kind));
  return [
    ...never.map((kind) => `the fault "${kind}" was planned and never happened`),
    ...(requests < REQUESTS_MIN ? [`only ${requests} requests were answered for good`] : []),
  ];
}
