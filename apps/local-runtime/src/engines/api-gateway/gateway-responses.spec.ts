/**
 * Customised gateway responses and request validation.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import { proxyTo, startTestApi, type TestApi } from './testing/rest-api-fixture.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let api: TestApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

async function start(...args: Parameters<typeof startTestApi>): Promise<TestApi> {
  api = await startTestApi(...args);
  return api;
}

const ok = (): object => ({ statusCode: 200, body: 'ok' });
const problem = 'application/problem+json';

describe('gateway responses', () => {
  const gatewayResponses = {
    MISSING_AUTHENTICATION_TOKEN: {
      statusCode: '404',
      responseParameters: {
        'gatewayresponse.header.Content-Type': `'${problem}'`,
        'gatewayresponse.header.X-Static': "'it''s'",
        'gatewayresponse.header.X-Request': 'context.requestId',
        'gatewayresponse.header.X-Origin': 'method.request.header.Origin',
        'gatewayresponse.header.X-Query': 'method.request.querystring.q',
        'gatewayresponse.header.X-None': 'method.request.header.None',
      },
      responseTemplates: {
        'application/json':
          '{"status":404,"detail":$context.error.messageString,"plain":"$context.error.message","type":"$context.error.responseType","requestId":"$context.requestId","origin":"$method.request.header.Origin","none":"$context.unknown","price":"$5"}',
      },
    },
    DEFAULT_4XX: { responseTemplates: { [problem]: '{"code":"$context.error.responseType"}' } },
    DEFAULT_5XX: { statusCode: 503, responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" } },
  };
  const definition = {
    paths: { '/a': { get: proxyTo('broken') } },
    'x-amazon-apigateway-gateway-responses': gatewayResponses,
  };

  it('substitutes status, headers and template', async () => {
    const { call } = await start(definition, {});
    const response = await call('GET', '/nowhere?q=7', { headers: { Origin: 'https://o.example' } });
    expect(response.status).toBe(404);
    expect(response.json()).toEqual({
      status: 404,
      detail: 'Missing Authentication Token',
      plain: 'Missing Authentication Token',
      type: 'MISSING_AUTHENTICATION_TOKEN',
      requestId: response.headers['x-amzn-requestid'],
      origin: 'https://o.example',
      none: '',
      price: '$5',
    });
    expect(response.headers).toMatchObject({
      'content-type': problem,
      'x-static': "it''s",
      'x-request': response.headers['x-amzn-requestid'],
      'x-origin': 'https://o.example',
      'x-query': '7',
    });
    expect(response.headers).not.toHaveProperty('x-none');
  });

  it('falls back to the default of the class, then to AWS', async () => {
    const { call } = await start(
      definition,
      { broken: () => 'malformed' },
      { throttle: { rateLimit: 0, burstLimit: 1 } },
    );
    const broken = await call('GET', '/a');
    expect(broken.status).toBe(503);
    expect(broken.headers['retry-after']).toBe('1');
    expect(broken.json()).toEqual({ message: 'Internal server error' });
    const throttled = await call('GET', '/a');
    expect(throttled.status).toBe(429);
    expect(throttled.headers['content-type']).toBe(problem);
    expect(throttled.json()).toEqual({ code: 'THROTTLED' });
  });
});

describe('request validation', () => {
  const definition = {
    'x-amazon-apigateway-request-validators': {
      all: { validateRequestBody: true, validateRequestParameters: true },
      body: { validateRequestBody: true, validateRequestParameters: false },
    },
    'x-amazon-apigateway-request-validator': 'all',
    'x-amazon-apigateway-gateway-responses': {
      BAD_REQUEST_BODY: {
        responseTemplates: { 'text/plain': '$context.error.message: $context.error.validationErrorString' },
      },
    },
    components: {
      parameters: { Trace: { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string' } } },
      schemas: {
        Reading: {
          type: 'object',
          required: ['deviceId', 'value'],
          additionalProperties: false,
          properties: {
            deviceId: { type: 'string' },
            value: { type: 'number', minimum: 0, exclusiveMinimum: true, nullable: true },
            next: { $ref: '#/components/schemas/Reading' },
          },
        },
      },
    },
    paths: {
      '/search/{id}': {
        parameters: [{ $ref: '#/components/parameters/Trace' }, { name: 'id', in: 'path', required: true }],
        get: proxyTo('ok', {
          parameters: [
            { name: 'from', in: 'query', required: true },
            { name: 'to', in: 'query' },
          ],
        }),
      },
      '/readings': {
        post: proxyTo('ok', {
          requestBody: {
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Reading' } } },
          },
        }),
        put: proxyTo('ok', {
          'x-amazon-apigateway-request-validator': 'body',
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Reading' } },
              },
            },
          },
        }),
      },
    },
  };

  it('wants the required parameters, not blank', async () => {
    const { call } = await start(definition, { ok });
    const missing = await call('GET', '/search/1?from=%20');
    expect(missing.status).toBe(400);
    expect(missing.json()).toEqual({ message: 'Missing required request parameters: [X-Trace, from]' });
    expect((await call('GET', '/search/1?from=1', { headers: { 'x-trace': 't' } })).status).toBe(200);
  });

  it.each([
    ['{"deviceId":"a","value":1}', 200],
    ['{"deviceId":"a","value":null,"next":{"deviceId":"b","value":2}}', 200],
    ['{"deviceId":"a","value":0}', 400],
    ['{"deviceId":"a"}', 400],
    ['{"deviceId":"a","value":1,"x":1}', 400],
    ['{"deviceId":"a","value":1,"next":{"value":1}}', 400],
    ['not json', 400],
    ['', 400],
  ])('checks the body %s', async (body, status) => {
    const { call } = await start(definition, { ok });
    const response = await call('POST', '/readings', {
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect(response.status).toBe(status);
  });

  it('says what is wrong to the template', async () => {
    const { call } = await start(definition, { ok });
    const response = await call('PUT', '/readings', { body: '[{"value":"x"}]' });
    expect(response.text).toMatch(
      /^Invalid request body: \[.*required properties \(\["deviceId"\]\).*allowed: \["number.*\]$/,
    );
  });

  it('does not look at bodies without a model or of a binary type', async () => {
    const first = await start(definition, { ok });
    expect(
      (await first.call('POST', '/readings', { headers: { 'Content-Type': 'text/plain' }, body: '{' }))
        .status,
    ).toBe(200);
    await first.close();
    const binary = await start({ ...definition, 'x-amazon-apigateway-binary-media-types': ['*/*'] }, { ok });
    expect(
      (await binary.call('POST', '/readings', { headers: { 'Content-Type': 'application/json' }, body: '{' }))
        .status,
    ).toBe(200);
  });
});
