import { packEnvelopes } from '@weir/envelope-stream';
import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { loadBundle } from '../../bundles.js';
import { eventOf } from '../../kinesis-event.js';
import { LAMBDA_CONTEXT } from '../../lambda-context.js';
import type { MeterReading } from '../../metering/meter-reading.js';
import { takeMeter } from '../../metering/take-meter.js';
import { HOUR_MS, START_MS, readingsAt } from '../../readings.js';
import { setTime } from '../../simulated-time.js';
import { within } from '../../within.js';

/** Has process-fn store some hours of devices, in a process of its own, and sends what it took to the parent. */

export interface StoringOrder {
  /** The metering proxy's. */
  readonly endpoint: string;
  readonly tableName: string;
  readonly devices: number;
  readonly metrics: number;
  /** Seconds between two readings of a device. */
  readonly intervalSeconds: number;
  /** Readings of a device in a batch. */
  readonly perBatch: number;
  readonly blockMinutes: number;
  /** The first two are not measured: there is a block to seal, and an hour to fold. */
  readonly hours: number;
}

export interface StoringWork {
  readonly meter: MeterReading;
  readonly cpuMicros: number;
  readonly batches: number;
  readonly readings: number;
}

const WARM_UP_HOURS = 2;
const BATCH_SECONDS = 60;

async function store(order: StoringOrder): Promise<StoringWork> {
  const { devices, intervalSeconds, perBatch, hours, endpoint } = order;
  // The function takes its clock as it is loaded.
  setTime(START_MS);
  const handler = await loadBundle<KinesisStreamEvent, KinesisStreamBatchResponse>('process-fn', {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    TABLE_NAME: order.tableName,
    QUARANTINE_BUCKET: 'quarantine',
    STAGE: 'bench',
    BLOCK_MINUTES: String(order.blockMinutes),
  });
  const spanMs = perBatch * intervalSeconds * 1000;
  const measuredFromMs = START_MS + WARM_UP_HOURS * HOUR_MS;
  let before = process.cpuUsage();
  let batches = 0;
  for (let fromMs = START_MS; fromMs < START_MS + hours * HOUR_MS; fromMs += spanMs) {
    if (fromMs === measuredFromMs) {
      await takeMeter(endpoint);
      before = process.cpuUsage();
      batches = 0;
    }
    const atMs = fromMs + spanMs;
    setTime(atMs);
    const readings = readingsAt(order, fromMs, perBatch, intervalSeconds * 1000);
    const records = packEnvelopes(
      readings,
      { receivedAt: atMs, requestId: `request-${atMs}` },
      DEVICE_GROUPS.fallback,
    ).map((packed, index) => ({ ...packed, sequence: atMs + index }));
    const work = handler(eventOf({ atMs, records }), LAMBDA_CONTEXT);
    const { batchItemFailures } = await within(BATCH_SECONDS, `batch ${batches + 1}`, work);
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records were not processed`);
    batches += 1;
  }
  const { user, system } = process.cpuUsage(before);
  const meter = await takeMeter(endpoint);
  return { meter, cpuMicros: user + system, batches, readings: batches * perBatch * devices };
}

process.on('disconnect', () => process.exit());
process.on('message', (order: StoringOrder) => {
  store(order).then(
    (work) => process.send?.(work),
    (error: Error) => {
      process.stderr.write(`process-fn, ${JSON.stringify(order)}: ${error.stack}\n`);
      process.exit(1);
    },
  );
});
