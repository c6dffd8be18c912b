import { fullJitterMs, retryAfterMs } from './backoff.js';
import type { RetryPolicy } from './backoff.js';
import { problemFrom } from './problem-error.js';
import type { WeirProblemError } from './problem-error.js';
import type { ClientRuntime } from './runtime.js';
import { createTokenProvider } from './token-provider.js';
import type { TokenProvider, TokenSource } from './token-provider.js';
import { WeirTransportError, describeCause } from './transport-error.js';

/** The part of `fetch` that the clients use. */
export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

export interface TransportOptions {
  token: TokenSource;
  retry: RetryPolicy;
  /** Each attempt's limit in milliseconds, from the request to the last byte of the answer. */
  timeoutMs: number;
  /** The platform's `fetch` by default. */
  fetch?: FetchFunction | undefined;
  /** Told of every failed attempt that another one follows. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
}

export interface RetryEvent {
  /** How many attempts of this request have failed, from 1. */
  failures: number;
  /** Milliseconds until the next one. */
  delayMs: number;
  error: WeirProblemError | WeirTransportError;
}

export interface TransportRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | undefined;
  /** Ends the request, its waits included, with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Throws a {@link WeirTransportError} on an answer that cannot be relied on; the attempt then counts as failed. */
  check?: (response: TransportResponse) => void;
}

export interface TransportResponse {
  status: number;
  headers: Headers;
  /** The whole body. */
  body: Uint8Array<ArrayBuffer>;
}

/** Sends requests until they are answered. */
export interface Transport {
  /**
   * Resolves to the answer, whatever its status. 408, 429, 5xx, network errors, timeouts, failures of the token function
   * and answers that `check` refuses are tried again with full jitter on top of what `Retry-After` asks for, within the
   * retry policy; a 401 once with a new token, if the token is a function. So every request must be safe to repeat.
   *
   * @throws WeirTransportError when the last attempt brought no answer; the signal's reason when it was aborted; TypeError
   *   when no header can carry the token.
   */
  send(request: TransportRequest): Promise<TransportResponse>;
}

export function createTransport(options: TransportOptions, runtime: ClientRuntime): Transport {
  const tokens = createTokenProvider(options.token);
  return { send: (request) => sendWithRetries(request, options, tokens, runtime) };
}

type Outcome =
  | { response: TransportResponse; retryable?: undefined }
  | { response: TransportResponse; retryable: WeirProblemError; retryAfterMs: number }
  | { response?: undefined; retryable: WeirTransportError; retryAfterMs: number };

async function sendWithRetries(
  request: TransportRequest,
  options: TransportOptions,
  tokens: TokenProvider,
  runtime: ClientRuntime,
): Promise<TransportResponse> {
  const { retry } = options;
  const startMs = runtime.clock();
  let tokenRefreshed = false;
  for (let failures = 0; ;) {
    request.signal?.throwIfAborted();
    const { outcome, token } = await attempt(request, options, tokens, runtime);
    if (outcome.response?.status === 401 && token !== undefined && !tokenRefreshed) {
      tokenRefreshed = true;
      if (tokens.refuse(token)) continue;
    }
    if (outcome.retryable === undefined) return outcome.response;
    failures += 1;
    const delayMs = outcome.retryAfterMs + fullJitterMs(failures, retry, runtime.random);
    const elapsedMs = runtime.clock() - startMs;
    if (failures >= retry.maxAttempts || elapsedMs + delayMs > retry.giveUpAfterMs) {
      if (outcome.response === undefined) throw outcome.retryable;
      return outcome.response;
    }
    options.onRetry?.({ failures, delayMs, error: outcome.retryable });
    await runtime.sleep(delayMs, request.signal);
  }
}

async function attempt(
  request: TransportRequest,
  options: TransportOptions,
  tokens: TokenProvider,
  runtime: ClientRuntime,
): Promise<{ outcome: Outcome; token?: string }> {
  let token: string;
  try {
    token = await tokens.current();
  } catch (error) {
    const message = `No token could be had: ${describeCause(error)}`;
    return failed(new WeirTransportError('token_unavailable', message, error));
  }
  try {
    const response = await exchange(request, token, options, runtime);
    request.check?.(response);
    return { outcome: judge(response, runtime.clock()), token };
  } catch (error) {
    if (error instanceof WeirTransportError) return failed(error);
    throw error;
  }
}

function failed(error: WeirTransportError): { outcome: Outcome } {
  return { outcome: { retryable: error, retryAfterMs: 0 } };
}

function judge(response: TransportResponse, nowMs: number): Outcome {
  if (response.status !== 408 && response.status !== 429 && response.status < 500) return { response };
  return {
    response,
    retryable: problemFrom(response.status, new TextDecoder().decode(response.body)),
    retryAfterMs: retryAfterMs(response.headers.get('Retry-After'), nowMs) ?? 0,
  };
}

/**
 * One request and its whole answer. The body is read here, so that a connection that breaks in the middle of it is a failed
 * attempt too, and the timeout covers it.
 */
async function exchange(
  request: TransportRequest,
  token: string,
  options: TransportOptions,
  runtime: ClientRuntime,
): Promise<TransportResponse> {
  // The platform's own error would quote the token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('The token is empty or has characters that no header can carry');
  }
  const headers = new Headers(request.headers);
  headers.set('Authorization', `Bearer ${token}`);
  const callFetch: FetchFunction = options.fetch ?? globalThis.fetch;
  const controller = new AbortController();
  let timedOut = false;
  const cancelTimeout = runtime.startTimer(options.timeoutMs, () => {
    timedOut = true;
    controller.abort();
  });
  const forwardAbort = (): void => controller.abort(request.signal?.reason);
  request.signal?.addEventListener('abort', forwardAbort, { once: true });
  try {
    const response = await callFetch(request.url, {
      method: request.method,
      headers,
      signal: controller.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const body = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body };
  } catch (error) {
    request.signal?.throwIfAborted();
    const what = `${request.method} ${request.url}`;
    throw timedOut
      ? new WeirTransportError('timeout', `${what}: no answer within ${options.timeoutMs} ms`, error)
      : new WeirTransportError('network', `${what}: ${describeCause(error)}`, error);
  } finally {
    cancelTimeout();
    request.signal?.removeEventListener('abort', forwardAbort);
  }
}
