import { gatewayResponses } from './gateway-responses.js';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html (REST APIs) */
const types = [
  'ACCESS_DENIED',
  'API_CONFIGURATION_ERROR',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'BAD_REQUEST_BODY',
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'EXPIRED_TOKEN',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'INVALID_API_KEY',
  'INVALID_SIGNATURE',
  'MISSING_AUTHENTICATION_TOKEN',
  'QUOTA_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'RESOURCE_NOT_FOUND',
  'THROTTLED',
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
];

describe('gatewayResponses', () => {
  const responses = gatewayResponses({});

  it('covers every type of response', () => {
    expect(Object.keys(responses).sort()).toEqual(types);
  });

  it.each(types)('answers %s with one problem, whose status is the response status', (type) => {
    const { statusCode = '', responseTemplates = {} } = responses[type] ?? {};
    expect(Object.keys(responseTemplates)).toEqual(['application/problem+json']);
    const problem = JSON.parse(responseTemplates['application/problem+json'] ?? '') as Record<
      string,
      unknown
    >;
    expect(problem).toEqual({
      type: `https://weir.dev/problems/${String(problem['code'])}`,
      title: expect.stringMatching(/^[A-Z].*[^.]$/) as unknown,
      status: Number(statusCode),
      code: expect.stringMatching(/^[a-z_]+$/) as unknown,
      requestId: '$context.requestId',
    });
  });

  it.each([
    ['MISSING_AUTHENTICATION_TOKEN', '404', 'not_found'],
    ['UNAUTHORIZED', '401', 'unauthorized'],
    ['ACCESS_DENIED', '403', 'forbidden'],
    ['THROTTLED', '429', 'too_many_requests'],
    ['QUOTA_EXCEEDED', '429', 'too_many_requests'],
    ['REQUEST_TOO_LARGE', '413', 'payload_too_large'],
    ['UNSUPPORTED_MEDIA_TYPE', '415', 'unsupported_media_type'],
    ['BAD_REQUEST_BODY', '400', 'bad_request'],
    ['INTEGRATION_TIMEOUT', '504', 'integration_timeout'],
    ['DEFAULT_5XX', '500', 'internal_error'],
  ])('calls %s %s %s', (type, status, code) => {
    expect(responses[type]?.statusCode).toBe(status);
    expect(responses[type]?.responseTemplates['application/problem+json']).toContain(`"code":"${code}"`);
  });

  it('says how to authenticate and when to come back', () => {
    expect(responses['UNAUTHORIZED']?.responseParameters).toEqual({
      'gatewayresponse.header.WWW-Authenticate': "'Bearer'",
    });
    for (const type of ['THROTTLED', 'QUOTA_EXCEEDED', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT']) {
      expect(responses[type]?.responseParameters).toEqual({ 'gatewayresponse.header.Retry-After': "'1'" });
    }
  });

  it('lets web pages of an allowed origin see every problem', () => {
    for (const response of Object.values(gatewayResponses({ allowOrigin: '*' }))) {
      expect(response.responseParameters).toMatchObject({
        'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
        'gatewayresponse.header.Access-Control-Expose-Headers': "'Retry-After,WWW-Authenticate'",
      });
    }
  });
});
