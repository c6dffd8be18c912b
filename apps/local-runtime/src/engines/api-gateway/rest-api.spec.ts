/**
 * The request path of an API Gateway REST API with Lambda proxy integrations.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-compression.html
 */
import { deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { createResponseCheck } from '@weir/contract-check';
import {
  call,
  functionUri,
  invokeResult,
  proxyTo,
  startTestApi,
  type TestApi,
} from './testing/rest-api-fixture.js';
import { startRestApi } from './rest-api.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let api: TestApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

type Event = Record<string, never> & Record<string, unknown>;

/** Answers with the event that it got. */
const echo = (event: unknown): object => ({ statusCode: 200, body: JSON.stringify(event) });

async function start(...args: Parameters<typeof startTestApi>): Promise<TestApi> {
  api = await startTestApi(...args);
  return api;
}

describe('routing', () => {
  const paths = {
    '/': { get: proxyTo('root') },
    '/devices': { get: proxyTo('list'), 'x-amazon-apigateway-any-method': proxyTo('any') },
    '/devices/{deviceId}': { get: proxyTo('one') },
    '/devices/special': { get: proxyTo('special') },
    '/devices/{deviceId}/readings': { get: proxyTo('readings') },
    '/files/{proxy+}': { get: proxyTo('files') },
  };
  const names = ['root', 'list', 'any', 'one', 'special', 'readings', 'files'];
  const functions = Object.fromEntries(
    names.map((name) => [
      name,
      (event: Record<string, unknown>) => ({
        statusCode: 200,
        body: JSON.stringify({ name, resource: event['resource'], pathParameters: event['pathParameters'] }),
      }),
    ]),
  );

  it.each([
    ['GET', '/', 'root', '/', null],
    ['GET', '/devices', 'list', '/devices', null],
    ['GET', '/devices/', 'list', '/devices', null],
    ['DELETE', '/devices', 'any', '/devices', null],
    ['GET', '/devices/a%2Fb%20c', 'one', '/devices/{deviceId}', { deviceId: 'a/b c' }],
    ['GET', '/devices/special', 'special', '/devices/special', null],
    ['GET', '/devices/special/readings', 'readings', '/devices/{deviceId}/readings', { deviceId: 'special' }],
    ['GET', '/files/a/b%20c/d.txt', 'files', '/files/{proxy+}', { proxy: 'a/b c/d.txt' }],
  ])('%s %s goes to %s', async (method, path, name, resource, pathParameters) => {
    const { call: send } = await start({ paths }, functions);
    expect((await send(method, path)).json()).toEqual({ name, resource, pathParameters });
  });

  it.each([
    ['GET', '/unknown'],
    ['POST', '/devices/1'],
    ['GET', '/files'],
    ['GET', '/devices/1/other'],
  ])('%s %s has no method', async (method, path) => {
    const { call: send } = await start({ paths }, functions);
    const response = await send(method, path);
    expect(response.status).toBe(403);
    expect(response.json()).toEqual({ message: 'Missing Authentication Token' });
    expect(response.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  });
});

describe('the proxy event', () => {
  it('has the documented shape', async () => {
    const { call: send } = await start({ paths: { '/a/{id}': { post: proxyTo('echo') } } }, { echo });
    const response = await send('POST', '/a/x%20y?q=1&q=2&empty=&s=a+b%26c', {
      headers: {
        'X-Many': ['1', '2'],
        'User-Agent': 'tester',
        'Content-Type': 'application/json',
        Host: 'api.example.org:4001',
      },
      body: '{"a":"ü"}',
    });
    const event = response.json() as Event;
    expect(event).toMatchObject({
      resource: '/a/{id}',
      path: '/a/x%20y',
      httpMethod: 'POST',
      headers: {
        'X-Many': '2',
        'User-Agent': 'tester',
        Host: 'api.example.org:4001',
        'X-Forwarded-For': '127.0.0.1',
      },
      multiValueHeaders: { 'X-Many': ['1', '2'], 'User-Agent': ['tester'] },
      queryStringParameters: { q: '2', empty: '', s: 'a b&c' },
      multiValueQueryStringParameters: { q: ['1', '2'], empty: [''], s: ['a b&c'] },
      pathParameters: { id: 'x y' },
      stageVariables: null,
      body: '{"a":"ü"}',
      isBase64Encoded: false,
      requestContext: {
        accountId: '123456789012',
        apiId: 'abc123',
        stage: 'live',
        path: '/a/x%20y',
        protocol: 'HTTP/1.1',
        httpMethod: 'POST',
        resourcePath: '/a/{id}',
        resourceId: expect.stringMatching(/^[a-z0-9]{6}$/),
        domainName: 'api.example.org',
        domainPrefix: 'api',
        requestTime: '09/Mar/2026:04:05:06 +0000',
        requestTimeEpoch: Date.UTC(2026, 2, 9, 4, 5, 6, 789),
        identity: { sourceIp: '127.0.0.1', userAgent: 'tester', cognitoIdentityId: null },
        requestId: response.headers['x-amzn-requestid'],
        extendedRequestId: response.headers['x-amz-apigw-id'],
      },
    });
    expect(event['headers']).not.toHaveProperty('Connection');
  });

  it('has null for what is absent', async () => {
    const { call: send } = await start({ paths: { '/a': { get: proxyTo('echo') } } }, { echo });
    expect((await send('GET', '/a')).json()).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      body: null,
      isBase64Encoded: false,
    });
  });

  it.each([
    [['image/*'], 'image/png', true],
    [['*/*'], undefined, true],
    [['application/octet-stream'], 'application/octet-stream; x=1', true],
    [['image/*'], 'application/json', false],
  ])('encodes bodies of the binary types %j: %s', async (types, contentType, encoded) => {
    const definition = {
      paths: { '/a': { post: proxyTo('echo') } },
      'x-amazon-apigateway-binary-media-types': types,
    };
    const { call: send } = await start(definition, { echo });
    const body = Buffer.from('{"plain":true}');
    const headers: Record<string, string> = contentType === undefined ? {} : { 'Content-Type': contentType };
    const event = (await send('POST', '/a', { headers, body })).json();
    expect(event).toMatchObject({
      isBase64Encoded: encoded,
      body: body.toString(encoded ? 'base64' : 'utf8'),
    });
  });
});

