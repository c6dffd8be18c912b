import { contractMethods, readContract, type Contract } from './contract.js';
import { bearerTokenPattern, gatewayBody, type GatewayBodyOptions } from './gateway-body.js';
import { repositoryContracts } from './testing/repository-files.js';

const options: GatewayBodyOptions = {
  apiName: 'weir-test-api',
  integrationUri: 'arn:handler',
  authorizerUri: 'arn:authorizer',
  authorizerCacheSeconds: 300,
};

const contracts = Object.entries(repositoryContracts());

function makeContract(operation: string): Contract {
  return readContract(`
openapi: 3.0.3
info: { title: Things, version: 1.2.3 }
servers: [{ url: 'http://127.0.0.1' }]
paths:
  /v1/things/{id}:
    parameters:
      - $ref: '#/components/parameters/Id'
    get:
      operationId: getThing
${operation}
components:
  securitySchemes:
    oidc: { type: openIdConnect, openIdConnectUrl: 'http://127.0.0.1' }
    key: { type: apiKey, name: x-api-key, in: header }
  parameters:
    Id: { name: id, in: path, required: true, schema: { type: string, pattern: '^[a-z]+$' }, example: a }
  responses:
    Gone: { description: It is gone., content: { text/plain: { schema: { type: string, nullable: true } } } }
`);
}

const secured = "      security: [{ oidc: ['things:read'] }]";

