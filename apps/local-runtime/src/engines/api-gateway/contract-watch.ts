import type { ObservedResponse, ResponseCheck } from '@weir/contract-check';
import { reasonOf } from '../../runtime-error.js';
import type { ApiRequest } from './api-request.js';
import type { ApiResponse } from './proxy-response.js';

/** A response that the API's contract does not allow. */
export interface ContractViolation {
  readonly method: string;
  /** As the contract writes it; the path of the request where no resource matched. */
  readonly resource: string;
  readonly statusCode: number;
  /** What is wrong with it, at least one sentence. */
  readonly reasons: readonly string[];
}

/**
 * Compares a response, before it is compressed, with the contract. Only watches: whatever it finds, and be it that the
 * contract itself is broken, the client gets the response as it is.
 */
export function contractViolation(
  check: ResponseCheck,
  request: ApiRequest,
  resource: string | undefined,
  response: ApiResponse,
): ContractViolation | undefined {
  const { method, path } = request;
  const { statusCode } = response;
  const reasons = violations(check, {
    method,
    resource,
    status: statusCode,
    headers: Object.fromEntries(response.headers.map(({ name, value }) => [name.toLowerCase(), value])),
    body: response.body.toString(),
  });
  return reasons.length === 0 ? undefined : { method, resource: resource ?? path, statusCode, reasons };
}

function violations(check: ResponseCheck, response: ObservedResponse): string[] {
  try {
    return check(response);
  } catch (error) {
    return [`contract: ${reasonOf(error)}`];
  }
}
