import type { FetchFunction, RetryEvent, RetryOptions, TokenSource } from '@weir/client-core';

import type { Reading, Rejection } from './reading.js';

export interface IngestClientOptions {
  /** Where the ingest API is, without `/v1`: `http://127.0.0.1:4001` */
  baseUrl: string;
  /** A bearer token, or a function that gets one: called at the first request and once more after a 401. */
  token: TokenSource;
  /** Called for every reading that can never be accepted, with the object given to `send`. Sending it again is pointless. */
  onRejected: (reading: Reading, rejection: Rejection) => void;
  /** Readings a request at most, 1 to 5,000; 500 by default. */
  maxBatchReadings?: number;
  /** JSON bytes a request at most, before compression, up to 5 MiB; 1 MiB by default. */
  maxBatchBytes?: number;
  /** How long a reading waits for others to share a request with, in milliseconds; 1,000 by default. */
  maxBatchAgeMs?: number;
  /** So many readings may wait for their answer before `send` makes its caller wait; 10,000 by default. */
  maxQueuedReadings?: number;
  /**
   * Requests at the same time; 1 by default, which keeps the order of `send`. With more, requests may overtake each other.
   * That matters only where readings conflict (same device, timestamp and metric, same revision, another value): the
   * value that arrives first stays.
   */
  concurrency?: number;
  /** Fail when a request was not answered for so long, in milliseconds. Without it the client tries for ever. */
  giveUpAfterMs?: number;
  /** Bounds of the delays between attempts: by default up to 0.2 s after the first failure, doubling up to 30 s. */
  retry?: Pick<RetryOptions, 'baseDelayMs' | 'maxDelayMs'>;
  /** Each attempt's limit in milliseconds; 30,000 by default. */
  timeoutMs?: number;
  /** The platform's `fetch` by default. */
  fetch?: FetchFunction;
  /** Told of every failed attempt that another one follows. */
  onRetry?: (event: RetryEvent) => void;
  /** Told of every answer that settled readings, after `onRejected` for those that it rejected. */
  onReceipt?: (receipt: { accepted: number; rejected: number; requestId: string | undefined }) => void;
}

/** The bounds in force. */
export interface IngestLimits {
  maxBatchReadings: number;
  maxBatchBytes: number;
  maxBatchAgeMs: number;
  maxQueuedReadings: number;
  concurrency: number;
}

/** What the API takes in one request. */
const API_MAX_READINGS = 5000;
const API_MAX_BYTES = 5 * 1024 * 1024;

/**
 * Fills in the defaults.
 *
 * @throws RangeError naming the option that is out of its range.
 */
export function ingestLimits(options: Partial<IngestLimits>): IngestLimits {
  const limits: IngestLimits = {
    maxBatchReadings: options.maxBatchReadings ?? 500,
    maxBatchBytes: options.maxBatchBytes ?? 1024 * 1024,
    maxBatchAgeMs: options.maxBatchAgeMs ?? 1000,
    maxQueuedReadings: options.maxQueuedReadings ?? 10_000,
    concurrency: options.concurrency ?? 1,
  };
  requireInteger('maxBatchReadings', limits.maxBatchReadings, 1, API_MAX_READINGS);
  requireInteger('maxBatchBytes', limits.maxBatchBytes, 1, API_MAX_BYTES);
  requireInteger('maxQueuedReadings', limits.maxQueuedReadings, 1, Number.MAX_SAFE_INTEGER);
  requireInteger('concurrency', limits.concurrency, 1, 100);
  if (!(limits.maxBatchAgeMs >= 0)) throw new RangeError('maxBatchAgeMs must not be negative');
  return limits;
}

function requireInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  }
}
