import type { Bump } from '../bump.js';
import type { JsonObject } from '../document.js';
import {
  bodiless,
  both,
  contract,
  json,
  object,
  operation,
  query,
  receiving,
  sending,
  withOperation,
  withParameters,
} from './fragments.js';

/** Two versions of a contract, and what the guard must say of the step from one to the other. */
export interface Pair {
  readonly name: string;
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly bump: Bump;
  /** The rules that the changes fall under, worst first. */
  readonly rules: readonly string[];
}

const STRING = { type: 'string' };
const ok = { description: 'Done.', content: json({ type: 'object' }) };
const secured = (...security: JsonObject[]) =>
  contract({
    paths: { '/things': { post: operation({ security }) } },
    components: { securitySchemes: { oidc: OIDC, key: KEY } },
  });
const OIDC = {
  type: 'openIdConnect',
  openIdConnectUrl: 'https://issuer.example/.well-known/openid-configuration',
};
const KEY = { type: 'apiKey', in: 'header', name: 'X-Key' };

function pair(
  name: string,
  before: JsonObject,
  after: JsonObject,
  bump: Bump,
  ...rules: readonly string[]
): Pair {
  return { name, before, after, bump, rules };
}

/** A change of a schema that is sent, and the same change where it is received. */
function bothWays(
  name: string,
  before: JsonObject,
  after: JsonObject,
  rule: string,
  request: Bump,
  response: Bump,
): Pair[] {
  return [
    pair(`request: ${name}`, sending(before), sending(after), request, `request-${rule}`),
    pair(`response: ${name}`, receiving(before), receiving(after), response, `response-${rule}`),
  ];
}

const OPERATIONS: readonly Pair[] = [
  pair('nothing changes', contract(), contract(), 'none'),
  pair(
    'a path is added',
    contract(),
    contract({ paths: { '/things': { post: operation() }, '/more': { get: bodiless('getMore') } } }),
    'minor',
    'path-added',
  ),
  pair(
    'a path is removed',
    contract({
      paths: { '/things': { post: operation() }, '/more': { post: operation({ operationId: 'postMore' }) } },
    }),
    contract(),
    'major',
    'path-removed',
  ),
  pair(
    'an operation is added',
    contract(),
    contract({ paths: { '/things': { post: operation(), put: operation({ operationId: 'putThing' }) } } }),
    'minor',
    'operation-added',
  ),
  pair(
    'an operation is removed',
    contract({ paths: { '/things': { post: operation(), put: operation({ operationId: 'putThing' }) } } }),
    contract(),
    'major',
    'operation-removed',
  ),
  pair(
    'an operationId changes',
    contract(),
    withOperation({ operationId: 'createThing' }),
    'major',
    'operation-id-changed',
  ),
  pair('an operation is deprecated', contract(), withOperation({ deprecated: true }), 'minor', 'deprecated'),
  pair(
    'a deprecation is withdrawn',
    withOperation({ deprecated: true }),
    withOperation({ deprecated: false }),
    'patch',
    'deprecation-withdrawn',
  ),
  pair(
    'an optional query parameter is added',
    contract(),
    withParameters(query()),
    'minor',
    'optional-parameter-added',
  ),
  pair(
    'a required query parameter is added',
    contract(),
    withParameters(query({ required: true })),
    'major',
    'required-parameter-added',
  ),
  pair('a parameter is removed', withParameters(query()), contract(), 'major', 'parameter-removed'),
  pair(
    'a parameter becomes required',
    withParameters(query()),
    withParameters(query({ required: true })),
    'major',
    'parameter-became-required',
  ),
  pair(
    'a parameter becomes optional',
    withParameters(query({ required: true })),
    withParameters(query({ required: false })),
    'minor',
    'parameter-became-optional',
  ),
  pair(
    'a parameter moves from the query to a header',
    withParameters(query()),
    withParameters(query({ in: 'header' })),
    'major',
    'parameter-removed',
    'optional-parameter-added',
  ),
  pair(
    'a header parameter changes its case only',
    withParameters(query({ name: 'If-None-Match', in: 'header' })),
    withParameters(query({ name: 'if-none-match', in: 'header' })),
    'none',
  ),
  pair(
    'a parameter moves from the operation to its path',
    withParameters(query()),
    contract({ paths: { '/things': { parameters: [query()], post: operation() } } }),
    'none',
  ),
  pair(
    'the parameters change places',
    withParameters(query(), query({ name: 'cursor' })),
    withParameters(query({ name: 'cursor' }), query()),
    'none',
  ),
  pair(
    'a list in the query is written otherwise',
    withParameters(query({ schema: { type: 'array', items: STRING } })),
    withParameters(query({ schema: { type: 'array', items: STRING }, explode: false })),
    'major',
    'parameter-serialisation-changed',
  ),
  pair(
    'what is the default anyway is said',
    withParameters(query()),
    withParameters(query({ style: 'form', explode: true, required: false, deprecated: false })),
    'none',
  ),
  pair(
    'a required body is added',
    contract({ paths: { '/things': { post: bodiless() } } }),
    contract(),
    'major',
    'required-request-body-added',
  ),
  pair(
    'an optional body is added',
    contract({ paths: { '/things': { post: bodiless() } } }),
    withOperation({ requestBody: { content: json({ type: 'object' }) } }),
    'minor',
    'optional-request-body-added',
  ),
  pair(
    'the body is removed',
    contract(),
    contract({ paths: { '/things': { post: bodiless() } } }),
    'major',
    'request-body-removed',
  ),
  pair(
    'the body becomes required',
    withOperation({ requestBody: { content: json({ type: 'object' }) } }),
    contract(),
    'major',
    'request-body-became-required',
  ),
  pair(
    'the body becomes optional',
    contract(),
    withOperation({ requestBody: { content: json({ type: 'object' }) } }),
    'minor',
    'request-body-became-optional',
  ),
  pair(
    'a media type of the body is added',
    contract(),
    withOperation({
      requestBody: {
        required: true,
        content: { ...json({ type: 'object' }), 'text/csv': { schema: STRING } },
      },
    }),
    'minor',
    'media-type-added',
  ),
  pair(
    'a media type of an answer is removed',
    withOperation({
      responses: {
        '200': { ...ok, content: { ...json({ type: 'object' }), 'text/csv': { schema: STRING } } },
      },
    }),
    contract(),
    'major',
    'media-type-removed',
  ),
];

