import { createResponseCheck, type ObservedResponse } from './response-check.js';

const problem = {
  type: 'object',
  required: ['code'],
  additionalProperties: false,
  properties: { code: { type: 'string' } },
};
const check = createResponseCheck({
  openapi: '3.0.3',
  paths: {
    '/things/{id}': {
      get: {
        responses: {
          '200': {
            headers: {
              ETag: { $ref: '#/components/headers/ETag' },
              Age: { schema: { type: 'integer', minimum: 0 } },
            },
            content: {
              'application/json': { schema: { $ref: '#/components/schemas/Thing' } },
              'text/csv': { schema: { type: 'string' } },
            },
          },
          '304': {},
          '404': { $ref: '#/components/responses/NotFound' },
        },
      },
    },
  },
  components: {
    headers: { ETag: { required: true, schema: { type: 'string', pattern: '^"' } } },
    responses: {
      NotFound: {
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
    schemas: {
      Problem: problem,
      Thing: {
        type: 'object',
        required: ['size'],
        additionalProperties: false,
        properties: {
          size: { type: 'number', format: 'double' },
          part: { $ref: '#/components/schemas/Thing' },
          at: { type: 'string', format: 'date-time' },
        },
      },
    },
  },
});

function violations(overrides: Partial<ObservedResponse> = {}): string[] {
  return check({
    method: 'GET',
    resource: '/things/{id}',
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', etag: '"a"' },
    body: '{"size":1}',
    ...overrides,
  });
}

const problemHeaders = { 'content-type': 'application/problem+json' };

describe('createResponseCheck', () => {
  it('finds nothing in what the contract allows', () => {
    expect(violations()).toEqual([]);
    expect(
      violations({ headers: { 'content-type': 'text/csv', etag: '"a"', age: '3' }, body: 'a,b' }),
    ).toEqual([]);
    expect(violations({ status: 304, headers: {}, body: '' })).toEqual([]);
    expect(violations({ status: 404, headers: problemHeaders, body: '{"code":"none"}' })).toEqual([]);
  });

  it.each<[string, Partial<ObservedResponse>, string[]]>([
    ['an undeclared status', { status: 500 }, ['status: the contract has no 500 here']],
    [
      'an undeclared field',
      { body: '{"size":1,"more":2}' },
      ['body: must NOT have additional properties (more)'],
    ],
    ['a missing field', { body: '{}' }, ["body: must have required property 'size'"]],
    [
      'a wrong type deep inside',
      { body: '{"size":1,"part":{"size":"1"}}' },
      ['body/part/size: must be number'],
    ],
    ['a wrong format', { body: '{"size":1,"at":"today"}' }, ['body/at: must match format "date-time"']],
    ['what is not JSON', { body: '{' }, [expect.stringMatching(/^body: /)]],
    [
      'an undeclared media type',
      { headers: { 'content-type': 'text/html', etag: '"a"' } },
      ['Content-Type: must be application/json or text/csv, not text/html'],
    ],
    ['no media type', { headers: { etag: '"a"' } }, [expect.stringContaining('not absent')]],
    ['a missing header', { headers: { 'content-type': 'text/csv' } }, ['ETag: is required']],
    [
      'a wrong header',
      { headers: { 'content-type': 'text/csv', etag: '"a"', age: 'old' } },
      ['Age: value must be integer'],
    ],
    ['a body where there is none', { status: 304, headers: {} }, ['body: must be empty']],
  ])('names %s', (_, overrides, expected) => {
    expect(violations(overrides)).toEqual(expected);
  });

  it.each([{ resource: undefined }, { method: 'PUT' }])('lets only a problem answer %p', (request) => {
    const answer = { ...request, status: 404, headers: problemHeaders };
    expect(violations({ ...answer, body: '{"code":"none"}' })).toEqual([]);
    expect(violations({ ...answer, body: '{}' })).toEqual(["body: must have required property 'code'"]);
    expect(violations({ ...request, status: 404 })).toEqual([
      'Content-Type: must be application/problem+json, not application/json',
    ]);
    expect(violations(request)).toEqual(['status: 200 is no answer to what the contract lacks']);
  });

  it('lets a preflight be answered with nothing', () => {
    expect(violations({ method: 'OPTIONS', status: 204, headers: {}, body: '' })).toEqual([]);
    expect(violations({ method: 'OPTIONS', status: 204, headers: {} })).toEqual(['body: must be empty']);
  });

  it('refuses a contract with a reference that leads nowhere', () => {
    const broken = createResponseCheck({
      openapi: '3.0.3',
      paths: { '/a': { get: { responses: { '200': { $ref: '#/components/responses/None' } } } } },
    });
    const response = { method: 'GET', resource: '/a', status: 200, headers: {}, body: '' };
    expect(() => broken(response)).toThrow(
      '#/components/responses/None, to which /paths/~1a/get/responses/200 refers',
    );
  });
});
