import { WeirTransportError } from '@weir/client-core';
import type { ClientRuntime, Transport } from '@weir/client-core';

import { deliverBatch } from './batch-delivery.js';
import { WeirClientClosedError, WeirUndeliveredError } from './errors.js';
import type { IngestClient, IngestStats } from './ingest-client.js';
import type { IngestClientOptions, IngestLimits } from './options.js';
import { queuedReading } from './queued-reading.js';
import type { QueuedReading } from './queued-reading.js';
import { ReadingQueue } from './reading-queue.js';
import type { BatchLimits } from './reading-queue.js';
import type { Reading } from './reading.js';
import type { BatchVerdict } from './receipt.js';

export interface BufferedIngestClientParts {
  transport: Transport;
  url: string;
  limits: IngestLimits;
  /** Kept by the transport's owner. */
  counters: Readonly<Pick<IngestStats, 'requests' | 'retries'>>;
  runtime: ClientRuntime;
  onRejected: IngestClientOptions['onRejected'];
  onReceipt: IngestClientOptions['onReceipt'];
}

interface Waiter {
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** The batches' way from the queue to the API. Every reading is in the queue, in flight, settled or stranded. */
export class BufferedIngestClient implements IngestClient {
  readonly #parts: BufferedIngestClientParts;
  readonly #batchLimits: BatchLimits;
  readonly #queue = new ReadingQueue();
  /** Batches being delivered, each without what is settled already. */
  readonly #inFlight = new Set<{ rest: readonly QueuedReading[] }>();
  /** What failed batches left. */
  readonly #stranded: QueuedReading[] = [];
  readonly #abort = new AbortController();
  #roomWaiters: Waiter[] = [];
  #flushWaiters: (Waiter & { upTo: number })[] = [];
  #idleWaiters: (() => void)[] = [];
  /** Readings up to this sequence go without waiting for company. */
  #dueUpTo = 0;
  /** Runs for the oldest reading that waits for company. */
  #ageTimer: { sequence: number; cancel: () => void } | undefined;
  #failure: { error: unknown } | undefined;
  #closed: Promise<void> | undefined;
  #sent = 0;
  #accepted = 0;
  #rejected = 0;

  constructor(parts: BufferedIngestClientParts) {
    this.#parts = parts;
    const { maxBatchReadings, maxBatchBytes } = parts.limits;
    this.#batchLimits = { maxReadings: maxBatchReadings, maxBytes: maxBatchBytes };
  }

