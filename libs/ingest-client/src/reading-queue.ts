import { BATCH_FRAME_BYTES } from './queued-reading.js';
import type { QueuedReading } from './queued-reading.js';

/** What a batch may hold at most. A single reading over the size makes a batch of its own. */
export interface BatchLimits {
  maxReadings: number;
  /** Of the JSON before compression. */
  maxBytes: number;
}

/** Taken readings are cut off in pieces of this size, so that taking costs the same however long the queue is. */
const COMPACT_AFTER = 4096;

/** The readings that wait, first in, first out. */
export class ReadingQueue {
  #entries: QueuedReading[] = [];
  #head = 0;
  #sizeBytes = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** The one that has waited longest. */
  get oldest(): QueuedReading | undefined {
    return this.#entries[this.#head];
  }

  push(entry: QueuedReading): void {
    this.#entries.push(entry);
    this.#sizeBytes += entry.sizeBytes + 1;
  }

  /** True when another reading might not fit into the next batch. */
  fillsBatch(limits: BatchLimits): boolean {
    return this.length >= limits.maxReadings || this.#sizeBytes + BATCH_FRAME_BYTES >= limits.maxBytes;
  }

  /** Takes the next batch out, in order; empty only when the queue is. */
  takeBatch(limits: BatchLimits): QueuedReading[] {
    const batch: QueuedReading[] = [];
    let batchBytes = BATCH_FRAME_BYTES;
    while (batch.length < limits.maxReadings) {
      const next = this.oldest;
      if (next === undefined) break;
      if (batch.length > 0 && batchBytes + next.sizeBytes + 1 > limits.maxBytes) break;
      batch.push(next);
      batchBytes += next.sizeBytes + 1;
      this.#head += 1;
      this.#sizeBytes -= next.sizeBytes + 1;
    }
    if (this.#head >= COMPACT_AFTER || this.length === 0) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return batch;
  }

  /** Takes everything out, in order. */
  takeAll(): QueuedReading[] {
    const all = this.#entries.slice(this.#head);
    this.#entries = [];
    this.#head = 0;
    this.#sizeBytes = 0;
    return all;
  }
}
