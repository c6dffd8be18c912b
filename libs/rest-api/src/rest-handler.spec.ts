import { createObservability } from '@weir/observability';
import { ProblemError } from '@weir/telemetry-schema';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { createRestHandler, json, requireDevice, type ApiRequest, type ApiResponse } from './index.js';

const OPERATIONS = [
  { operationId: 'getThing', method: 'GET', path: '/v1/things/{id}', scopes: ['things:read'] },
  { operationId: 'putThing', method: 'PUT', path: '/v1/things/{id}', scopes: ['things:write'] },
] as const;

const NOW_MS = Date.UTC(2026, 10, 1);

process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';

function makeEvent(overrides: object = {}): APIGatewayProxyEvent {
  return {
    resource: '/v1/things/{id}',
    httpMethod: 'GET',
    headers: { 'X-Colour': 'red' },
    multiValueQueryStringParameters: { tag: ['a', 'b'] },
    pathParameters: { id: 'thing-1' },
    body: null,
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      authorizer: { principalId: 'p', scope: 'things:read other', exp: String(NOW_MS / 1000 + 60) },
    },
    ...overrides,
  } as unknown as APIGatewayProxyEvent;
}

function serve(getThing: (request: ApiRequest) => Promise<ApiResponse>, allowOrigin?: string) {
  return createRestHandler({
    operations: OPERATIONS,
    handlers: { getThing, putThing: async () => json(200, {}) },
    observability: createObservability('rest-api', 'test'),
    clock: () => NOW_MS,
    ...(allowOrigin === undefined ? {} : { allowOrigin }),
  });
}

describe('createRestHandler', () => {
  it('hands the request to its operation and the answer back', async () => {
    const requests: ApiRequest[] = [];
    const handle = serve(async (request) => {
      requests.push(request);
      return json(200, { ok: true }, { ETag: '"1"' });
    });
    const response = await handle(makeEvent({ body: 'aGk=', isBase64Encoded: true }));
    expect(response).toMatchObject({
      statusCode: 200,
      headers: { 'Content-Type': 'application/json', ETag: '"1"' },
      body: '{"ok":true}',
    });
    expect(requests).toMatchObject([
      {
        path: { id: 'thing-1' },
        query: { tag: ['a', 'b'] },
        headers: { 'x-colour': 'red' },
        requestId: 'request-1',
      },
    ]);
    expect(requests[0]?.body?.toString()).toBe('hi');
  });

  it('answers a method that the contract lacks with 405 and Allow', async () => {
    const response = await serve(async () => json(200, {}))(makeEvent({ httpMethod: 'DELETE' }));
    expect(response.statusCode).toBe(405);
    expect(response.headers).toMatchObject({ Allow: 'GET, PUT', 'Content-Type': 'application/problem+json' });
    expect(JSON.parse(response.body)).toMatchObject({ code: 'method_not_allowed', requestId: 'request-1' });
  });

  it('answers a preflight only where browsers are expected', async () => {
    const event = makeEvent({ httpMethod: 'OPTIONS' });
    expect((await serve(async () => json(200, {}))(event)).statusCode).toBe(405);
    const response = await serve(async () => json(200, {}), 'https://app.example')(event);
    expect(response.statusCode).toBe(204);
    expect(response.headers).toMatchObject({
      'Access-Control-Allow-Origin': 'https://app.example',
      'Access-Control-Allow-Methods': 'GET, PUT',
    });
  });

  it('answers 404 for a path that is not in the table', async () => {
    expect((await serve(async () => json(200, {}))(makeEvent({ resource: '/other' }))).statusCode).toBe(404);
  });

  it('demands the scope of the operation and a token that has not ended', async () => {
    const handle = serve(async () => json(200, {}));
    const put = await handle(makeEvent({ httpMethod: 'PUT' }));
    expect(put.statusCode).toBe(403);
    expect(JSON.parse(put.body)).toMatchObject({ detail: 'This operation needs the scope things:write.' });
    const authorizer = { principalId: 'p', scope: 'things:read', exp: String(NOW_MS / 1000) };
    const ended = await handle(makeEvent({ requestContext: { requestId: 'r', authorizer } }));
    expect(ended.statusCode).toBe(401);
    expect(ended.headers).toMatchObject({ 'WWW-Authenticate': 'Bearer' });
    expect((await handle(makeEvent({ requestContext: { requestId: 'r' } }))).statusCode).toBe(401);
  });

  it('turns problems into their status, and everything else into 500 without its message', async () => {
    const failing = (error: Error) => serve(() => Promise.reject(error))(makeEvent());
    const problem = await failing(new ProblemError('unavailable', { retryAfterSeconds: 2 }));
    expect(problem).toMatchObject({ statusCode: 503, headers: { 'Retry-After': '2' } });
    const unexpected = await failing(new Error('password=secret'));
    expect(unexpected.statusCode).toBe(500);
    expect(unexpected.body).not.toContain('secret');
  });

  it('binds a token to its devices', async () => {
    const authorizer = (devices: string) => ({
      principalId: 'p',
      scope: 'things:read',
      exp: '4102444800',
      devices,
    });
    const handle = serve(async ({ principal, path }) => {
      requireDevice(principal, path['id'] ?? '');
      return json(200, {});
    });
    const ask = async (devices: string) =>
      (await handle(makeEvent({ requestContext: { requestId: 'r', authorizer: authorizer(devices) } })))
        .statusCode;
    await expect(Promise.all(['thing-*', 'other-*,thing-1', 'other-*', ''].map(ask))).resolves.toEqual([
      200, 200, 403, 403,
    ]);
  });
});
