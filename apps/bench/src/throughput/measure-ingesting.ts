import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { loadBundle } from '../bundles.js';
import { LAMBDA_CONTEXT } from '../lambda-context.js';
import { START_MS, readingsAt } from '../readings.js';
import { telemetryPost } from '../telemetry-post.js';
import { cpuByTurns, medianOfTurns, type Turns } from './cpu-turns.js';

/** What ingest-fn takes for a request. Times are CPU time in microseconds, medians. */
export interface IngestingTime {
  readonly devices: number;
  readonly readings: number;
  /** JSON.parse and gzip of the body. */
  readonly floorMicros: number;
  readonly handlerMicros: number;
  readonly handlerToFloor: number;
}

const METRICS = 3;
const READINGS = 500;
const REQUESTS = 10;

/** Measures requests of {@link READINGS} readings, from one device and from many. */
export async function measureIngesting(endpoint: string, turns: Turns): Promise<IngestingTime[]> {
  const handler = await loadBundle<APIGatewayProxyEvent, APIGatewayProxyResult>('ingest-fn', {
    AWS_ENDPOINT_URL_KINESIS: endpoint,
    STREAM_NAME: 'telemetry',
    STAGE: 'bench',
  });
  const measured: IngestingTime[] = [];
  for (const devices of [1, 10, 500]) {
    const readings = readingsAt({ devices, metrics: METRICS }, START_MS, READINGS / devices);
    const body = JSON.stringify({ readings });
    const times = await cpuByTurns(turns, () => ({
      floor: () => {
        for (let request = 0; request < REQUESTS; request += 1) {
          JSON.parse(body);
          gzipSync(body);
        }
      },
      handler: async () => {
        for (let request = 0; request < REQUESTS; request += 1) {
          const { statusCode } = await handler(telemetryPost(body), LAMBDA_CONTEXT);
          if (statusCode !== 202) throw new Error(`ingest-fn answered ${statusCode}`);
        }
      },
    }));
    measured.push({
      devices,
      readings: READINGS,
      floorMicros: medianOfTurns(times, ({ floor }) => floor / REQUESTS),
      handlerMicros: medianOfTurns(times, (turn) => turn.handler / REQUESTS),
      handlerToFloor: medianOfTurns(times, (turn) => turn.handler / turn.floor),
    });
  }
  return measured;
}
