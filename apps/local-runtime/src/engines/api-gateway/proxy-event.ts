import type { ApiRequest, NameValue } from './api-request.js';
import { headerOf } from './api-request.js';
import { isBinary, mediaTypeOf } from './media-types.js';
import type { MatchedRoute } from './route-table.js';

/** The parts of the request that proxies and request authorizers both get. */
export interface RequestFields {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly queryStringParameters: Readonly<Record<string, string>> | null;
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null;
  readonly pathParameters: Readonly<Record<string, string>> | null;
  readonly stageVariables: null;
}

/** Of a header or parameter given more than once, the single-value form holds the last value. */
export function requestFields(request: ApiRequest, matched: MatchedRoute): RequestFields {
  const query = request.query.length === 0 ? undefined : request.query;
  const { pathParameters } = matched;
  return {
    resource: matched.route.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: lastValues(request.headers),
    multiValueHeaders: allValues(request.headers),
    queryStringParameters: query === undefined ? null : lastValues(query),
    multiValueQueryStringParameters: query === undefined ? null : allValues(query),
    pathParameters: Object.keys(pathParameters).length === 0 ? null : pathParameters,
    stageVariables: null,
  };
}

/**
 * The event of a Lambda proxy integration, format version 1.0.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function proxyEvent(
  request: ApiRequest,
  matched: MatchedRoute,
  context: Readonly<Record<string, unknown>>,
  binaryMediaTypes: readonly string[],
): object {
  const isBase64Encoded =
    request.body.length > 0 &&
    isBinary(binaryMediaTypes, mediaTypeOf(headerOf(request.headers, 'content-type')));
  return {
    ...requestFields(request, matched),
    requestContext: context,
    body: request.body.length === 0 ? null : request.body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

function lastValues(pairs: readonly NameValue[]): Record<string, string> {
  return Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
}

function allValues(pairs: readonly NameValue[]): Record<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { name, value } of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return Object.fromEntries(all);
}
