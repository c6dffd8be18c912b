/**
 * The segment documents of X-Ray as a JSON schema (draft 7), written down from AWS's description of their fields. Members that
 * the description does not name are allowed, for the SDKs send some; those that it names must be what it says.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */

const text = { type: 'string' };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0 };
/** Seconds since the epoch, with fractions: from 2001 to 2286, so that milliseconds are not taken for seconds. */
const time = { type: 'number', minimum: 1e9, exclusiveMaximum: 1e10 };
const segmentId = { type: 'string', pattern: '^[0-9a-f]{16}$' };
const traceId = { type: 'string', pattern: '^1-[0-9a-f]{8}-[0-9a-f]{24}$' };
/** Letters, numbers and white space of any script, and some signs. */
const name = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  pattern: '^[\\p{L}\\p{N}\\p{Z}_.:/%&#=+\\\\\\-@]+$',
};

const exception = {
  type: 'object',
  required: ['id'],
  properties: {
    id: segmentId,
    message: text,
    type: text,
    remote: flag,
    truncated: count,
    skipped: count,
    cause: segmentId,
    stack: {
      type: 'array',
      items: {
        type: 'object',
        // The SDK for Node.js sends null for a line that it could not tell.
        properties: { path: text, line: { type: ['integer', 'null'] }, label: text },
      },
    },
  },
};

const cause = {
  anyOf: [
    segmentId,
    {
      type: 'object',
      properties: {
        working_directory: text,
        paths: { type: 'array', items: text },
        exceptions: { type: 'array', items: exception },
      },
    },
  ],
};

const http = {
  type: 'object',
  properties: {
    request: {
      type: 'object',
      properties: {
        method: text,
        url: text,
        user_agent: text,
        client_ip: text,
        x_forwarded_for: flag,
        traced: flag,
      },
    },
    response: { type: 'object', properties: { status: count, content_length: count } },
  },
};

const aws = {
  type: 'object',
  properties: {
    account_id: text,
    operation: text,
    region: text,
    request_id: text,
    queue_url: text,
    table_name: text,
    retries: count,
  },
};

/** Searchable: 50 a trace at most, so not more in a document either. */
const annotations = {
  type: 'object',
  maxProperties: 50,
  propertyNames: { pattern: '^[A-Za-z0-9_]{1,500}$' },
  additionalProperties: {
    anyOf: [{ type: 'string', maxLength: 1000 }, { type: 'number' }, { type: 'boolean' }],
  },
};

const metadata = {
  type: 'object',
  propertyNames: { not: { pattern: '^AWS\\.' } },
  additionalProperties: { type: 'object' },
};

/** What segments and subsegments have in common. */
const common = {
  id: segmentId,
  name,
  start_time: time,
  end_time: time,
  in_progress: flag,
  parent_id: segmentId,
  error: flag,
  throttle: flag,
  fault: flag,
  cause,
  http,
  aws,
  annotations,
  metadata,
  subsegments: { type: 'array', items: { $ref: '#/definitions/subsegment' } },
};

/** Either it has ended, or it says that it has not. */
const endedOrNot = [
  { required: ['end_time'] },
  { required: ['in_progress'], properties: { in_progress: { const: true } } },
];

const ofSubsegment = {
  namespace: { enum: ['aws', 'remote'] },
  traced: flag,
  precursor_ids: { type: 'array', items: segmentId },
  sql: { type: 'object', additionalProperties: text },
};

const ofSegment = {
  service: { type: 'object', properties: { version: text } },
  user: { type: 'string', maxLength: 250 },
  origin: { type: 'string', pattern: '^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$' },
  resource_arn: text,
};

export const SEGMENT_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['id', 'name', 'trace_id', 'start_time'],
  properties: { ...common, trace_id: traceId },
  anyOf: endedOrNot,
  // A subsegment that is sent on its own says so, and below what it stands.
  if: { required: ['type'], properties: { type: { const: 'subsegment' } } },
  then: { required: ['parent_id'], properties: ofSubsegment },
  else: { not: { required: ['type'] }, properties: ofSegment },
  definitions: {
    subsegment: {
      type: 'object',
      required: ['id', 'name', 'start_time'],
      properties: { ...common, ...ofSubsegment },
      anyOf: endedOrNot,
    },
  },
};