  get stats(): IngestStats {
    const { requests, retries } = this.#parts.counters;
    return { sent: this.#sent, accepted: this.#accepted, rejected: this.#rejected, requests, retries };
  }

  send(reading: Reading): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new WeirClientClosedError());
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    try {
      this.#queue.push(queuedReading(reading, this.#sent + 1, this.#parts.runtime.clock()));
    } catch (error) {
      return Promise.reject(error);
    }
    this.#sent += 1;
    const room = this.#hasRoom()
      ? Promise.resolve()
      : new Promise<void>((resolve, reject) => {
          this.#roomWaiters.push({ resolve, reject });
        });
    this.#pump();
    return room;
  }

  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#oldestUnsettled() === undefined) return Promise.resolve();
    this.#dueUpTo = this.#sent;
    const flushed = new Promise<void>((resolve, reject) => {
      this.#flushWaiters.push({ upTo: this.#sent, resolve, reject });
    });
    this.#pump();
    return flushed;
  }

  close({ timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#drain(timeoutMs);
    return this.#closed;
  }

  async #drain(timeoutMs: number | undefined): Promise<void> {
    const cancelTimeout =
      timeoutMs === undefined
        ? undefined
        : this.#parts.runtime.startTimer(timeoutMs, () => {
            this.#fail(new WeirTransportError('timeout', `close() did not end within ${timeoutMs} ms`));
          });
    try {
      await this.flush();
    } catch (error) {
      await this.#idle();
      const undelivered = [...this.#stranded, ...this.#queue.takeAll()];
      undelivered.sort((a, b) => a.sequence - b.sequence);
      if (undelivered.length === 0) throw error;
      throw new WeirUndeliveredError(
        undelivered.map(({ reading }) => reading),
        error,
      );
    } finally {
      cancelTimeout?.();
    }
  }

  #pump(): void {
    while (
      this.#failure === undefined &&
      this.#inFlight.size < this.#parts.limits.concurrency &&
      this.#isDue()
    ) {
      void this.#run(this.#queue.takeBatch(this.#batchLimits));
    }
    this.#watchAge();
  }

  /** A full queue is sent too: those who wait for room cannot add to the batch. */
  #isDue(): boolean {
    const { oldest } = this.#queue;
    if (oldest === undefined) return false;
    return oldest.sequence <= this.#dueUpTo || this.#queue.fillsBatch(this.#batchLimits) || !this.#hasRoom();
  }

  #watchAge(): void {
    const { oldest } = this.#queue;
    const waiting = this.#failure === undefined && oldest !== undefined && oldest.sequence > this.#dueUpTo;
    if (waiting && this.#ageTimer?.sequence === oldest.sequence) return;
    this.#ageTimer?.cancel();
    this.#ageTimer = undefined;
    if (!waiting) return;
    const { clock, startTimer } = this.#parts.runtime;
    const restMs = Math.max(0, this.#parts.limits.maxBatchAgeMs - (clock() - oldest.queuedAtMs));
    const cancel = startTimer(restMs, () => {
      this.#dueUpTo = this.#sent;
      this.#pump();
    });
    this.#ageTimer = { sequence: oldest.sequence, cancel };
  }

  async #run(entries: readonly QueuedReading[]): Promise<void> {
    const batch = { rest: entries };
    this.#inFlight.add(batch);
    try {
      await deliverBatch(entries, {
        transport: this.#parts.transport,
        url: this.#parts.url,
        signal: this.#abort.signal,
        onSettled: (part, verdict) => {
          batch.rest = batch.rest.slice(part.length);
          this.#settle(part, verdict);
        },
      });
    } catch (error) {
      this.#stranded.push(...batch.rest);
      this.#fail(error);
    } finally {
      this.#inFlight.delete(batch);
      if (this.#inFlight.size === 0) this.#idleWaiters.splice(0).forEach((resolve) => resolve());
      this.#wake();
      this.#pump();
    }
  }

  #settle(part: readonly QueuedReading[], { rejected, requestId }: BatchVerdict): void {
    const accepted = part.length - rejected.length;
    this.#accepted += accepted;
    this.#rejected += rejected.length;
    for (const { index, code, detail } of rejected) {
      const entry = part[index];
      if (entry !== undefined) this.#parts.onRejected(entry.reading, { code, detail, requestId });
    }
    this.#parts.onReceipt?.({ accepted, rejected: rejected.length, requestId });
  }

  /** Resolves whoever waits for what is so now. */
  #wake(): void {
    if (this.#failure !== undefined) return;
    if (this.#hasRoom()) this.#roomWaiters.splice(0).forEach(({ resolve }) => resolve());
    const oldest = this.#oldestUnsettled() ?? Number.POSITIVE_INFINITY;
    const done = this.#flushWaiters.filter(({ upTo }) => upTo < oldest);
    this.#flushWaiters = this.#flushWaiters.filter(({ upTo }) => upTo >= oldest);
    done.forEach(({ resolve }) => resolve());
  }

  /** The first failure ends the client: what is in flight is given up, since it would fail or go on for ever. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#watchAge();
    this.#abort.abort(error);
    const waiters = [...this.#roomWaiters, ...this.#flushWaiters];
    this.#roomWaiters = [];
    this.#flushWaiters = [];
    waiters.forEach(({ reject }) => reject(error));
  }

  #idle(): Promise<void> {
    if (this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
    });
  }

  #hasRoom(): boolean {
    let unsettled = this.#queue.length;
    for (const { rest } of this.#inFlight) unsettled += rest.length;
    return unsettled <= this.#parts.limits.maxQueuedReadings;
  }

  #oldestUnsettled(): number | undefined {
    const firsts = [...this.#inFlight].map(({ rest }) => rest[0]?.sequence ?? Number.POSITIVE_INFINITY);
    const oldest = Math.min(this.#queue.oldest?.sequence ?? Number.POSITIVE_INFINITY, ...firsts);
    return Number.isFinite(oldest) ? oldest : undefined;
  }
}
