import { mayAccessDevice, ProblemError, problemOf, type Principal } from '@weir/telemetry-schema';
import type { Observability } from '@weir/observability';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AnswerOf } from './answer.js';
import { principalOf } from './principal.js';

/** One line of the operation table that is generated from a contract. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
}

/** A request that has been matched to its operation and whose token allows it. */
export interface ApiRequest {
  readonly requestId: string;
  readonly principal: Principal;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly path: Readonly<Record<string, string>>;
  /** Every value of every query parameter, in order. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly body: Buffer | undefined;
}

export interface ApiResponse {
  readonly status: number;
  /** Becomes the `Content-Type`, unless the headers have one with parameters. */
  readonly mediaType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/**
 * Exactly one handler for each operation of a contract (`operations` of the types generated from it), each of which answers
 * as the contract allows: a missing handler, an undeclared status or field does not type-check.
 */
export type OperationHandlers<Operations> = {
  readonly [Id in keyof Operations]: (request: ApiRequest) => Promise<AnswerOf<Operations[Id]>>;
};

type Handlers<Table extends readonly Operation[]> = {
  readonly [Id in Table[number]['operationId']]: (request: ApiRequest) => Promise<ApiResponse>;
};

export interface RestHandlerOptions<Table extends readonly Operation[]> {
  readonly operations: Table;
  readonly handlers: Handlers<Table>;
  readonly observability: Observability;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** `Access-Control-Allow-Origin` of an API that browsers use; absent where they do not. */
  readonly allowOrigin?: string;
}

/**
 * Serves a contract's operations behind an API Gateway proxy integration: finds the operation, checks token and scope,
 * and turns whatever a handler throws into a problem. Paths that the gateway does not know never come here; a known path
 * with a method that the contract lacks does, and is answered with 405 and `Allow`, or as a CORS preflight.
 */
export function createRestHandler<const Table extends readonly Operation[]>(
  options: RestHandlerOptions<Table>,
): (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult> {
  const { operations, observability } = options;
  const handlers: Readonly<Record<string, (request: ApiRequest) => Promise<ApiResponse>>> = options.handlers;
  const cors: Record<string, string> =
    options.allowOrigin === undefined ? {} : { 'Access-Control-Allow-Origin': options.allowOrigin };

  async function answer(event: APIGatewayProxyEvent): Promise<ApiResponse> {
    const onPath = operations.filter(({ path }) => path === event.resource);
    if (onPath.length === 0) throw new ProblemError('not_found');
    const operation = onPath.find(({ method }) => method === event.httpMethod);
    const handler = operation && handlers[operation.operationId];
    if (operation === undefined || handler === undefined) return answerOtherMethod(event, onPath);
    const request = requestOf(event, options.clock());
    const missing = operation.scopes.filter((scope) => !request.principal.scopes.has(scope));
    if (missing.length > 0) {
      throw new ProblemError('insufficient_scope', {
        detail: `This operation needs the scope ${missing.join(' ')}.`,
      });
    }
    return handler(request);
  }

  function answerOtherMethod(event: APIGatewayProxyEvent, onPath: readonly Operation[]): ApiResponse {
    const allow = onPath.map(({ method }) => method).join(', ');
    if (event.httpMethod === 'OPTIONS' && options.allowOrigin !== undefined) {
      return {
        status: 204,
        headers: {
          Allow: `${allow}, OPTIONS`,
          'Access-Control-Allow-Methods': allow,
          'Access-Control-Allow-Headers':
            'Authorization, Content-Type, Accept, If-None-Match, X-Amzn-Trace-Id',
          'Access-Control-Max-Age': '3600',
        },
      };
    }
    throw new ProblemError('method_not_allowed', {
      detail: `${event.httpMethod} is not one of ${allow}.`,
      headers: { Allow: allow },
    });
  }

  return async (event) => {
    let response: ApiResponse;
    try {
      response = await answer(event);
    } catch (error) {
      response = problemResponse(error, event.requestContext.requestId, observability);
    }
    return {
      statusCode: response.status,
      headers: {
        ...cors,
        ...exposed(options.allowOrigin),
        ...(response.mediaType === undefined ? {} : { 'Content-Type': response.mediaType }),
        ...response.headers,
      },
      body: response.body ?? '',
    };
  };
}

/** @throws ProblemError `device_not_allowed` where the token is bound to other devices. */
export function requireDevice(principal: Principal, deviceId: string): void {
  if (!mayAccessDevice(principal, deviceId)) throw new ProblemError('device_not_allowed');
}

function requestOf(event: APIGatewayProxyEvent, nowMs: number): ApiRequest {
  const headers = Object.fromEntries(
    Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value ?? '']),
  );
  return {
    requestId: event.requestContext.requestId,
    principal: principalOf(event.requestContext.authorizer, nowMs),
    headers,
    path: definedOf(event.pathParameters),
    query: definedOf(event.multiValueQueryStringParameters),
    body:
      event.body === null ? undefined : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

function definedOf<Value>(record: Readonly<Record<string, Value | undefined>> | null): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(record ?? {}).filter((entry): entry is [string, Value] => entry[1] !== undefined),
  );
}

function problemResponse(error: unknown, requestId: string, { logger }: Observability): ApiResponse {
  if (!(error instanceof ProblemError)) logger.error('The request failed.', error as Error);
  const problem = error instanceof ProblemError ? error : new ProblemError('internal_error');
  const { retryAfterSeconds, headers } = problem.options;
  return {
    status: problem.status,
    mediaType: 'application/problem+json',
    headers: {
      ...(problem.code === 'unauthorized' ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      ...headers,
    },
    body: JSON.stringify(problemOf(problem.code, problem.options, requestId)),
  };
}

function exposed(allowOrigin: string | undefined): Record<string, string> {
  return allowOrigin === undefined
    ? {}
    : { 'Access-Control-Expose-Headers': 'ETag, Link, Retry-After, X-Amzn-Trace-Id, X-Amzn-RequestId' };
}
