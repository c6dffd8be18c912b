import { packEnvelopes } from '@weir/envelope-stream';
import { enginesHere } from '@weir/dynamo-repo/testing';
import { DEVICE_GROUPS, type EnvelopeReading } from '@weir/telemetry-schema';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
} from 'aws-lambda';
import { loadBundle } from '../bundles.js';
import { FUNCTION_VARIABLES, startProxyProcess } from '../child-process.js';
import { eventOf } from '../kinesis-event.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { requestsOf } from '../metering/meter-reading.js';
import { takeMeter } from '../metering/take-meter.js';
import { HOUR_MS, MINUTE_MS, START_MS, readingsAt } from '../readings.js';
import { setTime } from '../simulated-time.js';
import { askAll, callApi, type AnswerSize, type Api, type Question } from './ask-api.js';
import { measureLatencies, type QueryLatency, type Repetitions } from './measure-latencies.js';

const DAY_MS = 24 * HOUR_MS;
const METRICS = 3;
const SITE = 'site-1';

export interface QueryFleet {
  /** Devices of the site; all have a day of readings, a reading a minute. */
  readonly siteDevices: number;
  /** Days of history of the first device, a reading a minute in the last 31 of them, before that every ten. */
  readonly historyDays: number;
}

/** What one query took. */
export interface QueryCost extends AnswerSize {
  readonly engine: string;
  readonly query: string;
  readonly requests: number;
  readonly readUnits: number;
  /** Of DynamoDB's answers. */
  readonly storeBytes: number;
  /** Where answers were timed. */
  readonly latency?: QueryLatency;
}

const DEVICE = { deviceId: 'device-0' };
const iso = (timeMs: number): string => new Date(timeMs).toISOString();
const lastDays = (days: number) => ({ from: iso(START_MS - days * DAY_MS), to: iso(START_MS) });

const QUESTIONS: Readonly<Record<string, Question>> = {
  'registry entry of a device': { resource: '/v1/devices/{deviceId}', path: DEVICE },
  'latest of the devices of a site': { resource: '/v1/devices', query: { siteId: SITE, limit: '100' } },
  'one day of readings': {
    resource: '/v1/devices/{deviceId}/readings',
    path: DEVICE,
    query: { ...lastDays(1), limit: '5000' },
  },
  '30 days by hour': {
    resource: '/v1/devices/{deviceId}/aggregates',
    path: DEVICE,
    query: { ...lastDays(30), metric: 'temperature', resolution: '1h', limit: '1000' },
  },
  'one year by day': {
    resource: '/v1/devices/{deviceId}/aggregates',
    path: DEVICE,
    query: { ...lastDays(365), metric: 'temperature', resolution: '1d', limit: '1000' },
  },
  'a site for a day, by hour': {
    resource: '/v1/sites/{siteId}/aggregates',
    path: { siteId: SITE },
    query: { ...lastDays(1), metric: 'temperature', resolution: '1h', limit: '1000' },
  },
};

/** Fills a table through process-fn, then asks analytics-fn; both as they are deployed. On each engine that runs here. */
export async function measureQueries(fleet: QueryFleet, repetitions: Repetitions): Promise<QueryCost[]> {
  const costs: QueryCost[] = [];
  for (const { name, start } of enginesHere()) {
    const engine = await start();
    const proxy = await startProxyProcess(engine.endpoint);
    try {
      const environment = {
        ...FUNCTION_VARIABLES,
        STAGE: 'bench',
        TABLE_NAME: engine.tableName,
        QUARANTINE_BUCKET: 'quarantine',
        BLOCK_MINUTES: '60',
        AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
        POWERTOOLS_LOG_LEVEL: 'SILENT',
        POWERTOOLS_METRICS_DISABLED: 'true',
      };
      await fill(fleet, environment);
      setTime(START_MS + MINUTE_MS);
      const api = await loadBundle<APIGatewayProxyEvent, APIGatewayProxyResult>('analytics-fn', environment);
      await register(fleet, api);
      const latencies = await latenciesOf(engine.endpoint, environment, repetitions);
      for (const [query, question] of Object.entries(QUESTIONS)) {
        await takeMeter(proxy.endpoint);
        const answer = await askAll(question, api);
        const meter = await takeMeter(proxy.endpoint);
        const { readUnits, answerBytes: storeBytes } = meter;
        const latency = latencies?.[query];
        costs.push({
          engine: name,
          query,
          requests: requestsOf(meter),
          readUnits,
          storeBytes,
          ...answer,
          ...(latency === undefined ? {} : { latency }),
        });
      }
    } finally {
      proxy.stop();
      await engine.stop();
    }
  }
  return costs;
}

async function latenciesOf(
  endpoint: string,
  environment: Readonly<Record<string, string>>,
  repetitions: Repetitions,
): Promise<Record<string, QueryLatency> | undefined> {
  if (repetitions.warm === 0 || repetitions.cold === 0) return undefined;
  const place = {
    environment: { ...environment, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    timeMs: START_MS + MINUTE_MS,
  };
  return measureLatencies(QUESTIONS, place, repetitions);
}

/** An hour at a time, as devices with hourly batches would send it. */
async function fill(
  { siteDevices, historyDays }: QueryFleet,
  environment: Record<string, string>,
): Promise<void> {
  const process = await loadBundle<KinesisStreamEvent, KinesisStreamBatchResponse>('process-fn', environment);
  let sequence = 0;
  for (let hourMs = START_MS - historyDays * DAY_MS; hourMs < START_MS; hourMs += HOUR_MS) {
    const devices = hourMs < START_MS - DAY_MS ? 1 : siteDevices;
    const dense = hourMs >= START_MS - 31 * DAY_MS;
    const readings = readingsAt({ devices, metrics: METRICS }, hourMs, 60).filter(
      ({ timestamp }: EnvelopeReading) => dense || Math.floor(timestamp / MINUTE_MS) % 10 === 0,
    );
    const atMs = hourMs + HOUR_MS;
    setTime(atMs);
    const records = packEnvelopes(
      readings,
      { receivedAt: atMs, requestId: `request-${atMs}` },
      DEVICE_GROUPS.fallback,
    ).map(({ partitionKey, data }) => ({ partitionKey, data, sequence: (sequence += 1) }));
    const { batchItemFailures } = await process(eventOf({ atMs, records }), LAMBDA_CONTEXT);
    if (batchItemFailures.length > 0)
      throw new Error(`${batchItemFailures.length} records were not processed`);
  }
}

async function register({ siteDevices }: QueryFleet, api: Api): Promise<void> {
  for (let device = 0; device < siteDevices; device += 1) {
    const path = { deviceId: `device-${device}` };
    await callApi('PUT', { resource: '/v1/devices/{deviceId}', path }, api, JSON.stringify({ siteId: SITE }));
  }
}