const RESPONSES: readonly Pair[] = [
  pair(
    'an error is added',
    contract(),
    withOperation({ responses: { '200': ok, '429': { description: 'Too fast.' } } }),
    'minor',
    'error-response-added',
  ),
  pair(
    'another success is added',
    contract(),
    withOperation({ responses: { '200': ok, '202': { description: 'Later.' } } }),
    'major',
    'other-response-added',
  ),
  pair(
    'an answer is removed',
    withOperation({ responses: { '200': ok, '404': { description: 'There is none.' } } }),
    contract(),
    'major',
    'response-removed',
  ),
  pair(
    'a response header is added',
    contract(),
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { schema: STRING } } } } }),
    'minor',
    'response-header-added',
  ),
  pair(
    'a response header is removed',
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { schema: STRING } } } } }),
    contract(),
    'major',
    'response-header-removed',
  ),
  pair(
    'a response header becomes optional',
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { required: true, schema: STRING } } } } }),
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { schema: STRING } } } } }),
    'major',
    'response-header-became-optional',
  ),
  pair(
    'a response header becomes required',
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { schema: STRING } } } } }),
    withOperation({ responses: { '200': { ...ok, headers: { ETag: { required: true, schema: STRING } } } } }),
    'minor',
    'response-header-became-required',
  ),
];

