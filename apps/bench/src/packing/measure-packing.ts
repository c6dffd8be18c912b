import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { loadBundle, type LambdaHandler } from '../bundles.js';
import { FUNCTION_VARIABLES } from '../child-process.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { MINUTE_MS, START_MS, readingsAt } from '../readings.js';
import { telemetryPost } from '../telemetry-post.js';
import { startCountingStream, type CountingStream } from './counting-stream.js';
import { aggregateSizes } from './kpl-aggregation.js';
import { payloadOf, type StreamPayload } from './payload.js';

/** The payload of 1,000 readings of three metrics, sent in one way, by each producer. */
export interface PackingOfTraffic {
  readonly traffic: string;
  readonly requests: number;
  readonly readings: number;
  readonly weir: StreamPayload;
  /** A record a reading, its JSON as it is. */
  readonly recordAReading: StreamPayload;
  /** The Kinesis Producer Library in front of one shard, flushed at the end of each request, as a function has to. */
  readonly aggregatedByRequest: StreamPayload;
  /** The same in a process that keeps running and flushes when a record is full. */
  readonly aggregatedForLong: StreamPayload;
}

type Reading = ReturnType<typeof readingsAt>[number];
type Handler = LambdaHandler<APIGatewayProxyEvent, APIGatewayProxyResult>;

const METRICS = 3;

/** Has more device groups in a request than the goal for payload units allows; measured to tell how many. */
export const SMALL_GATEWAY = 'a gateway with a reading of each of 60 devices';

/** What is sent, a request a row. */
const TRAFFICS: Readonly<Record<string, () => Reading[][]>> = {
  'single readings': () =>
    readingsAt({ devices: 1000, metrics: METRICS }, START_MS, 1).map((reading) => [reading]),
  'a device with 60 readings': () =>
    Array.from({ length: 50 }, (_, part) =>
      readingsAt({ devices: 1, metrics: METRICS }, START_MS + part * 60 * MINUTE_MS, 60).map((reading) => ({
        ...reading,
        deviceId: `device-${part}`,
      })),
    ),
  'a gateway with 1,000 readings of one device': () => [
    readingsAt({ devices: 1, metrics: METRICS }, START_MS, 1000),
  ],
  'a gateway with 1,000 readings of 16 devices': () => [
    readingsAt({ devices: 16, metrics: METRICS }, START_MS, 63).slice(0, 1000),
  ],
  'a gateway with 1,000 readings of 100 devices': () => [
    readingsAt({ devices: 100, metrics: METRICS }, START_MS, 10),
  ],
  'a gateway with a reading of each of 1,000 devices': () => [
    readingsAt({ devices: 1000, metrics: METRICS }, START_MS, 1),
  ],
  [SMALL_GATEWAY]: () =>
    Array.from({ length: 50 }, (_, minute) =>
      readingsAt({ devices: 60, metrics: METRICS }, START_MS + minute * MINUTE_MS, 1),
    ),
};

/** Sends every traffic through ingest-fn as it is deployed. Sets this process' environment: the function reads it. */
export async function measurePacking(): Promise<PackingOfTraffic[]> {
  const stream = await startCountingStream();
  try {
    const handler = await loadIngest(stream);
    const measured: PackingOfTraffic[] = [];
    for (const [traffic, make] of Object.entries(TRAFFICS)) {
      const requests = make();
      for (const readings of requests) await post(readings, handler);
      const users = requests.map((readings) => readings.map(userRecord));
      measured.push({
        traffic,
        requests: requests.length,
        readings: requests.flat().length,
        weir: payloadOf(stream.take()),
        recordAReading: payloadOf(users.flat().map(({ bytes }) => bytes)),
        aggregatedByRequest: payloadOf(users.flatMap(aggregateSizes)),
        aggregatedForLong: payloadOf(aggregateSizes(users.flat())),
      });
    }
    return measured;
  } finally {
    stream.close();
  }
}

function loadIngest({ endpoint }: CountingStream): Promise<Handler> {
  return loadBundle('ingest-fn', {
    ...FUNCTION_VARIABLES,
    STAGE: 'bench',
    STREAM_NAME: 'telemetry',
    AWS_ENDPOINT_URL_KINESIS: endpoint,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
}

/** @throws Error where the function does not take every reading */
async function post(readings: readonly Reading[], handler: Handler): Promise<void> {
  const { statusCode, body } = await handler(telemetryPost(JSON.stringify({ readings })), LAMBDA_CONTEXT);
  const { accepted } = JSON.parse(body) as { accepted?: number };
  if (statusCode !== 202 || accepted !== readings.length)
    throw new Error(`ingest-fn answered ${statusCode}: ${body}`);
}

function userRecord(reading: Reading) {
  return { partitionKey: reading.deviceId, bytes: Buffer.byteLength(JSON.stringify(reading)) };
}
