import type { Json, JsonObject } from '../document.js';

/**
 * A small but complete contract: one operation that takes a body and answers with one, a schema in each direction, and
 * whatever a test wants to be different.
 */
export function contract(overrides: JsonObject = {}): JsonObject {
  return {
    openapi: '3.0.3',
    info: { title: 'Test', version: '1.0.0' },
    paths: { '/things': { post: operation() } },
    ...overrides,
  };
}

export function operation(overrides: JsonObject = {}): JsonObject {
  return {
    operationId: 'postThing',
    requestBody: { required: true, content: json({ type: 'object' }) },
    responses: { '200': { description: 'Done.', content: json({ type: 'object' }) } },
    ...overrides,
  };
}

/** The operation without a request body. */
export function bodiless(operationId = 'postThing'): JsonObject {
  const { responses } = operation();
  return { operationId, responses: responses as Json };
}

export function json(schema: Json): JsonObject {
  return { 'application/json': { schema } };
}

/** The contract with one operation that is different. */
export function withOperation(overrides: JsonObject): JsonObject {
  return contract({ paths: { '/things': { post: operation(overrides) } } });
}

/** The contract with this schema in the request's body. */
export function sending(schema: Json): JsonObject {
  return withOperation({ requestBody: { required: true, content: json(schema) } });
}

/** The contract with this schema in the answer. */
export function receiving(schema: Json): JsonObject {
  return withOperation({ responses: { '200': { description: 'Done.', content: json(schema) } } });
}

/** The contract with one component schema that is both sent and received. */
export function both(schema: Json, others: JsonObject = {}): JsonObject {
  const thing = { $ref: '#/components/schemas/Thing' };
  return contract({
    paths: {
      '/things': {
        post: operation({
          requestBody: { required: true, content: json(thing) },
          responses: { '200': { description: 'Done.', content: json(thing) } },
        }),
      },
    },
    components: { schemas: { Thing: schema, ...others } },
  });
}

export function withParameters(...parameters: Json[]): JsonObject {
  return withOperation({ parameters });
}

export function query(overrides: JsonObject = {}): JsonObject {
  return { name: 'limit', in: 'query', schema: { type: 'integer' }, ...overrides };
}

export function object(properties: JsonObject, overrides: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...overrides };
}
