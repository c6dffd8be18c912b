import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { itemSizeBytes } from '@weir/dynamo-repo';
import { eventOf, type Delivery } from '../kinesis-event.js';
import { takeMeter } from '../metering/take-meter.js';
import { HOUR_MS, START_MS } from '../readings.js';
import type { Place, StreamFunction } from './design.js';
import { itemsOf } from './designs/hour-counter.js';
import { DESIGNS } from './designs/index.js';
import type { MeasuredCost } from './measured-cost.js';
import { countError, countReadings } from './oracle.js';
import { setTime } from '../simulated-time.js';
import { makeWorkload, type WorkloadSettings } from './workload.js';

/** Runs one design through one workload in a process of its own, and sends what it took to the parent. */

export interface DesignOrder {
  readonly design: string;
  readonly tableName: string;
  /** The metering proxy's. */
  readonly endpoint: string;
  readonly workload: WorkloadSettings;
}

/** What AWS adds to each item that is stored. */
const ITEM_OVERHEAD_BYTES = 100;

async function measure({ design: name, tableName, endpoint, workload: settings }: DesignOrder) {
  const design = DESIGNS.find((each) => each.name === name);
  if (design === undefined) throw new Error(`there is no design ${name}`);
  const workload = makeWorkload(settings);
  const dynamo = new DynamoDBClient({ endpoint, requestHandler: new NodeHttpHandler() });
  const place: Place = { dynamo, client: DynamoDBDocumentClient.from(dynamo), tableName, clock: Date.now };
  setTime(START_MS - HOUR_MS);
  const container = await design.start(place);
  await deliverAll(workload.warmUp, container);
  await takeMeter(endpoint);
  const before = process.cpuUsage();
  await deliverAll(workload.deliveries, container);
  if (workload.replay.length > 0) await deliverAll(workload.replay, await design.start(place));
  const { user, system } = process.cpuUsage(before);
  const meter = await takeMeter(endpoint);
  const devices = Array.from({ length: settings.devices }, (_, device) => `device-${device}`);
  const endMs = START_MS + settings.hours * HOUR_MS;
  const counts = await design.counts(place, devices, START_MS - HOUR_MS, endMs);
  const cost: MeasuredCost = {
    design: name,
    readings: workload.readings,
    meter,
    cpuMicros: user + system,
    ...(await storedBytes(place)),
    countError: countError(counts, countReadings(workload.distinct)),
  };
  dynamo.destroy();
  return cost;
}

async function deliverAll(deliveries: readonly Delivery[], container: StreamFunction): Promise<void> {
  for (const delivery of deliveries) {
    setTime(delivery.atMs);
    const { batchItemFailures } = await container(eventOf(delivery));
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records were not processed`);
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
    (cost) => process.send?.(cost, () => process.exit()),
    (error: Error) => {
      process.stderr.write(`${order.design}: ${error.stack}\n`);
      process.exit(1);
    },
  );
});
