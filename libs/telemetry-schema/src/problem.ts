import type { components } from './generated/ingest.v1.js';

/** The body of every error answer (RFC 9457), the gateway's own included. */
export type Problem = components['schemas']['Problem'];
export type FieldError = components['schemas']['FieldError'];
export type RejectionProblem = components['schemas']['RejectionProblem'];

/** Every stable code with its status and title. The gateway's answers use the same ones. */
export const PROBLEMS = {
  malformed_json: { status: 400, title: 'The body is not JSON' },
  invalid_body: { status: 400, title: 'The body is not what the contract asks for' },
  invalid_parameter: { status: 400, title: 'A parameter is invalid' },
  unauthorized: { status: 401, title: 'A valid bearer token is required' },
  insufficient_scope: { status: 403, title: 'The token lacks a scope' },
  device_not_allowed: { status: 403, title: 'The token is not bound to this device' },
  not_found: { status: 404, title: 'There is nothing at this path' },
  device_not_found: { status: 404, title: 'There is no such device' },
  site_not_found: { status: 404, title: 'There is no such site' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  not_acceptable: { status: 406, title: 'The answer cannot be given in an accepted media type' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: "The body's media type is not supported" },
  no_acceptable_reading: { status: 422, title: 'No reading was acceptable' },
  internal_error: { status: 500, title: 'Something failed on our side' },
  not_durable: { status: 503, title: 'Not every reading could be made durable' },
  unavailable: { status: 503, title: 'The store does not answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Seconds after which the client may try again; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown where a request cannot be answered as asked; a transport turns it into its response. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(
    readonly code: ProblemCode,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? PROBLEMS[code].title);
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }
}

/** The RFC 9457 body for a code. At most 100 field errors are listed. */
export function problemOf(
  code: ProblemCode,
  options: ProblemOptions,
  requestId: string | undefined,
): Problem {
  const { status, title } = PROBLEMS[code];
  return {
    type: `https://weir.dev/problems/${code}`,
    title,
    status,
    code,
    ...(options.detail === undefined ? {} : { detail: options.detail }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(options.errors === undefined ? {} : { errors: options.errors.slice(0, 100) }),
  };
}
