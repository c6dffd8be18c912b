import { createMemoryRepositories, type MemoryRepositories } from '@weir/dynamo-repo';
import { createObservability } from '@weir/observability';
import { createRestHandler } from '@weir/rest-api';
import { underContract } from '@weir/rest-api/testing';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { resolve } from 'node:path';
import { OPERATIONS } from '../generated/analytics.v1.operations.js';
import { createOperations } from '../operations.js';

/** Every answer in this project's tests is held against it. */
export const CONTRACT = resolve(__dirname, '../../../../openapi/analytics.v1.yaml');

/** Sunday; the device histories of the tests lie around it. */
export const NOW_MS = Date.UTC(2026, 10, 1, 12);
export const REGISTRY_CACHE_MS = 60_000;

export interface Call {
  readonly method?: string;
  readonly path?: Readonly<Record<string, string>>;
  /** Values are given once, or as a list several times. */
  readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** The token's `devices` claim, separated by commas. */
  readonly devices?: string;
  readonly scope?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Api {
  readonly repositories: MemoryRepositories;
  /** The API's clock; it stands still unless it is set. */
  nowMs: number;
  readonly call: (resource: string, call?: Call) => Promise<Answer>;
}

export function createApi({ blockMinutes = 10 } = {}): Api {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  const observability = createObservability('analytics-fn', 'test');
  const clock = () => api.nowMs;
  const repositories = createMemoryRepositories({ blockMinutes, clock });
  const blockMs = blockMinutes * 60_000;
  const ports = { repositories, clock, blockMs, registryCacheMs: REGISTRY_CACHE_MS, observability };
  const serve = underContract(
    CONTRACT,
    createRestHandler({
      operations: OPERATIONS,
      handlers: createOperations(ports),
      observability,
      clock,
      allowOrigin: '*',
    }),
  );
  const api: Api = {
    repositories,
    nowMs: NOW_MS,
    async call(resource, call = {}) {
      const result = await serve(makeEvent(resource, call));
      return {
        status: result.statusCode,
        headers: result.headers as Record<string, string>,
        text: result.body,
        get json() {
          return JSON.parse(result.body) as Record<string, unknown>;
        },
      };
    },
  };
  return api;
}

export function makeEvent(resource: string, call: Call = {}): APIGatewayProxyEvent {
  const { method = 'GET', path = {}, query = {}, headers = {}, body, devices } = call;
  const scope = call.scope ?? 'telemetry:read devices:write';
  const values = Object.entries(query).map(([name, value]): [string, string[]] => [
    name,
    typeof value === 'object' ? [...value] : [String(value)],
  ]);
  return {
    resource,
    path: resource,
    httpMethod: method,
    headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    multiValueHeaders: {},
    pathParameters: { ...path },
    queryStringParameters: null,
    multiValueQueryStringParameters: Object.fromEntries(values),
    stageVariables: null,
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'request-1',
      authorizer: {
        principalId: 'tester',
        scope,
        exp: '4102444800',
        ...(devices === undefined ? {} : { devices }),
      },
    } as unknown as APIGatewayProxyEvent['requestContext'],
  };
}

/** The field errors of a problem, as `field: reason`. */
export function errorsOf(answer: Answer): string[] {
  const errors = (answer.json['errors'] ?? []) as { field: string; reason: string }[];
  return errors.map(({ field, reason }) => `${field}: ${reason}`);
}
