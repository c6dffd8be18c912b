import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { underContract } from '@weir/rest-api/testing';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

let server: Server;
let handler: Handler;
const received: { requestId: string; readings: unknown[] }[] = [];

/** Speaks Kinesis' protocol as far as PutRecords goes. */
function startStream(): Promise<string> {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { Records } = JSON.parse(Buffer.concat(chunks).toString()) as { Records: { Data: string }[] };
    for (const { Data } of Records)
      received.push(JSON.parse(gunzipSync(Buffer.from(Data, 'base64')).toString()));
    const answer = {
      FailedRecordCount: 0,
      Records: Records.map(() => ({ SequenceNumber: '1', ShardId: 's' })),
    };
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

function post(
  body: unknown,
  authorizer: Record<string, unknown> | undefined = {},
): Promise<APIGatewayProxyResult> {
  const event = {
    resource: '/v1/telemetry',
    httpMethod: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)).toString('base64'),
    isBase64Encoded: true,
    requestContext: {
      requestId: 'request-1',
      authorizer: { principalId: 'p', scope: 'telemetry:write', exp: '4102444800', ...authorizer },
    },
  } as unknown as APIGatewayProxyEvent;
  return handler(event, { awsRequestId: 'r', functionName: 'ingest-fn' } as Context);
}

const reading = (overrides: object = {}) => ({
  deviceId: 'boiler-1',
  timestamp: '2026-01-01T00:00:00Z',
  metrics: { temperature: 1 },
  ...overrides,
});

beforeAll(async () => {
  Object.assign(process.env, {
    STAGE: 'test',
    STREAM_NAME: 'telemetry',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_KINESIS: await startStream(),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  const contract = resolve(__dirname, '../../../openapi/ingest.v1.yaml');
  handler = underContract(contract, (await import('./handler.js')).handler);
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('ingest-fn', () => {
  it('answers 202 with a receipt once the readings are on the stream', async () => {
    const response = await post({ readings: [reading(), reading({ metrics: { temperature: 'hot' } })] });
    expect(response.statusCode).toBe(202);
    expect(JSON.parse(response.body)).toEqual({
      accepted: 1,
      rejected: [
        {
          index: 1,
          code: 'invalid_metric_value',
          detail: '/readings/1/metrics/temperature must be a finite number',
        },
      ],
      requestId: 'request-1',
    });
    expect(received.at(-1)).toMatchObject({
      requestId: 'request-1',
      readings: [{ deviceId: 'boiler-1', timestamp: Date.UTC(2026, 0, 1), metrics: { temperature: 1 } }],
    });
  });

  it('answers 422 when nothing was acceptable, with the reasons', async () => {
    const response = await post({ readings: [reading({ timestamp: 'yesterday' })] });
    expect(response.statusCode).toBe(422);
    expect(response.headers?.['Content-Type']).toBe('application/problem+json');
    expect(JSON.parse(response.body)).toMatchObject({
      code: 'no_acceptable_reading',
      status: 422,
      rejected: [{ index: 0, code: 'invalid_timestamp' }],
    });
  });

  it('answers 403 without the scope, for another device only, and 401 after the token has ended', async () => {
    const body = { readings: [reading()] };
    expect((await post(body, { scope: 'telemetry:read' })).statusCode).toBe(403);
    expect((await post(body, { devices: 'pump-*' })).statusCode).toBe(403);
    expect((await post(body, { devices: '' })).statusCode).toBe(403);
    expect((await post(body, { devices: 'boiler-*' })).statusCode).toBe(202);
    expect((await post(body, { exp: '1000000000' })).statusCode).toBe(401);
    expect((await post(body, { principalId: undefined })).statusCode).toBe(401);
  });
});
