import { gzipSync } from 'node:zlib';
import { packEnvelopes } from '@weir/envelope-stream';
import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { loadAsFunction, loadBundle } from '../bundles.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { START_MS, readingsAt } from '../readings.js';
import { telemetryPost } from '../telemetry-post.js';
import type * as BarePutRecords from './bare-put-records.js';
import { cpuByTurns, medianOfTurns, type Turns } from './cpu-turns.js';

/** What ingest-fn takes for a request. Times are CPU time in microseconds, medians. */
export interface IngestingTime {
  readonly devices: number;
  readonly readings: number;
  /** JSON.parse of the body, and gzip of it by zlib's defaults. */
  readonly floorMicros: number;
  /** PutRecords of the same envelopes by the SDK alone, which the floor does not contain. */
  readonly barePutMicros: number;
  readonly handlerMicros: number;
  readonly handlerToFloor: number;
  /** The handler by the floor and the bare put. */
  readonly handlerToFloorAndPut: number;
}

const STREAM = 'telemetry';
const METRICS = 3;
const READINGS = 500;
const REQUESTS = 10;

/** Measures requests of {@link READINGS} readings, from one device and from many. */
export async function measureIngesting(endpoint: string, turns: Turns): Promise<IngestingTime[]> {
  const handler = await loadBundle<APIGatewayProxyEvent, APIGatewayProxyResult>('ingest-fn', {
    AWS_ENDPOINT_URL_KINESIS: endpoint,
    STREAM_NAME: STREAM,
    STAGE: 'bench',
  });
  const { createBarePutRecords } = await loadAsFunction<typeof BarePutRecords>(
    './throughput/bare-put-records.ts',
  );
  const barePut = createBarePutRecords(endpoint, STREAM);
  const measured: IngestingTime[] = [];
  for (const devices of [1, 10, 500]) {
    const readings = readingsAt({ devices, metrics: METRICS }, START_MS, READINGS / devices);
    const body = JSON.stringify({ readings });
    const post = telemetryPost(body);
    const context = { receivedAt: START_MS, requestId: post.requestContext.requestId };
    const envelopes = packEnvelopes(readings, context, DEVICE_GROUPS.fallback);
    const times = await cpuByTurns(turns, () => ({
      floor: () => {
        for (let request = 0; request < REQUESTS; request += 1) {
          JSON.parse(body);
          gzipSync(body);
        }
      },
      barePut: async () => {
        for (let request = 0; request < REQUESTS; request += 1) await barePut(envelopes);
      },
      handler: async () => {
        for (let request = 0; request < REQUESTS; request += 1) {
          const { statusCode } = await handler(post, LAMBDA_CONTEXT);
          if (statusCode !== 202) throw new Error(`ingest-fn answered ${statusCode}`);
        }
      },
    }));
    measured.push({
      devices,
      readings: READINGS,
      floorMicros: medianOfTurns(times, ({ floor }) => floor / REQUESTS),
      barePutMicros: medianOfTurns(times, (turn) => turn.barePut / REQUESTS),
      handlerMicros: medianOfTurns(times, (turn) => turn.handler / REQUESTS),
      handlerToFloor: medianOfTurns(times, (turn) => turn.handler / turn.floor),
      handlerToFloorAndPut: medianOfTurns(times, (turn) => turn.handler / (turn.floor + turn.barePut)),
    });
  }
  return measured;
}