const SECURITY: readonly Pair[] = [
  pair(
    'a scope is added',
    secured({ oidc: ['read'] }),
    secured({ oidc: ['read', 'write'] }),
    'major',
    'security-scope-added',
  ),
  pair(
    'a scope is removed',
    secured({ oidc: ['read', 'write'] }),
    secured({ oidc: ['read'] }),
    'minor',
    'security-scope-removed',
  ),
  pair(
    'an operation that asked for nothing asks for a token',
    secured(),
    secured({ oidc: [] }),
    'major',
    'security-alternative-removed',
    'security-alternative-added',
  ),
  pair(
    'another way in is added',
    secured({ oidc: ['read'] }),
    secured({ oidc: ['read'] }, { key: [] }),
    'minor',
    'security-alternative-added',
  ),
  pair(
    'two schemes are asked for together instead of either',
    secured({ oidc: [] }, { key: [] }),
    secured({ oidc: [], key: [] }),
    'major',
    'security-alternative-removed',
    'security-alternative-removed',
    'security-alternative-added',
  ),
  pair(
    'the same security for the whole contract instead of one operation',
    contract({
      paths: { '/things': { post: operation({ security: [{ oidc: ['read'] }] }) } },
      components: { securitySchemes: { oidc: OIDC } },
    }),
    contract({ security: [{ oidc: ['read'] }], components: { securitySchemes: { oidc: OIDC } } }),
    'none',
  ),
  pair(
    'a security scheme changes',
    contract({ components: { securitySchemes: { key: KEY } } }),
    contract({ components: { securitySchemes: { key: { ...KEY, name: 'X-Other' } } } }),
    'major',
    'security-scheme-changed',
  ),
  pair(
    'a security scheme is added that nothing asks for',
    contract({ components: { securitySchemes: { key: KEY } } }),
    contract({ components: { securitySchemes: { key: KEY, oidc: OIDC } } }),
    'minor',
    'security-scheme-added',
  ),
  pair(
    'the first security scheme is added',
    contract(),
    contract({ components: { securitySchemes: { key: KEY } } }),
    'minor',
    'security-scheme-added',
  ),
  pair(
    'the last security scheme is removed, and all components with it',
    contract({ components: { securitySchemes: { key: KEY } } }),
    contract(),
    'major',
    'security-scheme-removed',
  ),
  pair(
    'a security scheme is removed',
    contract({ components: { securitySchemes: { key: KEY, oidc: OIDC } } }),
    contract({ components: { securitySchemes: { key: KEY } } }),
    'major',
    'security-scheme-removed',
  ),
];

