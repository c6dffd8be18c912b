import { packEnvelopes } from '@weir/envelope-stream';
import { enginesHere } from '@weir/dynamo-repo/testing';
import { DEVICE_GROUPS, type EnvelopeReading } from '@weir/telemetry-schema';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
} from 'aws-lambda';
import { loadBundle, type LambdaHandler } from '../bundles.js';
import { FUNCTION_VARIABLES, startProxyProcess } from '../child-process.js';
import { eventOf } from '../kinesis-event.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { requestsOf } from '../metering/meter-reading.js';
import { takeMeter } from '../metering/take-meter.js';
import { HOUR_MS, MINUTE_MS, START_MS, readingsAt } from '../readings.js';
import { setTime } from '../simulated-time.js';

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
export interface QueryCost {
  readonly engine: string;
  readonly query: string;
  readonly requests: number;
  readonly readUnits: number;
  /** Of DynamoDB's answers. */
  readonly storeBytes: number;
  /** Of the function's answer, before compression. */
  readonly answerBytes: number;
  /** Readings, windows or devices that were answered. */
  readonly answered: number;
  /** Pages that it took, at the largest size that the API has. */
  readonly pages: number;
}

interface Question {
  readonly resource: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
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

type Api = LambdaHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

/** Fills a table through process-fn, then asks analytics-fn; both as they are deployed. On each engine that runs here. */
export async function measureQueries(fleet: QueryFleet): Promise<QueryCost[]> {
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
      for (const [query, question] of Object.entries(QUESTIONS)) {
        await takeMeter(proxy.endpoint);
        const answer = await askAll(question, api);
        const meter = await takeMeter(proxy.endpoint);
        const { readUnits, answerBytes: storeBytes } = meter;
        costs.push({ engine: name, query, requests: requestsOf(meter), readUnits, storeBytes, ...answer });
      }
    } finally {
      proxy.stop();
      await engine.stop();
    }
  }
  return costs;
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
    await call('PUT', { resource: '/v1/devices/{deviceId}', path }, api, JSON.stringify({ siteId: SITE }));
  }
}

async function askAll(question: Question, api: Api) {
  let answerBytes = 0;
  let answered = 0;
  let pages = 0;
  let cursor: string | undefined;
  do {
    const query = { ...question.query, ...(cursor === undefined ? {} : { cursor }) };
    const body = await call('GET', { ...question, query }, api);
    const page = JSON.parse(body) as { items?: unknown[]; windows?: unknown[]; nextCursor?: string };
    answerBytes += Buffer.byteLength(body);
    answered += (page.items ?? page.windows ?? [page]).length;
    pages += 1;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { answerBytes, answered, pages };
}

/** @throws Error where the answer is no success */
async function call(httpMethod: string, { resource, path, query = {} }: Question, api: Api, body?: string) {
  const event = {
    resource,
    path: resource,
    httpMethod,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    pathParameters: path ?? null,
    queryStringParameters: query,
    multiValueQueryStringParameters: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, [value]]),
    ),
    body: body ?? null,
    isBase64Encoded: false,
    requestContext: {
      requestId: '00000000-0000-0000-0000-000000000000',
      authorizer: { principalId: 'reader', scope: 'telemetry:read devices:write', exp: '4102444800' },
    },
  } as unknown as APIGatewayProxyEvent;
  const answer = await api(event, LAMBDA_CONTEXT);
  if (answer.statusCode >= 300)
    throw new Error(`${httpMethod} ${resource}: ${answer.statusCode} ${answer.body}`);
  return answer.body;
}
