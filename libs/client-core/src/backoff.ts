/** How long to wait between attempts, and when to stop trying. */
export interface RetryOptions {
  /** Attempts in all, the first included, at least 1. `Infinity` tries for ever. */
  maxAttempts?: number;
  /** Upper bound of the first delay in milliseconds; it doubles with every further attempt. */
  baseDelayMs?: number;
  /** Upper bound of every delay in milliseconds, unless the server asks for more. */
  maxDelayMs?: number;
  /** No attempt starts later than this many milliseconds after the first one. */
  giveUpAfterMs?: number;
}

/** Retry options with every default filled in. */
export type RetryPolicy = Required<RetryOptions>;

/** Three to four seconds of patience on average: for somebody who waits for an answer. */
const DEFAULT_POLICY: RetryPolicy = {
  maxAttempts: 5,
  baseDelayMs: 200,
  maxDelayMs: 10_000,
  giveUpAfterMs: Number.POSITIVE_INFINITY,
};

/** An hour: a server that asks for more is not believed, since a wrong header must not stop a client for ever. */
export const RETRY_AFTER_MAX_MS = 3_600_000;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that makes no sense.
 */
export function retryPolicy(options: RetryOptions = {}, defaults: RetryPolicy = DEFAULT_POLICY): RetryPolicy {
  const policy: RetryPolicy = {
    maxAttempts: options.maxAttempts ?? defaults.maxAttempts,
    baseDelayMs: options.baseDelayMs ?? defaults.baseDelayMs,
    maxDelayMs: options.maxDelayMs ?? defaults.maxDelayMs,
    giveUpAfterMs: options.giveUpAfterMs ?? defaults.giveUpAfterMs,
  };
  if (!(policy.maxAttempts >= 1)) throw new RangeError('retry.maxAttempts must be at least 1');
  for (const name of ['baseDelayMs', 'maxDelayMs', 'giveUpAfterMs'] as const) {
    if (!(policy[name] >= 0)) throw new RangeError(`retry.${name} must not be negative`);
  }
  return policy;
}

/**
 * The delay after the `failures`-th failed attempt (from 1), in milliseconds: uniform in
 * [0, min(maxDelayMs, baseDelayMs · 2^(failures − 1))), "full jitter" as in
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 */
export function fullJitterMs(failures: number, policy: RetryPolicy, random: () => number): number {
  return random() * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
}

/**
 * Reads a `Retry-After` header (seconds or an HTTP date, RFC 9110 §10.2.3) as milliseconds from `nowMs`, within
 * [0, {@link RETRY_AFTER_MAX_MS}]; `undefined` when there is none or it is neither form.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS);
}