describe('the proxy response', () => {
  const paths = { '/a': { get: proxyTo('answer') } };

  it('passes status, single and multi-value headers and body', async () => {
    const answer = (): object => ({
      statusCode: 201,
      headers: { 'X-One': 1, 'X-Both': 'single', Date: 'mine' },
      multiValueHeaders: { 'x-both': ['m1', 'm2'], 'Set-Cookie': ['a=1', 'b=2'] },
      body: 'ü',
    });
    const { call: send } = await start({ paths }, { answer });
    const response = await send('GET', '/a');
    expect(response.status).toBe(201);
    expect(response.text).toBe('ü');
    expect(response.headers).toMatchObject({
      'x-one': '1',
      'x-both': 'm1, m2',
      'set-cookie': ['a=1', 'b=2'],
      'content-type': 'application/json',
      'content-length': '2',
      'x-amzn-remapped-date': 'mine',
    });
  });

  it('decodes base64 where the media types are binary, and only there', async () => {
    const answer = (): object => ({
      statusCode: 200,
      headers: { 'Content-Type': 'image/png' },
      isBase64Encoded: true,
      body: Buffer.from([1, 2, 255]).toString('base64'),
    });
    const binary = await start({ paths, 'x-amazon-apigateway-binary-media-types': ['image/*'] }, { answer });
    expect([...(await binary.call('GET', '/a')).body]).toEqual([1, 2, 255]);
    await binary.close();
    const text = await start({ paths }, { answer });
    expect((await text.call('GET', '/a')).text).toBe('AQL/');
  });

  it.each([
    ['a string', 'text'],
    ['no status', { body: 'x' }],
    ['a body that is not text', { statusCode: 200, body: { a: 1 } }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['a header that HTTP does not allow', { statusCode: 200, headers: { 'a b': 'x' } }],
    ['an impossible status', { statusCode: 42 }],
    ['null', null],
  ])('is malformed with %s', async (_, answer) => {
    const { call: send } = await start({ paths }, { answer: () => answer });
    const response = await send('GET', '/a');
    expect(response.status).toBe(502);
    expect(response.json()).toEqual({ message: 'Internal server error' });
  });

  it.each([
    ['fails', invokeResult({ functionError: 'Unhandled', payload: '{"errorMessage":"x"}' }), 502],
    ['is throttled', invokeResult({ statusCode: 429, payload: '{}' }), 500],
  ])('is an error when the function %s', async (_, answer, status) => {
    const { call: send } = await start({ paths }, { answer: () => answer });
    const response = await send('GET', '/a');
    expect(response.status).toBe(status);
    expect(response.json()).toEqual({ message: 'Internal server error' });
    expect(response.headers['x-amzn-errortype']).toBe('InternalServerErrorException');
  });

  it('times out with the integration', async () => {
    const operation = proxyTo('answer');
    const integration = { ...(operation['x-amazon-apigateway-integration'] as object), timeoutInMillis: 50 };
    const { call: send } = await start(
      { paths: { '/a': { get: { ...operation, 'x-amazon-apigateway-integration': integration } } } },
      { answer: () => new Promise(() => undefined) },
    );
    const response = await send('GET', '/a');
    expect(response.status).toBe(504);
    expect(response.json()).toEqual({ message: 'Endpoint request timed out' });
  });

  it('has no body for HEAD', async () => {
    const { call: send } = await start(
      { paths: { '/a': { head: proxyTo('answer') } } },
      { answer: () => ({ statusCode: 200, body: 'abc' }) },
    );
    const response = await send('HEAD', '/a');
    expect(response.text).toBe('');
    expect(response.headers['content-length']).toBe('3');
  });
});

describe('sizes', () => {
  const definition = { paths: { '/a': { post: proxyTo('size') } } };
  const size = (event: Record<string, unknown>): object => ({
    statusCode: 200,
    body: String(String(event['body']).length),
  });

  it('takes what fits into a Lambda invocation, refuses more, and more than 10 MB', async () => {
    const { call: send } = await start(definition, { size });
    expect((await send('POST', '/a', { body: 'x'.repeat(6_000_000) })).text).toBe('6000000');
    expect((await send('POST', '/a', { body: 'x'.repeat(6_291_456) })).status).toBe(413);
    const response = await send('POST', '/a', { body: 'x'.repeat(10_485_761) });
    expect(response.status).toBe(413);
    expect(response.json()).toEqual({ message: 'HTTP content length exceeded 10485760 bytes.' });
  });
});

describe('compression', () => {
  const definition = { paths: { '/a': { post: proxyTo('echo') } } };
  const on = { ...definition, 'x-amazon-apigateway-minimum-compression-size': 100 };

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('inflates %s requests where it is on', async (coding, compress) => {
    const { call: send } = await start(on, { echo });
    const event = (
      await send('POST', '/a', { headers: { 'Content-Encoding': coding }, body: compress('hello') })
    ).json() as Event;
    expect(event['body']).toBe('hello');
    expect(event['headers']).not.toHaveProperty('Content-Encoding');
  });

  it('passes them on where it is off', async () => {
    const { call: send } = await start(
      { ...definition, 'x-amazon-apigateway-binary-media-types': ['*/*'] },
      { echo },
    );
    const body = gzipSync('hello');
    const event = (
      await send('POST', '/a', { headers: { 'Content-Encoding': 'gzip' }, body })
    ).json() as Event;
    expect(gunzipSync(Buffer.from(String(event['body']), 'base64')).toString()).toBe('hello');
    expect(event['headers']).toHaveProperty('Content-Encoding', 'gzip');
  });

  it.each([
    ['gzip', 'not gzip', 415],
    ['br', 'x', 415],
    ['gzip', gzipSync(Buffer.alloc(10_485_761)), 413],
  ])('refuses %s bodies it cannot inflate', async (coding, body, status) => {
    const { call: send } = await start(on, { echo });
    expect((await send('POST', '/a', { headers: { 'Content-Encoding': coding }, body })).status).toBe(status);
  });

  it('compresses responses that are large enough for clients that ask', async () => {
    const answer = (event: Record<string, unknown>): object => ({
      statusCode: 200,
      body: 'y'.repeat(Number(event['body'])),
    });
    const { call: send } = await start(
      { paths: { '/a': { post: proxyTo('answer') } }, 'x-amazon-apigateway-minimum-compression-size': 100 },
      { answer },
    );
    const compressed = await send('POST', '/a', { headers: { 'Accept-Encoding': 'br, gzip' }, body: '100' });
    expect(compressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(compressed.body).toString()).toBe('y'.repeat(100));
    const others = [
      await send('POST', '/a', { headers: { 'Accept-Encoding': 'gzip' }, body: '99' }),
      await send('POST', '/a', { body: '100' }),
      await send('POST', '/a', { headers: { 'Accept-Encoding': '*' }, body: '100' }),
      await send('POST', '/a', { headers: { 'Accept-Encoding': 'gzip;q=0' }, body: '100' }),
    ];
    expect(others.map((response) => response.headers['content-encoding'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('throttling', () => {
  it('empties the burst, then admits at the rate', async () => {
    const { call: send, nowMs } = await start(
      { paths: { '/a': { get: proxyTo('echo') }, '/b': { get: proxyTo('echo') } } },
      { echo },
      {
        throttle: { rateLimit: 2, burstLimit: 2 },
        methodThrottles: { 'GET /b': { rateLimit: 1, burstLimit: 1 } },
      },
    );
    const statuses = async (path: string, count: number): Promise<number[]> => {
      const all: number[] = [];
      for (let index = 0; index < count; index += 1) all.push((await send('GET', path)).status);
      return all;
    };
    expect(await statuses('/a', 3)).toEqual([200, 200, 429]);
    expect(await statuses('/b', 2)).toEqual([200, 429]);
    nowMs.value += 500;
    expect(await statuses('/a', 2)).toEqual([200, 429]);
    expect((await send('GET', '/a')).json()).toEqual({ message: 'Too Many Requests' });
  });
});

describe('tracing', () => {
  const definition = { paths: { '/a': { get: proxyTo('trace') } } };
  const trace = (_: unknown, traceHeader: string): object => ({ statusCode: 200, body: traceHeader });
  const root = '1-5759e988-bd862e3fe1be46a994272793';

  it('starts a trace, sends a segment and hands both on', async () => {
    const { call: send, segments } = await start(definition, { trace }, { tracingEnabled: true });
    const response = await send('GET', '/a');
    expect(response.text).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=1$/);
    expect(response.headers['x-amzn-trace-id']).toBe(response.text);
    expect(segments).toEqual([
      expect.objectContaining({
        name: 'test-api/live',
        origin: 'AWS::ApiGateway::Stage',
        id: /Parent=(\w+)/.exec(response.text)?.[1],
        trace_id: /Root=([\w-]+)/.exec(response.text)?.[1],
        http: expect.objectContaining({ response: { status: 200, content_length: response.body.length } }),
      }),
    ]);
  });

  it('honours the caller', async () => {
    const { call: send, segments } = await start(definition, { trace }, { tracingEnabled: true });
    const sampled = await send('GET', '/a', {
      headers: { 'X-Amzn-Trace-Id': `Root=${root};Parent=53995c3f42cd8ad8;Sampled=1` },
    });
    expect(sampled.text).toMatch(new RegExp(`^Root=${root};Parent=(?!53995c3f42cd8ad8)\\w{16};Sampled=1$`));
    expect(segments).toEqual([expect.objectContaining({ trace_id: root, parent_id: '53995c3f42cd8ad8' })]);
    const refused = `Root=${root};Parent=53995c3f42cd8ad8;Sampled=0`;
    expect((await send('GET', '/a', { headers: { 'X-Amzn-Trace-Id': refused } })).text).toBe(refused);
    expect(segments).toHaveLength(1);
  });

  it('samples at its rate, and is silent where tracing is off', async () => {
    const seldom = await start(definition, { trace }, { tracingEnabled: true, samplingRate: 0.5 });
    expect((await seldom.call('GET', '/a')).text).toMatch(/Sampled=0$/);
    await seldom.close();
    const off = await start(definition, { trace });
    expect((await off.call('GET', '/a')).text).toMatch(/^Root=1-[0-9a-f-]{33}$/);
    expect([...seldom.segments, ...off.segments]).toEqual([]);
  });
});

describe('the access log', () => {
  it('has an entry a request, failed ones included', async () => {
    const { call: send, accessLog } = await start(
      { paths: { '/a/{id}': { get: proxyTo('echo') } } },
      { echo },
    );
    const served = await send('GET', '/a/1');
    await send('GET', '/b');
    expect(accessLog).toEqual([
      expect.objectContaining({
        requestId: served.headers['x-amzn-requestid'],
        status: 200,
        resourcePath: '/a/{id}',
        path: '/a/1',
        responseLength: served.body.length,
        errorMessage: null,
      }),
      expect.objectContaining({
        status: 403,
        resourcePath: null,
        errorResponseType: 'MISSING_AUTHENTICATION_TOKEN',
      }),
    ]);
  });
});

describe('the contract', () => {
  const thing = { content: { 'application/json': { schema: { type: 'object', required: ['size'] } } } };
  const checkResponse = createResponseCheck({
    openapi: '3.0.3',
    paths: { '/a/{id}': { get: { responses: { '200': thing } } } },
    components: { schemas: { Problem: { type: 'object', required: ['code'] } } },
  });

  it('is held against every response, as it is before compression, and changes none', async () => {
    const violations: object[] = [];
    const bodies = ['{"size":1}', '{"width":1}'];
    const { call: send } = await start(
      { paths: { '/a/{id}': { get: proxyTo('thing') } } },
      { thing: () => ({ statusCode: 200, body: bodies.shift() }) },
      {
        minimumCompressionSizeBytes: 0,
        checkResponse,
        onContractViolation: (violation) => violations.push(violation),
      },
    );
    const headers = { 'Accept-Encoding': 'gzip' };
    await send('GET', '/a/1', { headers });
    expect(violations).toEqual([]);
    const wrong = await send('GET', '/a/1', { headers });
    expect(gunzipSync(wrong.body).toString()).toBe('{"width":1}');
    await send('GET', '/b');
    expect(violations).toEqual([
      {
        method: 'GET',
        resource: '/a/{id}',
        statusCode: 200,
        reasons: ["body: must have required property 'size'"],
      },
      {
        method: 'GET',
        resource: '/b',
        statusCode: 403,
        reasons: ['Content-Type: must be application/problem+json, not application/json'],
      },
    ]);
  });

  it('that is broken itself is told, and the client is answered', async () => {
    const violations: { reasons: readonly string[] }[] = [];
    const broken = createResponseCheck({
      openapi: '3.0.3',
      paths: { '/a': { get: { responses: { '200': { $ref: '#/components/responses/None' } } } } },
    });
    const { call: send } = await start(
      { paths: { '/a': { get: proxyTo('echo') } } },
      { echo },
      { checkResponse: broken, onContractViolation: (violation) => violations.push(violation) },
    );
    expect((await send('GET', '/a')).status).toBe(200);
    expect(violations).toMatchObject([{ reasons: [expect.stringMatching(/^contract: #\/components/)] }]);
  });
});

describe('a mock integration', () => {
  it('answers by itself, as CORS preflights need', async () => {
    const options = {
      responses: {},
      'x-amazon-apigateway-integration': {
        type: 'mock',
        requestTemplates: { 'application/json': '{"statusCode":204}' },
        responses: {
          default: {
            statusCode: '204',
            responseParameters: {
              'method.response.header.Access-Control-Allow-Origin': "'*'",
              'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
            },
          },
        },
      },
    };
    const { call: send } = await start({ paths: { '/a': { options } } }, {});
    const response = await send('OPTIONS', '/a');
    expect(response.status).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET,OPTIONS',
    });
  });
});

describe('importing', () => {
  const integration = proxyTo('echo')['x-amazon-apigateway-integration'] as object;
  it.each([
    [{ 'x-amazon-apigateway-policy': {} }, /root: the extension x-amazon-apigateway-policy is not supported/],
    [
      { paths: { '/a': { get: { ...proxyTo('f'), 'x-amazon-apigateway-auth': { type: 'NONE' } } } } },
      /paths → \/a → get: the extension x-amazon-apigateway-auth is/,
    ],
    [
      { paths: { '/a': { get: { responses: {} } } } },
      /paths → \/a → get → x-amazon-apigateway-integration: the method has no integration/,
    ],
    [
      { paths: { '/a': { get: { 'x-amazon-apigateway-integration': { ...integration, type: 'http' } } } } },
      /type http is not supported/,
    ],
    [
      { paths: { '/a': { get: { 'x-amazon-apigateway-integration': { ...integration, tlsConfig: {} } } } } },
      /integration → tlsConfig: this property is not supported/,
    ],
    [
      {
        paths: {
          '/a': { get: { 'x-amazon-apigateway-integration': { ...integration, httpMethod: 'GET' } } },
        },
      },
      /must be POST/,
    ],
    [
      { paths: { '/a': { get: proxyTo('f', { 'x-amazon-apigateway-request-validator': 'none' }) } } },
      /no request validator is named none/,
    ],
    [
      { paths: { '/a': { get: proxyTo('f', { security: [{ missing: [] }] }) } } },
      /securitySchemes → missing: this security scheme is used but not defined/,
    ],
    [
      { 'x-amazon-apigateway-gateway-responses': { NOT_A_TYPE: {} } },
      /NOT_A_TYPE: there is no such gateway response type/,
    ],
    [
      {
        paths: {
          '/a': { get: { 'x-amazon-apigateway-integration': { ...integration, timeoutInMillis: 29_001 } } },
        },
      },
      /timeoutInMillis: .*29000/,
    ],
    [{ openapi: '3.1.0' }, /version 3\.1\.0 is not supported/],
  ])('refuses what it cannot do: %j', async (definition, message) => {
    await expect(start(definition, {})).rejects.toThrow(message);
  });

  it('names functions with a version or a path in their ARN', async () => {
    const arns: string[] = [];
    const { call: send } = await start(
      { paths: { '/a': { get: proxyTo('f:live') } } },
      {},
      {
        invoke: async (functionArn) => {
          arns.push(functionArn);
          return { statusCode: 200, payload: '{"statusCode":200}', requestId: 'r' };
        },
      },
    );
    await send('GET', '/a');
    expect(arns).toEqual(['arn:aws:lambda:eu-west-1:123456789012:function:f:live']);
    expect(functionUri('f')).toContain('/invocations');
  });
});

describe('closing', () => {
  it('waits for running requests and takes no more', async () => {
    let release: (answer: object) => void = () => undefined;
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    const slow = (): Promise<object> => {
      begun();
      return new Promise((resolve) => (release = resolve));
    };
    const { call: send, close, url } = await start({ paths: { '/a': { get: proxyTo('slow') } } }, { slow });
    const response = send('GET', '/a');
    await running;
    const closed = close();
    release({ statusCode: 200, body: 'done' });
    expect((await response).text).toBe('done');
    await closed;
    api = undefined;
    await expect(call(url, 'GET', '/a')).rejects.toThrow(/ECONNREFUSED/);
  });

  it('says which port is taken', async () => {
    const first = await start({ paths: {} }, {});
    const port = Number(new URL(first.url).port);
    await expect(startTestApi({ paths: {} }, {}, { port })).rejects.toThrow(/EADDRINUSE/);
    expect(startRestApi).toBeInstanceOf(Function);
  });
});
