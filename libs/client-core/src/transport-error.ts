/**
 * - `network`: no answer (refused, reset, name not found, …)
 * - `timeout`: no complete answer in time
 * - `invalid_response`: an answer that the contract does not allow, such as a proxy's page with status 200
 * - `token_unavailable`: the token function failed
 */
export type TransportErrorCode = 'network' | 'timeout' | 'invalid_response' | 'token_unavailable';

/** There was no answer to rely on. What was asked may have been done or not; asking again is safe. */
export class WeirTransportError extends Error {
  override readonly name = 'WeirTransportError';
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Finds the words that say most: `fetch` hides the reason ("connect ECONNREFUSED …") in the `cause` of its error, and
 * leaves the message empty where several addresses were tried.
 */
export function describeCause(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  if ('cause' in error && error.cause !== undefined) return describeCause(error.cause);
  if ('message' in error && error.message !== '') return String(error.message);
  return 'code' in error ? String(error.code) : String(error);
}
