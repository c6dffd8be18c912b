import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { assertTimeLeft } from './deadline.js';
import { TransientStoreError } from './ports.js';
import type { WorkContext } from './ports.js';

const BACKOFF_BASE_MS = 25;
const BACKOFF_MAX_MS = 2_000;
/** The longest delay that a Node timer holds. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * Errors of DynamoDB after which the same request may succeed.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const TRANSIENT_NAMES: ReadonlySet<string> = new Set([
  'InternalServerError',
  'LimitExceededException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ThrottlingException',
  'TransactionConflictException',
  'TransactionInProgressException',
  // The client's own: no answer in time, or given up at the deadline.
  'AbortError',
  'RequestTimeout',
  'TimeoutError',
]);

/** Node's codes of a connection that failed or broke. */
const TRANSIENT_NETWORK_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Reasons of a cancelled transaction that pass by themselves. */
const TRANSIENT_CANCELLATIONS: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

function textField(value: object, name: 'name' | 'code'): string {
  const field: unknown = Reflect.get(value, name);
  return typeof field === 'string' ? field : '';
}

function httpStatusOf(error: object): number {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return 0;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : 0;
}

/** Whether the same request may succeed later: throttling, a conflict with a transaction, a fault of the service or the network. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
    const failed = codes.filter((code) => code !== 'None');
    return failed.length > 0 && failed.every((code) => TRANSIENT_CANCELLATIONS.has(code));
  }
  if (typeof error !== 'object' || error === null) return false;
  return (
    TRANSIENT_NAMES.has(textField(error, 'name')) ||
    TRANSIENT_NETWORK_CODES.has(textField(error, 'code')) ||
    httpStatusOf(error) >= 500
  );
}

/**
 * Full jitter: anything from nothing to an exponentially growing, capped ceiling, so that clients which were throttled
 * together do not come back together.
 *
 * @param attempt 0 for the wait after the first attempt
 * @param random a number in [0, 1)
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(BACKOFF_MAX_MS, BACKOFF_BASE_MS * 2 ** attempt);
}

export interface RetryOptions {
  /** Now, in epoch milliseconds. */
  readonly clock: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly sleep: (delayMs: number) => Promise<void>;
}

/** Sends requests until they are answered for good, within what the caller's deadline allows. */
export class RequestRetry {
  readonly #options: RetryOptions;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /**
   * Sends once, and again after each transient failure. Whether a failed attempt took effect is unknown, so what is sent
   * must be safe to send twice. At the deadline the signal aborts a request that hangs.
   *
   * @throws TransientStoreError at the deadline, or when the next wait would pass it; `cause` is the last failure.
   */
  async send<T>(
    operation: string,
    work: WorkContext,
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      assertTimeLeft(operation, work, this.#options.clock());
      try {
        return await this.#bounded(work, request);
      } catch (error) {
        if (!isTransient(error)) throw error;
        await this.pause(operation, work, attempt, error);
      }
    }
  }

  /**
   * Waits before the next attempt, and counts it.
   *
   * @throws TransientStoreError instead of a wait that would end at the deadline or beyond.
   */
  async pause(operation: string, work: WorkContext, attempt: number, cause?: unknown): Promise<void> {
    const { clock, random, sleep } = this.#options;
    const delayMs = backoffMs(attempt, random());
    if (clock() + delayMs >= work.deadlineMs) {
      const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'throttled';
      throw new TransientStoreError(`${operation}: no time left after ${attempt + 1} attempts (${reason})`, {
        cause,
      });
    }
    work.meter.retries += 1;
    await sleep(delayMs);
  }

  async #bounded<T>(work: WorkContext, request: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const remainingMs = work.deadlineMs - this.#options.clock();
    const timer = setTimeout(() => controller.abort(), Math.min(remainingMs, TIMER_MS_MAX));
    try {
      return await request(controller.signal);
    } finally {
      clearTimeout(timer);
    }
  }
}