describe.each(contracts)('the gateway body of the %s contract', (_name, contract) => {
  const body = gatewayBody(contract, options);
  const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
    contractMethods.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ path, method, operation }];
    }),
  );

  it('has every operation, with a token asked for and the function behind it', () => {
    expect(operations.length).toBeGreaterThan(0);
    for (const { path, method, operation } of operations) {
      expect(body.paths[path]?.[method]).toMatchObject({
        operationId: operation.operationId,
        security: [{ bearer: [] }],
        'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: 'arn:handler' },
      });
    }
  });

  it('has no operation that the contract has not', () => {
    const found = Object.values(body.paths).flatMap((item) => Object.keys(item));
    expect(found.filter((method) => method !== 'x-amazon-apigateway-any-method')).toHaveLength(
      operations.length,
    );
  });

  it('lets the function answer every other method without a token', () => {
    for (const item of Object.values(body.paths)) {
      const other = item['x-amazon-apigateway-any-method'];
      expect(other).toMatchObject({ 'x-amazon-apigateway-integration': { uri: 'arn:handler' } });
      expect(other).not.toHaveProperty('security');
    }
  });

  it('declares the parameters of every path and operation by name', () => {
    for (const { path, method } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = body.paths[path]?.[method]?.parameters ?? [];
      expect(declared.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
      const keys = declared.map((one) => `${one.in} ${one.name}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('holds nothing that API Gateway imports in part or not at all', () => {
    const text = JSON.stringify(body);
    for (const keyword of [
      '$ref',
      'servers',
      'example',
      'openIdConnect',
      'nullable',
      'oneOf',
      'content',
      'default',
    ]) {
      expect(text).not.toContain(`"${keyword}"`);
    }
  });

  it('answers with problems that the contract knows: same code, same status and title', () => {
    const examples = Object.values(contract.components?.examples ?? {}).map((example) => example.value);
    for (const response of Object.values(body['x-amazon-apigateway-gateway-responses'])) {
      const problem = JSON.parse(response.responseTemplates['application/problem+json'] ?? '') as Problem;
      const example = examples.find((value): value is Problem => (value as Problem).code === problem.code);
      // What no operation is for has no place in a contract.
      if (problem.code === 'not_found') continue;
      expect({ code: problem.code, ...example }).toMatchObject({
        type: problem.type,
        title: problem.title,
        status: problem.status,
      });
    }
  });
});

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
}

describe('gatewayBody', () => {
  it('takes over what the gateway acts on, and only that', () => {
    const contract = makeContract(`${secured}
      summary: Get it
      parameters: [{ name: If-None-Match, in: header, schema: { type: string } }]
      responses:
        '200': { description: Here it is., content: { application/json: { schema: { type: object } } } }
        '410': { $ref: '#/components/responses/Gone' }`);
    expect(gatewayBody(contract, options)).toMatchObject({
      openapi: '3.0.3',
      info: { title: 'weir-test-api', version: '1.2.3' },
      paths: {
        '/v1/things/{id}': {
          get: {
            operationId: 'getThing',
            parameters: [
              { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
              { name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } },
            ],
            responses: { '200': { description: 'Here it is.' }, '410': { description: 'It is gone.' } },
            security: [{ bearer: [] }],
          },
          'x-amazon-apigateway-any-method': {
            parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          },
        },
      },
    });
  });

  it('lets the Lambda authorizer judge the bearer token and keeps its answer', () => {
    const { components } = gatewayBody(repositoryContracts().ingest, options);
    expect(components.securitySchemes).toEqual({
      bearer: {
        type: 'apiKey',
        name: 'Authorization',
        in: 'header',
        'x-amazon-apigateway-authtype': 'custom',
        'x-amazon-apigateway-authorizer': {
          type: 'token',
          authorizerUri: 'arn:authorizer',
          authorizerResultTtlInSeconds: 300,
          identitySource: 'method.request.header.Authorization',
          identityValidationExpression: bearerTokenPattern,
        },
      },
    });
  });

  it.each([
    ['Bearer aGVhZGVy.cGF5-bG9h.c2ln_w', true],
    ['bearer a.b.c', true],
    ['Bearer a.b.', false],
    ['Bearer a.b', false],
    ['Bearer a.b.c.d', false],
    ['Bearer a.b.c, Bearer d.e.f', false],
    ['Basic dXNlcjpwYXNz', false],
    ['a.b.c', false],
    ['', false],
  ])('passes %j to the authorizer: %s', (header, expected) => {
    expect(new RegExp(bearerTokenPattern).test(header)).toBe(expected);
  });

  it('sets binary media types and compression only where they are asked for', () => {
    const { ingest } = repositoryContracts();
    const plain = gatewayBody(ingest, options);
    expect(plain).not.toHaveProperty('x-amazon-apigateway-binary-media-types');
    expect(plain).not.toHaveProperty('x-amazon-apigateway-minimum-compression-size');
    const other = gatewayBody(ingest, {
      ...options,
      binaryMediaTypes: ['application/json'],
      minimumCompressionBytes: 0,
    });
    expect(other['x-amazon-apigateway-binary-media-types']).toEqual(['application/json']);
    expect(other['x-amazon-apigateway-minimum-compression-size']).toBe(0);
  });

  it.each([
    ['no security', "      responses: { '200': { description: x } }"],
    [
      'an open alternative',
      "      security: [{ oidc: [] }, {}]\n      responses: { '200': { description: x } }",
    ],
    ['no requirement', "      security: []\n      responses: { '200': { description: x } }"],
    ['another scheme', "      security: [{ key: [] }]\n      responses: { '200': { description: x } }"],
    ['an unknown scheme', "      security: [{ oauth: [] }]\n      responses: { '200': { description: x } }"],
  ])('refuses an operation with %s', (_case, operation) => {
    expect(() => gatewayBody(makeContract(operation), options)).toThrow(
      'paths./v1/things/{id}.get.security: must name an openIdConnect scheme',
    );
  });

  it.each([
    [
      `${secured}\n      responses: { default: { description: x } }`,
      'getThing.responses.default: API Gateway imports',
    ],
    [
      `${secured}\n      responses: { '410': { $ref: '#/components/responses/Went' } }`,
      '#/components/responses/Went',
    ],
    [`${secured}\n      responses: {}\n    servers: []`, 'paths./v1/things/{id}.servers: is not known'],
  ])('refuses what it cannot put into a gateway', (operation, message) => {
    expect(() => gatewayBody(makeContract(operation), options)).toThrow(message);
  });
});

describe('readContract', () => {
  it('refuses OpenAPI 3.1, which API Gateway does not import', () => {
    expect(() => readContract('openapi: 3.1.0')).toThrow('openapi: must be 3.0.x, not 3.1.0');
    expect(() => readContract('')).toThrow('openapi: must be 3.0.x');
  });
});