const SCHEMAS: readonly Pair[] = [
  ...bothWays(
    'an optional property is added',
    object({ a: STRING }),
    object({ a: STRING, b: STRING }),
    'property-added',
    'minor',
    'minor',
  ),
  ...bothWays(
    'an optional property is removed',
    object({ a: STRING, b: STRING }),
    object({ a: STRING }),
    'property-removed',
    'major',
    'major',
  ),
  pair(
    'request: a required property is added',
    sending(object({ a: STRING })),
    sending(object({ a: STRING, b: STRING }, { required: ['b'] })),
    'major',
    'request-property-became-required',
    'request-property-added',
  ),
  pair(
    'response: a required property is added',
    receiving(object({ a: STRING })),
    receiving(object({ a: STRING, b: STRING }, { required: ['b'] })),
    'minor',
    'response-property-added',
    'response-property-became-required',
  ),
  pair(
    'response: a required property is removed',
    receiving(object({ a: STRING, b: STRING }, { required: ['b'] })),
    receiving(object({ a: STRING })),
    'major',
    'response-property-removed',
    'response-property-became-optional',
  ),
  ...bothWays(
    'a property becomes required',
    object({ a: STRING }),
    object({ a: STRING }, { required: ['a'] }),
    'property-became-required',
    'major',
    'minor',
  ),
  ...bothWays(
    'a property becomes optional',
    object({ a: STRING }, { required: ['a'] }),
    object({ a: STRING }),
    'property-became-optional',
    'minor',
    'major',
  ),
  ...bothWays(
    'a type changes',
    object({ a: STRING }),
    object({ a: { type: 'boolean' } }),
    'type-changed',
    'major',
    'major',
  ),
  ...bothWays(
    'a number becomes an integer',
    object({ a: { type: 'number' } }),
    object({ a: { type: 'integer' } }),
    'type-narrowed',
    'major',
    'minor',
  ),
  ...bothWays(
    'an integer becomes a number',
    object({ a: { type: 'integer' } }),
    object({ a: { type: 'number' } }),
    'type-widened',
    'minor',
    'major',
  ),
  ...bothWays(
    'null is allowed',
    object({ a: STRING }),
    object({ a: { ...STRING, nullable: true } }),
    'null-allowed',
    'minor',
    'major',
  ),
  ...bothWays(
    'null is forbidden',
    object({ a: { ...STRING, nullable: true } }),
    object({ a: STRING }),
    'null-forbidden',
    'major',
    'minor',
  ),
  ...bothWays(
    'an enum value is added',
    object({ a: { ...STRING, enum: ['x'] } }),
    object({ a: { ...STRING, enum: ['x', 'y'] } }),
    'enum-value-added',
    'minor',
    'major',
  ),
  ...bothWays(
    'an enum value is removed',
    object({ a: { ...STRING, enum: ['x', 'y'] } }),
    object({ a: { ...STRING, enum: ['y'] } }),
    'enum-value-removed',
    'major',
    'minor',
  ),
  ...bothWays(
    'an enum is introduced',
    object({ a: STRING }),
    object({ a: { ...STRING, enum: ['x'] } }),
    'enum-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'an enum is dropped',
    object({ a: { ...STRING, enum: ['x'] } }),
    object({ a: STRING }),
    'enum-dropped',
    'minor',
    'major',
  ),
  ...bothWays(
    'a maximum is lowered',
    object({ a: { type: 'integer', maximum: 10 } }),
    object({ a: { type: 'integer', maximum: 9 } }),
    'upper-limit-lowered',
    'major',
    'minor',
  ),
  ...bothWays(
    'a maximum is raised',
    object({ a: { type: 'integer', maximum: 9 } }),
    object({ a: { type: 'integer', maximum: 10 } }),
    'upper-limit-raised',
    'minor',
    'major',
  ),
  ...bothWays(
    'a minimum length is raised',
    object({ a: { ...STRING, minLength: 1 } }),
    object({ a: { ...STRING, minLength: 2 } }),
    'lower-limit-raised',
    'major',
    'minor',
  ),
  ...bothWays(
    'a minimum is lowered',
    object({ a: { type: 'integer', minimum: 1 } }),
    object({ a: { type: 'integer', minimum: -1 } }),
    'lower-limit-lowered',
    'minor',
    'major',
  ),
  ...bothWays(
    'a number of items is limited',
    { type: 'array', items: STRING },
    { type: 'array', items: STRING, maxItems: 5 },
    'constraint-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'a maximum length is dropped',
    object({ a: { ...STRING, maxLength: 5 } }),
    object({ a: STRING }),
    'constraint-dropped',
    'minor',
    'major',
  ),
  ...bothWays(
    'a pattern is introduced',
    object({ a: STRING }),
    object({ a: { ...STRING, pattern: '^x' } }),
    'constraint-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'a pattern changes',
    object({ a: { ...STRING, pattern: '^x' } }),
    object({ a: { ...STRING, pattern: '^y' } }),
    'constraint-replaced',
    'major',
    'major',
  ),
  ...bothWays(
    'a format is dropped',
    object({ a: { ...STRING, format: 'date-time' } }),
    object({ a: STRING }),
    'constraint-dropped',
    'minor',
    'major',
  ),
  ...bothWays(
    'a format changes',
    object({ a: { ...STRING, format: 'date' } }),
    object({ a: { ...STRING, format: 'date-time' } }),
    'constraint-replaced',
    'major',
    'major',
  ),
  ...bothWays(
    'a maximum becomes exclusive',
    object({ a: { type: 'integer', maximum: 9 } }),
    object({ a: { type: 'integer', maximum: 9, exclusiveMaximum: true } }),
    'constraint-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'items must be unique',
    { type: 'array', items: STRING },
    { type: 'array', items: STRING, uniqueItems: true },
    'constraint-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'multiples become coarser',
    object({ a: { type: 'integer', multipleOf: 2 } }),
    object({ a: { type: 'integer', multipleOf: 4 } }),
    'multiple-coarsened',
    'major',
    'minor',
  ),
  ...bothWays(
    'multiples become finer',
    object({ a: { type: 'integer', multipleOf: 4 } }),
    object({ a: { type: 'integer', multipleOf: 2 } }),
    'multiple-refined',
    'minor',
    'major',
  ),
  ...bothWays(
    'multiples of something else',
    object({ a: { type: 'integer', multipleOf: 2 } }),
    object({ a: { type: 'integer', multipleOf: 3 } }),
    'constraint-replaced',
    'major',
    'major',
  ),
  ...bothWays(
    'further properties are refused',
    object({ a: STRING }),
    object({ a: STRING }, { additionalProperties: false }),
    'additional-properties-closed',
    'major',
    'major',
  ),
  ...bothWays(
    'further properties are allowed',
    object({ a: STRING }, { additionalProperties: false }),
    object({ a: STRING }),
    'additional-properties-opened',
    'minor',
    'minor',
  ),
  ...bothWays(
    'further properties are constrained',
    object({}),
    object({}, { additionalProperties: STRING }),
    'additional-properties-constrained',
    'major',
    'minor',
  ),
  ...bothWays(
    'further properties are freed',
    object({}, { additionalProperties: STRING }),
    object({}),
    'additional-properties-freed',
    'minor',
    'major',
  ),
  ...bothWays(
    'a type is introduced',
    object({ a: {} }),
    object({ a: STRING }),
    'type-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'a type is dropped',
    object({ a: { type: 'object' } }),
    object({ a: {} }),
    'type-dropped',
    'minor',
    'major',
  ),
  ...bothWays(
    'alternatives are introduced',
    object({ a: {} }),
    object({ a: { anyOf: [STRING] } }),
    'alternatives-introduced',
    'major',
    'minor',
  ),
  ...bothWays(
    'alternatives are dropped',
    object({ a: { oneOf: [STRING] } }),
    object({ a: {} }),
    'alternatives-dropped',
    'minor',
    'major',
  ),
  ...bothWays(
    'an alternative is added',
    { oneOf: [STRING] },
    { oneOf: [{ type: 'integer' }, STRING] },
    'alternative-added',
    'minor',
    'major',
  ),
  ...bothWays(
    'an alternative is removed',
    { anyOf: [STRING, { type: 'integer' }] },
    { anyOf: [{ type: 'integer' }] },
    'alternative-removed',
    'major',
    'minor',
  ),
  ...bothWays(
    'a part of a composition is added',
    { allOf: [object({ a: STRING }), object({ b: STRING }, { title: 'B' })] },
    {
      allOf: [
        object({ a: STRING }),
        object({ b: STRING }, { title: 'B' }),
        object({ c: STRING }, { title: 'C' }),
      ],
    },
    'composition-changed',
    'major',
    'major',
  ),
  ...bothWays(
    'a default changes',
    object({ a: { type: 'integer', default: 1 } }),
    object({ a: { type: 'integer', default: 2 } }),
    'default-changed',
    'major',
    'patch',
  ),
  ...bothWays(
    'a property deep inside is removed',
    { type: 'array', items: object({ a: object({ b: STRING }) }) },
    { type: 'array', items: object({ a: object({}) }) },
    'property-removed',
    'major',
    'major',
  ),
];

