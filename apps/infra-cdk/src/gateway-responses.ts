/** An answer that the gateway gives by itself, without asking a function. */
export interface GatewayResponse {
  readonly statusCode: string;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: Readonly<Record<string, string>>;
}

interface GatewayProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const retryAfter = { 'Retry-After': '1' };

const badRequest: GatewayProblem = {
  status: 400,
  code: 'bad_request',
  title: 'The request cannot be understood',
};
const forbidden: GatewayProblem = {
  status: 403,
  code: 'forbidden',
  title: 'The credentials do not allow this request',
};
const notFound: GatewayProblem = { status: 404, code: 'not_found', title: 'There is no such resource' };
const tooManyRequests: GatewayProblem = {
  status: 429,
  code: 'too_many_requests',
  title: 'Too many requests',
  headers: retryAfter,
};
const internalError: GatewayProblem = {
  status: 500,
  code: 'internal_error',
  title: 'Something failed on our side',
};

/**
 * Every type of gateway response of a REST API. A request to an unknown path is called MISSING_AUTHENTICATION_TOKEN
 * there, because the gateway then looks for a signed AWS request: to everybody else it is a 404.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const problems: Readonly<Record<string, GatewayProblem>> = {
  ACCESS_DENIED: forbidden,
  API_CONFIGURATION_ERROR: internalError,
  AUTHORIZER_CONFIGURATION_ERROR: internalError,
  AUTHORIZER_FAILURE: internalError,
  BAD_REQUEST_BODY: badRequest,
  BAD_REQUEST_PARAMETERS: badRequest,
  DEFAULT_4XX: badRequest,
  DEFAULT_5XX: internalError,
  EXPIRED_TOKEN: forbidden,
  INTEGRATION_FAILURE: {
    status: 503,
    code: 'integration_failure',
    title: 'The service could not be reached',
    headers: retryAfter,
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    code: 'integration_timeout',
    title: 'The service did not answer in time',
    headers: retryAfter,
  },
  INVALID_API_KEY: forbidden,
  INVALID_SIGNATURE: forbidden,
  MISSING_AUTHENTICATION_TOKEN: notFound,
  QUOTA_EXCEEDED: tooManyRequests,
  REQUEST_TOO_LARGE: { status: 413, code: 'payload_too_large', title: 'The body is too large' },
  RESOURCE_NOT_FOUND: notFound,
  THROTTLED: tooManyRequests,
  UNAUTHORIZED: {
    status: 401,
    code: 'unauthorized',
    title: 'A valid bearer token is required',
    headers: { 'WWW-Authenticate': 'Bearer' },
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    title: "The body's media type is not supported",
  },
  // The only rule of the firewall limits the rate of an address.
  WAF_FILTERED: tooManyRequests,
};

/**
 * The gateway's own answers as problem details (RFC 9457) in the shape of the contracts' `Problem`.
 *
 * @param options.allowOrigin value of `Access-Control-Allow-Origin`, for an API that web pages call; without the
 *   header a browser would hide the problem, its status included, from the page.
 */
export function gatewayResponses(options: { allowOrigin?: string }): Record<string, GatewayResponse> {
  const cors: Record<string, string> =
    options.allowOrigin === undefined
      ? {}
      : {
          'Access-Control-Allow-Origin': options.allowOrigin,
          'Access-Control-Expose-Headers': 'Retry-After,WWW-Authenticate',
        };
  return Object.fromEntries(
    Object.entries(problems).map(([type, problem]) => [type, gatewayResponse(problem, cors)]),
  );
}

function gatewayResponse(problem: GatewayProblem, cors: Record<string, string>): GatewayResponse {
  const body = {
    type: `https://weir.dev/problems/${problem.code}`,
    title: problem.title,
    status: problem.status,
    code: problem.code,
    requestId: '$context.requestId',
  };
  const headers = Object.entries({ ...cors, ...problem.headers });
  return {
    statusCode: String(problem.status),
    // A static value stands in single quotes; without them it would be a mapping expression.
    responseParameters: Object.fromEntries(
      headers.map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
    ),
    responseTemplates: { 'application/problem+json': JSON.stringify(body) },
  };
}
