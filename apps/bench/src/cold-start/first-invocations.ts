import type { PutItemCommandOutput } from '@aws-sdk/client-dynamodb';
import type {
  APIGatewayAuthorizerResult,
  APIGatewayProxyResult,
  APIGatewayTokenAuthorizerEvent,
  KinesisStreamBatchResponse,
} from 'aws-lambda';
import type { FunctionProject } from '../bundles.js';
import { apiEvent } from '../queries/ask-api.js';
import { HOUR_MS, readingsAt } from '../readings.js';
import { telemetryPost } from '../telemetry-post.js';
import { BATCH_READINGS, BLOCK_MS, deviceBatch, putOf } from '../throughput/device-batch.js';
import { storeReadings } from '../throughput/kernel.js';
import type { Bare } from './bare-client.js';
import type { TokenIssuer } from './token-issuer.js';

/** What a container is asked first. */
export interface Invocation {
  readonly event: unknown;
  isAnswered(answer: unknown): boolean;
}

export const RESOURCES = { stream: 'telemetry', table: 'telemetry' };

const METRICS = 3;

/**
 * What each container of a turn is asked: all are about {@link BATCH_READINGS} readings of one device that sends for the first
 * time.
 */
export function firstInvocations(
  turn: number,
  { jwksUri, token }: TokenIssuer,
): Record<FunctionProject | Bare, Invocation> {
  const name = `turn-${turn}`;
  const deviceId = `${name}-0`;
  // The hour that is not over yet: no block of it can have expired.
  const fromMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const readings = readingsAt({ devices: 1, metrics: METRICS }, fromMs - HOUR_MS, BATCH_READINGS);
  const [record] = deviceBatch(name, METRICS, fromMs).event.Records;
  if (record === undefined) throw new Error('the batch has no record');
  const { partitionKey, data } = record.kinesis;
  const { bytes } = storeReadings(data, undefined, BLOCK_MS);
  return {
    empty: invocation<undefined>(undefined, (answer) => answer === undefined),
    fetch: invocation<{ keys: unknown[] }>(jwksUri, ({ keys }) => keys.length === 1),
    kinesis: invocation<{ FailedRecordCount: number }>(
      {
        StreamName: RESOURCES.stream,
        Records: [{ PartitionKey: partitionKey, Data: Buffer.from(data, 'base64') }],
      },
      ({ FailedRecordCount }) => FailedRecordCount === 0,
    ),
    dynamodb: invocation<PutItemCommandOutput>(
      putOf(RESOURCES.table, `bare-${turn}`, fromMs, bytes),
      ({ $metadata }) => $metadata.httpStatusCode === 200,
    ),
    'authorizer-fn': invocation<APIGatewayAuthorizerResult>(
      {
        type: 'TOKEN',
        authorizationToken: `Bearer ${token}`,
        methodArn: 'arn:aws:execute-api:eu-west-1:000000000000:api/live/POST/v1/telemetry',
      } satisfies APIGatewayTokenAuthorizerEvent,
      ({ policyDocument }) => policyDocument.Statement.every(({ Effect }) => Effect === 'Allow'),
    ),
    'ingest-fn': invocation<APIGatewayProxyResult>(
      telemetryPost(JSON.stringify({ readings })),
      ({ statusCode, body }) =>
        statusCode === 202 && (JSON.parse(body) as { accepted: number }).accepted === BATCH_READINGS,
    ),
    'process-fn': invocation<KinesisStreamBatchResponse>(
      { Records: [record] },
      ({ batchItemFailures }) => batchItemFailures.length === 0,
    ),
    'analytics-fn': invocation<APIGatewayProxyResult>(
      apiEvent('GET', {
        resource: '/v1/devices/{deviceId}/readings',
        path: { deviceId },
        query: {
          from: new Date(fromMs).toISOString(),
          to: new Date(fromMs + HOUR_MS).toISOString(),
          limit: String(BATCH_READINGS),
        },
      }),
      ({ statusCode, body }) =>
        statusCode === 200 && (JSON.parse(body) as { items: unknown[] }).items.length === BATCH_READINGS,
    ),
  };
}

function invocation<Answer>(event: unknown, isAnswered: (answer: Answer) => boolean): Invocation {
  return { event, isAnswered: (answer) => isAnswered(answer as Answer) };
}
