import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { underContract } from '@weir/rest-api/testing';
import { CONTRACT, makeEvent } from './testing/api.js';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

let server: Server;
let handler: Handler;
const targets: string[] = [];

/** Speaks DynamoDB's protocol as far as an empty table goes. */
function startStore(): Promise<string> {
  server = createServer(async (request, response) => {
    request.resume();
    targets.push(String(request.headers['x-amz-target']));
    const body = targets.at(-1)?.endsWith('.Query') ? { Items: [], Count: 0 } : {};
    response.writeHead(200, { 'Content-Type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
}

const call = (event: APIGatewayProxyEvent) =>
  handler(event, { awsRequestId: 'r', functionName: 'analytics-fn' } as Context);

beforeAll(async () => {
  Object.assign(process.env, {
    STAGE: 'test',
    TABLE_NAME: 'weir',
    ALLOW_ORIGIN: 'https://dashboard.example',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_ENDPOINT_URL_DYNAMODB: await startStore(),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  });
  handler = underContract(CONTRACT, (await import('./handler.js')).handler);
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('analytics-fn', () => {
  it('answers from DynamoDB, to pages of the allowed origin', async () => {
    const answer = await call(makeEvent('/v1/devices'));
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ items: [] });
    expect(answer.headers?.['Access-Control-Allow-Origin']).toBe('https://dashboard.example');
    expect(targets).toEqual(['DynamoDB_20120810.Query']);
  });

  it('answers 404 for a device that the table does not have', async () => {
    const answer = await call(makeEvent('/v1/devices/{deviceId}', { path: { deviceId: 'boiler-1' } }));
    expect(answer.statusCode).toBe(404);
    expect(answer.headers?.['Content-Type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'device_not_found', requestId: 'request-1' });
  });

  it('answers 405 with what is allowed, and 404 off the contract', async () => {
    const wrongMethod = await call(makeEvent('/v1/devices', { method: 'POST' }));
    expect(wrongMethod).toMatchObject({ statusCode: 405, headers: { Allow: 'GET' } });
    expect((await call(makeEvent('/v2/devices'))).statusCode).toBe(404);
  });
});
