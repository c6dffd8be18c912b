import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { itemSizeBytes } from '@weir/dynamo-repo';
import { eventOf, type Delivery } from '../kinesis-event.js';
import { addMeters } from '../metering/meter-reading.js';
import { takeMeter } from '../metering/take-meter.js';
import { HOUR_MS, START_MS } from '../readings.js';
import { setTime } from '../simulated-time.js';
import { within } from '../within.js';
import type { Design, Place, StreamFunction } from './design.js';
import { itemsOf } from './designs/hour-counter.js';
import { DESIGNS } from './designs/index.js';
import type { MeasuredCost } from './measured-cost.js';
import { countError, countReadings } from './oracle.js';
import { makeWorkload, type Workload, type WorkloadSettings } from './workload.js';

/** Runs one design through workloads, one after the other, in a process of its own, and sends what they took to the parent. */

export interface DesignOrder {
  readonly design: string;
  readonly tableName: string;
  /** The metering proxy's. */
  readonly endpoint: string;
  readonly workload: WorkloadSettings;
}

/** Of each stage: before the replay, and after it where the workload has one. */
export type DesignAnswer =
  | { readonly costs: readonly MeasuredCost[] }
  /** The phase and what went wrong in it. */
  | { readonly failed: string };

/** What AWS adds to each item that is stored. */
const ITEM_OVERHEAD_BYTES = 100;
/** Of a phase, and more for each record of a delivery, or for all devices: a hundred times what it takes. */
const PHASE_SECONDS = 60;
const SECONDS_A_RECORD = 1;

async function measure({ design: name, tableName, endpoint, workload: settings }: DesignOrder) {
  const design = DESIGNS.find((each) => each.name === name);
  if (design === undefined) throw new Error(`there is no design ${name}`);
  const workload = makeWorkload(settings);
  const dynamo = new DynamoDBClient({ endpoint, requestHandler: new NodeHttpHandler() });
  const place: Place = { dynamo, client: DynamoDBDocumentClient.from(dynamo), tableName, clock: Date.now };
  setTime(START_MS - HOUR_MS);
  const container = await within(PHASE_SECONDS, 'start', design.start(place));
  await deliverAll('warm-up', workload.warmUp, container);
  await within(PHASE_SECONDS, 'meter', takeMeter(endpoint));
  let cpuMicros = await cpuMicrosOf(() => deliverAll('delivery', workload.deliveries, container));
  const costs = [await costSoFar({ design, place, workload, settings }, endpoint, cpuMicros)];
  if (settings.replay) {
    cpuMicros += await cpuMicrosOf(async () =>
      deliverAll('replay', workload.replay, await design.start(place)),
    );
    const replay = await costSoFar({ design, place, workload, settings }, endpoint, cpuMicros);
    costs.push({ ...replay, meter: addMeters(costs[0]!.meter, replay.meter) });
  }
  dynamo.destroy();
  return costs;
}

interface Measured {
  readonly design: Design;
  readonly place: Place;
  readonly workload: Workload;
  readonly settings: WorkloadSettings;
}

/** With the meter as it has been since it was last taken. */
async function costSoFar(
  { design, place, workload, settings }: Measured,
  endpoint: string,
  cpuMicros: number,
): Promise<MeasuredCost> {
  const meter = await within(PHASE_SECONDS, 'meter', takeMeter(endpoint));
  const devices = Array.from({ length: settings.devices }, (_, device) => `device-${device}`);
  const seconds = PHASE_SECONDS + settings.devices * SECONDS_A_RECORD;
  const endMs = START_MS + settings.hours * HOUR_MS;
  const counts = design.counts(place, devices, START_MS - HOUR_MS, endMs);
  const cost: MeasuredCost = {
    design: design.name,
    readings: workload.readings,
    meter,
    cpuMicros,
    countError: countError(await within(seconds, 'counts', counts), countReadings(workload.distinct)),
    ...(await within(seconds, 'stored bytes', storedBytes(place))),
  };
  // What it takes to look is no part of the next stage.
  await within(PHASE_SECONDS, 'meter', takeMeter(endpoint));
  return cost;
}

async function cpuMicrosOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

async function deliverAll(
  phase: string,
  deliveries: readonly Delivery[],
  container: StreamFunction,
): Promise<void> {
  for (const [index, delivery] of deliveries.entries()) {
    setTime(delivery.atMs);
    const event = eventOf(delivery);
    const seconds = PHASE_SECONDS + event.Records.length * SECONDS_A_RECORD;
    const name = `${phase} ${index + 1} of ${deliveries.length}`;
    const { batchItemFailures } = await within(seconds, name, container(event));
    if (batchItemFailures.length > 0)
      throw new Error(`${name}: ${batchItemFailures.length} records were not processed`);
  }
}

async function storedBytes({ client, tableName }: Place) {
  let bytes = 0;
  let items = 0;
  for await (const item of itemsOf(client, tableName)) {
    bytes += itemSizeBytes(item) + ITEM_OVERHEAD_BYTES;
    items += 1;
  }
  return { storedBytes: bytes, items };
}

process.on('disconnect', () => process.exit());
process.on('message', (order: DesignOrder) => {
  measure(order).then(
    (costs) => process.send?.({ costs } satisfies DesignAnswer),
    (error: Error) => {
      process.stderr.write(`${order.design}: ${error.stack}\n`);
      process.send?.({ failed: error.message } satisfies DesignAnswer);
    },
  );
});
