export { fullJitterMs, retryAfterMs, retryPolicy, RETRY_AFTER_MAX_MS } from './backoff.js';
export type { RetryOptions, RetryPolicy } from './backoff.js';
export { normaliseBaseUrl } from './base-url.js';
export { problemFrom, WeirProblemError } from './problem-error.js';
export type { FieldError, ProblemCode } from './problem-error.js';
export { systemRuntime } from './runtime.js';
export type { ClientRuntime } from './runtime.js';
export { createTokenProvider } from './token-provider.js';
export type { TokenProvider, TokenSource } from './token-provider.js';
export { createTransport } from './transport.js';
export type {
  FetchFunction,
  RetryEvent,
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
} from './transport.js';
export { describeCause, WeirTransportError } from './transport-error.js';
export type { TransportErrorCode } from './transport-error.js';
