import type { ClientRuntime } from '@weir/client-core';
import { createTransport, normaliseBaseUrl, retryPolicy, systemRuntime } from '@weir/client-core';

import { BufferedIngestClient } from './buffered-ingest-client.js';
import { ingestLimits } from './options.js';
import type { IngestClientOptions } from './options.js';
import type { Reading } from './reading.js';

/** What a client has done since it was made. `sent` = `accepted` + `rejected` + those without an answer yet. */
export interface IngestStats {
  /** Readings taken by `send`. */
  sent: number;
  /** Readings that are durable. */
  accepted: number;
  /** Readings that can never be accepted. */
  rejected: number;
  /** HTTP requests, repeated ones included. */
  requests: number;
  /** Failed requests that were made again. */
  retries: number;
}

/**
 * Sends readings in compressed batches and repeats what fails until it is accepted.
 *
 * Once the API refuses requests as a whole (400, 401 after asking for another token, 403, …), or `giveUpAfterMs` is over,
 * the client has failed for good: `send` and `flush` reject with that error (WeirProblemError or WeirTransportError), and
 * `close` gives back what is left.
 */
export interface IngestClient {
  /**
   * Takes a reading. It is queued at once, in the order of the calls; the promise resolves as soon as the queue has room,
   * so that awaiting it keeps memory bounded. Rejects with the client's failure, with WeirClientClosedError after
   * `close`, or with a TypeError when the reading has no JSON form.
   */
  send(reading: Reading): Promise<void>;
  /** Sends what waits without waiting for more; resolves when all readings sent so far are accepted or rejected. */
  flush(): Promise<void>;
  /**
   * Flushes and ends the client; further calls give the same promise. Rejects with {@link WeirUndeliveredError}, which
   * holds what could not be delivered: after a failure, or when `timeoutMs` is over.
   */
  close(options?: { timeoutMs?: number }): Promise<void>;
  readonly stats: Readonly<IngestStats>;
}

/**
 * Makes a client.
 *
 * @param runtime clock, chance and timers; only tests pass their own.
 * @throws TypeError on a base URL that is not absolute; RangeError naming an option that is out of its range.
 */
export function createIngestClient(
  options: IngestClientOptions,
  runtime: ClientRuntime = systemRuntime,
): IngestClient {
  const counters = { requests: 0, retries: 0 };
  const callFetch = options.fetch;
  const transport = createTransport(
    {
      token: options.token,
      timeoutMs: options.timeoutMs ?? 30_000,
      retry: retryPolicy({
        baseDelayMs: options.retry?.baseDelayMs ?? 200,
        maxDelayMs: options.retry?.maxDelayMs ?? 30_000,
        giveUpAfterMs: options.giveUpAfterMs ?? Number.POSITIVE_INFINITY,
        maxAttempts: Number.POSITIVE_INFINITY,
      }),
      fetch: (url, init) => {
        counters.requests += 1;
        return callFetch === undefined ? globalThis.fetch(url, init) : callFetch(url, init);
      },
      onRetry: (event) => {
        counters.retries += 1;
        options.onRetry?.(event);
      },
    },
    runtime,
  );
  return new BufferedIngestClient({
    transport,
    url: `${normaliseBaseUrl(options.baseUrl)}/v1/telemetry`,
    limits: ingestLimits(options),
    counters,
    runtime,
    onRejected: options.onRejected,
    onReceipt: options.onReceipt,
  });
}
