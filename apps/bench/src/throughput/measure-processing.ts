import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { loadAsFunction, loadBundle } from '../bundles.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { takeMeter } from '../metering/take-meter.js';
import { MINUTE_MS } from '../readings.js';
import type * as BarePuts from './bare-puts.js';
import { cpuByTurns, medianOfTurns, type Turns } from './cpu-turns.js';
import {
  BATCH_DEVICES,
  BATCH_READINGS,
  BLOCK_MS,
  deviceBatch,
  putOf,
  type DeviceBatch,
} from './device-batch.js';
import type * as Kernel from './kernel.js';

/** What process-fn takes for the readings of one device in a batch. Times are CPU time in microseconds, medians. */
export interface ProcessingTime {
  readonly metrics: number;
  /** Readings of a device in a batch. */
  readonly readings: number;
  /** base64, gunzip and JSON.parse of the envelope. */
  readonly decodeMicros: number;
  /** All of the function's arithmetic, see `storeReadings`. */
  readonly kernelMicros: number;
  /** One put of the same item by the SDK alone. */
  readonly barePutMicros: number;
  readonly handlerMicros: number;
  readonly kernelToDecode: number;
  /** The handler by the kernel and as many bare puts as it makes requests. */
  readonly handlerToFloor: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly writeUnits: number;
  /** Of the largest encoded block. */
  readonly blockBytesMax: number;
}

const CONCURRENCY = 16;
const TABLE = 'telemetry';
/** Arithmetic is short beside a collection of garbage. */
const KERNEL_REPEATS = 4;

interface Apparatus {
  readonly endpoint: string;
  readonly invoke: (event: KinesisStreamEvent) => Promise<void>;
  readonly kernel: typeof Kernel;
  readonly barePuts: ReturnType<typeof BarePuts.createBarePuts>;
}

/** Measures a warm container in its steady state: it knows the devices' blocks, and they are the newest. */
export async function measureProcessing(endpoint: string, turns: Turns): Promise<ProcessingTime[]> {
  const barePuts = await loadAsFunction<typeof BarePuts>('./throughput/bare-puts.ts');
  const apparatus: Apparatus = {
    endpoint,
    invoke: await loadProcess(endpoint),
    kernel: await loadAsFunction('./throughput/kernel.ts'),
    barePuts: barePuts.createBarePuts(endpoint, CONCURRENCY),
  };
  const measured: ProcessingTime[] = [];
  for (const metrics of [3, 5]) measured.push(await measureFleet(metrics, turns, apparatus));
  return measured;
}

async function loadProcess(endpoint: string): Promise<Apparatus['invoke']> {
  const handler = await loadBundle<KinesisStreamEvent, KinesisStreamBatchResponse>('process-fn', {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    TABLE_NAME: TABLE,
    QUARANTINE_BUCKET: 'quarantine',
    STAGE: 'bench',
    BLOCK_MINUTES: String(BLOCK_MS / MINUTE_MS),
    DEVICE_CONCURRENCY: String(CONCURRENCY),
  });
  return async (event) => {
    const { batchItemFailures } = await handler(event, LAMBDA_CONTEXT);
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records were not processed`);
  };
}

async function measureFleet(metrics: number, turns: Turns, apparatus: Apparatus): Promise<ProcessingTime> {
  const { endpoint, invoke, kernel, barePuts } = apparatus;
  // The hour that is not over yet: no block of it can have expired.
  const fromMs = Math.floor(Date.now() / BLOCK_MS) * BLOCK_MS;
  const batchOf = (name: string): DeviceBatch => deviceBatch(`${name}-${metrics}`, metrics, fromMs);
  const counted = batchOf('counted');
  await invoke(counted.warmUp);
  await takeMeter(endpoint);
  await invoke(counted.event);
  const { requests, writeUnits } = await takeMeter(endpoint);
  let blockBytesMax = 0;

  const times = await cpuByTurns(turns, async (turn) => {
    const { warmUp, event } = batchOf(`turn-${turn}`);
    await invoke(warmUp);
    const standing = warmUp.Records.map(
      ({ kinesis }) => kernel.storeReadings(kinesis.data, undefined, BLOCK_MS).block,
    );
    const store = () =>
      event.Records.map(({ kinesis }, device) =>
        kernel.storeReadings(kinesis.data, standing[device], BLOCK_MS),
      );
    const stored = store();
    const puts = stored.map(({ deviceId, bytes }) => putOf(TABLE, deviceId, fromMs, bytes));
    blockBytesMax = Math.max(blockBytesMax, ...stored.map(({ bytes }) => bytes.length));
    return {
      decode: repeated(() => event.Records.map(({ kinesis }) => kernel.decode(kinesis.data))),
      kernel: repeated(store),
      barePuts: () => barePuts(puts),
      handler: () => invoke(event),
    };
  });

  const aDevice = (micros: number): number => micros / BATCH_DEVICES;
  const requestsADevice = aDevice(Object.values(requests).reduce((sum, count) => sum + count, 0));
  return {
    metrics,
    readings: BATCH_READINGS,
    decodeMicros: aDevice(medianOfTurns(times, ({ decode }) => decode / KERNEL_REPEATS)),
    kernelMicros: aDevice(medianOfTurns(times, (turn) => turn.kernel / KERNEL_REPEATS)),
    barePutMicros: aDevice(medianOfTurns(times, (turn) => turn.barePuts)),
    handlerMicros: aDevice(medianOfTurns(times, ({ handler }) => handler)),
    kernelToDecode: medianOfTurns(times, (turn) => turn.kernel / turn.decode),
    handlerToFloor: medianOfTurns(
      times,
      (turn) => turn.handler / (turn.kernel / KERNEL_REPEATS + requestsADevice * turn.barePuts),
    ),
    requests: Object.fromEntries(Object.entries(requests).map(([name, count]) => [name, aDevice(count)])),
    writeUnits: aDevice(writeUnits),
    blockBytesMax,
  };
}

function repeated(work: () => unknown): () => void {
  return () => {
    for (let time = 0; time < KERNEL_REPEATS; time += 1) work();
  };
}
