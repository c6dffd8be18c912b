import type { KnownProblemCode } from './generated/problem-codes.js';

/** A code of the contracts, `http_<status>` for an answer that is no problem document, or one that a newer server knows. */
export type ProblemCode = KnownProblemCode | `http_${number}` | (string & {});

/** One field of a request and what is wrong with it. */
export interface FieldError {
  /** JSON pointer into the body, or the name of a parameter or header. */
  field: string;
  reason: string;
}

/**
 * The server answered, and the answer was no: a problem as in RFC 9457 (https://www.rfc-editor.org/rfc/rfc9457).
 * Branch on `code`, which is stable; `message` is for people. An answer that is no problem document (a proxy's page, say)
 * gets the code `http_<status>`.
 */
export class WeirProblemError extends Error {
  override readonly name = 'WeirProblemError';
  /** HTTP status, 300 to 599. */
  readonly status: number;
  readonly code: ProblemCode;
  readonly title: string;
  readonly detail: string | undefined;
  /** What was wrong field by field; empty when the server did not say. */
  readonly errors: readonly FieldError[];
  /** Quote it when asking about this request. */
  readonly requestId: string | undefined;
  /** The whole answer as parsed JSON, or `undefined`. */
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    const problem = isRecord(body) ? body : {};
    const code = stringOr(problem['code'], `http_${status}`);
    const title = stringOr(problem['title'], `The server answered with status ${status}`);
    const detail = typeof problem['detail'] === 'string' ? problem['detail'] : undefined;
    const errors = Array.isArray(problem['errors']) ? problem['errors'].filter(isFieldError) : [];
    const reasons = errors.map((error) => `${error.field} ${error.reason}`).join('; ');
    super(`${status} ${code}: ${[detail ?? title, reasons].filter((part) => part !== '').join(': ')}`);
    this.status = status;
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.requestId = typeof problem['requestId'] === 'string' ? problem['requestId'] : undefined;
    this.body = body;
  }
}

/** Makes the error of an answer's status and body text. */
export function problemFrom(status: number, bodyText: string): WeirProblemError {
  return new WeirProblemError(status, parseJson(bodyText));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A body that is not JSON says nothing beyond its status, which the error keeps.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value['field'] === 'string' && typeof value['reason'] === 'string';
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
