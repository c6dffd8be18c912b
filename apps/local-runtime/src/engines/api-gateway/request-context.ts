import type { Route } from './api-model.js';
import { headerOf, type ApiRequest } from './api-request.js';

/** What the gateway knows of itself. */
export interface ApiIdentity {
  readonly apiId: string;
  readonly name: string;
  readonly stageName: string;
  readonly accountId: string;
  readonly region: string;
}

export interface RequestIds {
  readonly requestId: string;
  readonly extendedRequestId: string;
}

/**
 * The `requestContext` of a proxy event, format version 1.0; also the source of `$context` in response templates.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
 */
export function requestContext(
  api: ApiIdentity,
  request: ApiRequest,
  ids: RequestIds,
  receivedMs: number,
  route: Route | undefined,
): Record<string, unknown> {
  const domainName = (headerOf(request.headers, 'host') ?? '').replace(/:\d+$/, '');
  return {
    ...(route === undefined ? {} : { resourceId: route.resourceId, resourcePath: route.resourcePath }),
    httpMethod: request.method,
    extendedRequestId: ids.extendedRequestId,
    requestTime: requestTime(receivedMs),
    path: request.path,
    accountId: api.accountId,
    protocol: request.protocol,
    stage: api.stageName,
    domainPrefix: domainName.split('.')[0] ?? '',
    requestTimeEpoch: receivedMs,
    requestId: ids.requestId,
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: null,
      apiKeyId: null,
      caller: null,
      clientCert: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.sourceIp,
      user: null,
      userAgent: headerOf(request.headers, 'user-agent') ?? null,
      userArn: null,
    },
    domainName,
    apiId: api.apiId,
  };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Common log format, in UTC: `09/Apr/2015:12:34:56 +0000`. */
export function requestTime(ms: number): string {
  const date = new Date(ms);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${months[date.getUTCMonth()] ?? ''}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
