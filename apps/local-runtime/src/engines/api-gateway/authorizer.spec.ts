/**
 * Lambda authorizers of a REST API.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import { evaluatePolicy } from './authorizer-policy.js';
import {
  functionUri,
  invokeResult,
  proxyTo,
  startTestApi,
  type FakeFunctions,
  type TestApi,
} from './testing/rest-api-fixture.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let api: TestApi | undefined;

afterEach(async () => {
  await api?.close();
  api = undefined;
});

const anyMethod = 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/*/*';

function policy(effect: string, resource: unknown = anyMethod): object {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }],
  };
}

interface Setup {
  readonly authorizer?: Record<string, unknown>;
  readonly auth: FakeFunctions[string];
  readonly gatewayResponses?: Record<string, unknown>;
}

async function start({
  authorizer = {},
  auth,
  gatewayResponses = {},
}: Setup): Promise<TestApi & { asked: Record<string, unknown>[] }> {
  const asked: Record<string, unknown>[] = [];
  api = await startTestApi(
    {
      components: {
        securitySchemes: {
          bearer: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            'x-amazon-apigateway-authtype': 'custom',
            'x-amazon-apigateway-authorizer': {
              type: 'token',
              authorizerUri: functionUri('auth'),
              ...authorizer,
            },
          },
        },
      },
      security: [{ bearer: [] }],
      paths: {
        '/a/{id}': { get: proxyTo('echo'), delete: proxyTo('echo') },
        '/open': { get: proxyTo('echo', { security: [] }) },
      },
      'x-amazon-apigateway-gateway-responses': gatewayResponses,
    },
    {
      auth: (event, traceHeader) => {
        asked.push(event);
        return auth(event, traceHeader);
      },
      echo: (event) => ({
        statusCode: 200,
        body: JSON.stringify((event['requestContext'] as Record<string, unknown>)['authorizer'] ?? null),
      }),
    },
  );
  return { ...api, asked };
}

const withToken = { headers: { authorization: 'Bearer t' } };

describe('a token authorizer', () => {
  it('gets the token and the method, and its context reaches the function as text', async () => {
    const { call, asked } = await start({
      auth: () => ({
        principalId: 'me',
        policyDocument: policy('Allow'),
        context: { scope: 'read', n: 1, flag: true },
      }),
    });
    const response = await call('GET', '/a/x%20y?q=1', withToken);
    expect(response.json()).toEqual({
      principalId: 'me',
      scope: 'read',
      n: '1',
      flag: 'true',
      integrationLatency: expect.any(Number),
    });
    expect(asked).toEqual([
      {
        type: 'TOKEN',
        methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/a/x%20y',
        authorizationToken: 'Bearer t',
      },
    ]);
  });

  it('is not asked where the method has no security', async () => {
    const { call, asked } = await start({ auth: () => policy('Deny') });
    expect((await call('GET', '/open')).text).toBe('null');
    expect(asked).toEqual([]);
  });

  it('is not asked without a token, or with one that does not match its expression', async () => {
    const { call, asked } = await start({
      authorizer: { identityValidationExpression: 'Bearer [a-z]+' },
      auth: () => ({ principalId: 'me', policyDocument: policy('Allow') }),
    });
    const refused: Record<string, string>[] = [
      {},
      { Authorization: '' },
      { Authorization: 'Bearer 123' },
      { Authorization: 'xBearer a' },
    ];
    for (const headers of refused) {
      const response = await call('GET', '/a/1', { headers });
      expect(response.status).toBe(401);
      expect(response.json()).toEqual({ message: 'Unauthorized' });
      expect(response.headers['x-amzn-errortype']).toBe('UnauthorizedException');
    }
    expect(asked).toEqual([]);
    expect((await call('GET', '/a/1', withToken)).status).toBe(200);
  });

  it.each([
    [
      'throws "Unauthorized"',
      invokeResult({ functionError: 'Unhandled', payload: '{"errorMessage":"Unauthorized"}' }),
      401,
      { message: 'Unauthorized' },
    ],
    [
      'throws anything else',
      invokeResult({ functionError: 'Unhandled', payload: '{"errorMessage":"bug"}' }),
      500,
      { message: null },
    ],
    ['is throttled', invokeResult({ statusCode: 429 }), 500, { message: 'Internal server error' }],
    [
      'denies',
      { principalId: 'me', policyDocument: policy('Deny') },
      403,
      { Message: 'User is not authorized to access this resource with an explicit deny' },
    ],
    [
      'allows something else',
      { principalId: 'me', policyDocument: policy('Allow', `${anyMethod}x`) },
      403,
      { Message: 'User is not authorized to access this resource' },
    ],
    ['returns no principal', { policyDocument: policy('Allow') }, 500, { message: null }],
    ['returns no policy', { principalId: 'me' }, 500, { message: null }],
    [
      'returns an object in its context',
      { principalId: 'me', policyDocument: policy('Allow'), context: { a: {} } },
      500,
      { message: null },
    ],
  ])('that %s', async (_, answer, status, body) => {
    const { call } = await start({ auth: () => answer });
    const response = await call('GET', '/a/1', withToken);
    expect([response.status, response.json()]).toEqual([status, body]);
  });

  it('decides in templates of gateway responses, and its context is there once it has allowed', async () => {
    const { call } = await start({
      auth: () => ({ principalId: 'me', policyDocument: policy('Deny') }),
      gatewayResponses: {
        ACCESS_DENIED: {
          statusCode: 403,
          responseTemplates: {
            'application/json': '{"code":"forbidden","detail":$context.error.messageString}',
          },
        },
      },
    });
    expect((await call('GET', '/a/1', withToken)).json()).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('explicit deny'),
    });
  });
});