const NODE = (properties: JsonObject) =>
  object({ ...properties, next: { $ref: '#/components/schemas/Thing' } });

const SHARED: readonly Pair[] = [
  pair(
    'a schema of both directions: an enum value is added, which the receivers decide',
    both({ ...STRING, enum: ['x'] }),
    both({ ...STRING, enum: ['x', 'y'] }),
    'major',
    'response-enum-value-added',
  ),
  pair(
    'a schema of both directions: a limit is lowered, which the senders decide',
    both({ ...STRING, maxLength: 9 }),
    both({ ...STRING, maxLength: 8 }),
    'major',
    'request-upper-limit-lowered',
  ),
  pair(
    'a schema of both directions: an optional property is added',
    both(object({ a: STRING })),
    both(object({ a: STRING, b: STRING })),
    'minor',
    'request-property-added',
  ),
  pair('a recursive schema stays', both(NODE({ a: STRING })), both(NODE({ a: STRING })), 'none'),
  pair(
    'a recursive schema loses a property',
    both(NODE({ a: STRING, b: STRING })),
    both(NODE({ a: STRING })),
    'major',
    'request-property-removed',
  ),
  pair(
    'a schema moves into a component',
    sending(object({ a: STRING })),
    contract({
      paths: {
        '/things': {
          post: operation({
            requestBody: { required: true, content: json({ $ref: '#/components/schemas/Thing' }) },
          }),
        },
      },
      components: { schemas: { Thing: object({ a: STRING }) } },
    }),
    'patch',
    'component-renamed',
  ),
  pair(
    'a component is renamed',
    contract({
      paths: {
        '/things': {
          post: operation({
            requestBody: { required: true, content: json({ $ref: '#/components/schemas/A' }) },
          }),
        },
      },
      components: { schemas: { A: STRING } },
    }),
    contract({
      paths: {
        '/things': {
          post: operation({
            requestBody: { required: true, content: json({ $ref: '#/components/schemas/B' }) },
          }),
        },
      },
      components: { schemas: { B: STRING } },
    }),
    'patch',
    'component-renamed',
    'component-renamed',
  ),
  pair(
    'a component changes that nothing uses',
    contract({ components: { schemas: { Unused: STRING } } }),
    contract({ components: { schemas: { Unused: { type: 'integer' } } } }),
    'patch',
    'component-renamed',
  ),
  pair(
    'a reference is annotated by a composition of one',
    both({ $ref: '#/components/schemas/Other' }, { Other: object({ a: STRING }) }),
    both({ allOf: [{ $ref: '#/components/schemas/Other' }] }, { Other: object({ a: STRING }) }),
    'none',
  ),
  pair(
    'a property has the name of a keyword',
    receiving(object({ maximum: STRING, required: STRING })),
    receiving(object({ required: STRING })),
    'major',
    'response-property-removed',
  ),
  pair(
    'a property called description is added',
    receiving(object({})),
    receiving(object({ description: STRING })),
    'minor',
    'response-property-added',
  ),
];

