/**
 * The responses that the gateway gives by itself, with the status, `x-amzn-ErrorType` and message that AWS gives them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const defaults = {
  ACCESS_DENIED: [403, 'AccessDeniedException', 'User is not authorized to access this resource'],
  API_CONFIGURATION_ERROR: [500, 'InternalServerErrorException', 'Internal server error'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'AuthorizerConfigurationException', null],
  AUTHORIZER_FAILURE: [500, 'InternalServerErrorException', 'Internal server error'],
  BAD_REQUEST_BODY: [400, 'BadRequestException', 'Invalid request body'],
  BAD_REQUEST_PARAMETERS: [400, 'BadRequestException', 'Missing required request parameters'],
  INTEGRATION_FAILURE: [504, 'InternalServerErrorException', 'Internal server error'],
  INTEGRATION_TIMEOUT: [504, 'InternalServerErrorException', 'Endpoint request timed out'],
  MISSING_AUTHENTICATION_TOKEN: [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  REQUEST_TOO_LARGE: [413, 'RequestTooLargeException', 'HTTP content length exceeded 10485760 bytes.'],
  RESOURCE_NOT_FOUND: [404, 'NotFoundException', 'Not Found'],
  THROTTLED: [429, 'TooManyRequestsException', 'Too Many Requests'],
  UNAUTHORIZED: [401, 'UnauthorizedException', 'Unauthorized'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'UnsupportedMediaTypeException', 'Unsupported Media Type'],
  DEFAULT_4XX: [400, 'BadRequestException', 'Bad Request'],
  DEFAULT_5XX: [500, 'InternalServerErrorException', 'Internal server error'],
} as const;

export type ResponseType = keyof typeof defaults;

/** Every type that an API may customise, those included that this gateway never answers with. */
export const responseTypes: ReadonlySet<string> = new Set([
  ...Object.keys(defaults),
  'EXPIRED_TOKEN',
  'INVALID_API_KEY',
  'INVALID_SIGNATURE',
  'QUOTA_EXCEEDED',
  'WAF_FILTERED',
]);

export interface FailureDetails {
  /** Replaces the default message of the type. */
  readonly message?: string;
  /** Replaces the default status of the type; a customised response may replace it again. */
  readonly statusCode?: number;
  /** What the body validator found. */
  readonly validationErrorString?: string;
}

/** Ends the processing of a request with a gateway response. */
export class GatewayFailure extends Error {
  readonly statusCode: number;
  readonly errorType: string;
  /** As `$context.error.message` shows it; null for errors that AWS gives no message. */
  readonly responseMessage: string | null;
  readonly validationErrorString: string | undefined;

  constructor(
    readonly responseType: ResponseType,
    details: FailureDetails = {},
  ) {
    const [statusCode, errorType, message] = defaults[responseType];
    super(details.message ?? message ?? responseType);
    this.name = 'GatewayFailure';
    this.statusCode = details.statusCode ?? statusCode;
    this.errorType = errorType;
    this.responseMessage = details.message ?? message;
    this.validationErrorString = details.validationErrorString;
  }
}