describe('caching', () => {
  const allowGet = (): object => ({
    principalId: 'me',
    policyDocument: policy('Allow', anyMethod.replace('/*/*', '/GET/*')),
  });

  it('keeps a result for its time and evaluates its policy for every method', async () => {
    const { call, asked, nowMs } = await start({
      authorizer: { authorizerResultTtlInSeconds: 60 },
      auth: allowGet,
    });
    expect((await call('GET', '/a/1', withToken)).status).toBe(200);
    expect((await call('GET', '/a/2', withToken)).status).toBe(200);
    expect((await call('DELETE', '/a/1', withToken)).status).toBe(403);
    expect(asked).toHaveLength(1);
    await call('GET', '/a/1', { headers: { Authorization: 'Bearer other' } });
    expect(asked).toHaveLength(2);
    nowMs.value += 60_001;
    await call('GET', '/a/1', withToken);
    expect(asked).toHaveLength(3);
  });

  it('asks once for callers that come together', async () => {
    const { call, asked } = await start({ auth: allowGet });
    const statuses = await Promise.all(
      [1, 2, 3].map(async (id) => (await call('GET', `/a/${id}`, withToken)).status),
    );
    expect(statuses).toEqual([200, 200, 200]);
    expect(asked).toHaveLength(1);
  });

  it('is off at a time of 0, and failures are never kept', async () => {
    const off = await start({ authorizer: { authorizerResultTtlInSeconds: 0 }, auth: allowGet });
    await off.call('GET', '/a/1', withToken);
    await off.call('GET', '/a/1', withToken);
    expect(off.asked).toHaveLength(2);
    await off.close();
    const failing = await start({ auth: () => invokeResult({ statusCode: 500 }) });
    await failing.call('GET', '/a/1', withToken);
    await failing.call('GET', '/a/1', withToken);
    expect(failing.asked).toHaveLength(2);
  });
});

describe('a request authorizer', () => {
  const authorizer = {
    type: 'request',
    identitySource: 'method.request.header.Authorization, method.request.querystring.tenant',
  };
  const auth = (): object => ({ principalId: 'me', policyDocument: policy('Allow') });

  it('gets the request', async () => {
    const { call, asked } = await start({ authorizer, auth });
    expect((await call('GET', '/a/1?tenant=x', withToken)).status).toBe(200);
    expect(asked[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/a/1',
      resource: '/a/{id}',
      path: '/a/1',
      httpMethod: 'GET',
      headers: { authorization: 'Bearer t' },
      queryStringParameters: { tenant: 'x' },
      pathParameters: { id: '1' },
      stageVariables: null,
      requestContext: { apiId: 'abc123', identity: { sourceIp: '127.0.0.1' } },
    });
    expect(asked[0]).not.toHaveProperty('body');
  });

  it('is not asked when an identity source is missing, and caches by all of them', async () => {
    const { call, asked } = await start({ authorizer, auth });
    expect((await call('GET', '/a/1', withToken)).status).toBe(401);
    await call('GET', '/a/1?tenant=x', withToken);
    await call('GET', '/a/2?tenant=x', withToken);
    await call('GET', '/a/1?tenant=y', withToken);
    expect(asked).toHaveLength(2);
  });

  it('needs an identity source to cache by', async () => {
    await expect(start({ authorizer: { type: 'request' }, auth })).rejects.toThrow(
      /identitySource: is required/,
    );
    await expect(start({ authorizer: { type: 'jwt' }, auth })).rejects.toThrow(/type jwt is not supported/);
  });
});

describe('policies', () => {
  const arn = 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/GET/a/b';
  const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
  it.each([
    [[allow], 'allow'],
    [[allow, { ...allow, Effect: 'Deny', Resource: `${arn.slice(0, -1)}?` }], 'explicitDeny'],
    [
      [{ ...allow, Effect: 'Deny', Resource: ['x', 'arn:aws:execute-api:*:*:*/live/GET/*'] }, allow],
      'explicitDeny',
    ],
    [[{ ...allow, Action: ['execute-api:*'] }], 'allow'],
    [[{ ...allow, Action: 's3:*' }], 'implicitDeny'],
    [[{ ...allow, Resource: arn.replace('GET', 'POST') }], 'implicitDeny'],
    [[{ ...allow, Resource: arn.replaceAll('.', 'x').replace('live', 'l.ve') }], 'implicitDeny'],
    [[{ ...allow, Condition: {} }], undefined],
    [[], undefined],
  ])('%j is %s', (statements, decision) => {
    expect(evaluatePolicy({ Version: '2012-10-17', Statement: statements }, arn)).toBe(decision);
  });
});