const DOCUMENT: readonly Pair[] = [
  pair(
    'descriptions, summaries and examples change',
    withOperation({
      summary: 'Post.',
      responses: {
        '200': { ...ok, content: { 'application/json': { schema: { type: 'object' }, example: 1 } } },
      },
    }),
    withOperation({
      summary: 'Post a thing.',
      description: 'Well.',
      responses: {
        '200': {
          description: 'All done.',
          content: { 'application/json': { schema: { type: 'object', title: 'T' }, example: 2 } },
        },
      },
    }),
    'patch',
    'text-changed',
    'text-changed',
    'text-changed',
    'text-changed',
    'text-changed',
  ),
  pair(
    'the version of the document changes',
    contract(),
    contract({ info: { title: 'Test', version: '1.0.1' } }),
    'patch',
    'info-changed',
  ),
  pair('tags are added', contract(), contract({ tags: [{ name: 'things' }] }), 'patch', 'tags-changed'),
  pair(
    'an operation gets a tag',
    contract(),
    withOperation({ tags: ['things'] }),
    'patch',
    'operation-tags-changed',
  ),
  pair(
    'a server is added',
    contract({ servers: [{ url: 'https://a.example' }] }),
    contract({ servers: [{ url: 'https://b.example' }, { url: 'https://a.example' }] }),
    'minor',
    'server-added',
  ),
  pair(
    'the first server is named',
    contract(),
    contract({ servers: [{ url: 'https://a.example' }] }),
    'minor',
    'server-added',
  ),
  pair(
    'a server is removed',
    contract({ servers: [{ url: 'https://b.example' }, { url: 'https://a.example' }] }),
    contract({ servers: [{ url: 'https://a.example' }] }),
    'major',
    'server-removed',
  ),
  pair(
    'an extension that no rule knows',
    contract(),
    withOperation({ 'x-weir-rate': 10 }),
    'major',
    'unknown',
  ),
  pair(
    'a keyword that no rule knows',
    sending(object({ a: STRING })),
    sending(object({ a: { ...STRING, not: { enum: ['x'] } } })),
    'major',
    'unknown',
  ),
  pair(
    'what a schema excludes changes in a component',
    both({ not: { $ref: '#/components/schemas/Other' } }, { Other: STRING }),
    both({ not: { $ref: '#/components/schemas/Other' } }, { Other: { ...STRING, maxLength: 3 } }),
    'major',
    'unknown',
  ),
];

export const PAIRS: readonly Pair[] = [
  ...OPERATIONS,
  ...RESPONSES,
  ...SECURITY,
  ...SCHEMAS,
  ...SHARED,
  ...DOCUMENT,
];
