import type { StreamRecord } from './stream-record.js';

interface Entry {
  readonly sequenceNumber: string;
  readonly arrivalMs: number;
  readonly sizeBytes: number;
  done: boolean;
}

/**
 * Knows which of the records read from a shard are finished. Lanes finish in any order; the checkpoint is the last record before
 * the first unfinished one, so that a restart repeats records but never skips any.
 */
export class CheckpointTracker {
  /** In the order of the shard; finished entries at the front are removed. */
  private entries: Entry[] = [];
  private head = 0;
  private readonly bySequenceNumber = new Map<string, Entry>();
  private unfinished = 0;
  private bytes = 0;

  /** Records that were read but do not lie before the checkpoint yet. */
  get pendingRecords(): number {
    return this.entries.length - this.head;
  }

  /** Of the pending records those that wait in a lane or are being processed. */
  get unfinishedRecords(): number {
    return this.unfinished;
  }

  /** Bytes of the unfinished records' events. */
  get unfinishedBytes(): number {
    return this.bytes;
  }

  /** Arrival of the oldest pending record, epoch milliseconds. */
  get oldestArrivalMs(): number | undefined {
    return this.entries[this.head]?.arrivalMs;
  }

  add(record: StreamRecord): void {
    const { sequenceNumber, arrivalMs, sizeBytes } = record;
    const entry = { sequenceNumber, arrivalMs, sizeBytes, done: false };
    this.entries.push(entry);
    this.bySequenceNumber.set(sequenceNumber, entry);
    this.unfinished += 1;
    this.bytes += sizeBytes;
  }

  /** Marks records as finished; returns the new checkpoint when it moved. */
  complete(records: readonly StreamRecord[]): string | undefined {
    for (const record of records) {
      const entry = this.bySequenceNumber.get(record.sequenceNumber);
      if (entry === undefined || entry.done) continue;
      entry.done = true;
      this.unfinished -= 1;
      this.bytes -= entry.sizeBytes;
    }
    let checkpoint: string | undefined;
    for (let entry = this.entries[this.head]; entry?.done === true; entry = this.entries[this.head]) {
      checkpoint = entry.sequenceNumber;
      this.bySequenceNumber.delete(entry.sequenceNumber);
      this.head += 1;
    }
    if (this.head > 1_000 && this.head * 2 > this.entries.length) {
      this.entries = this.entries.slice(this.head);
      this.head = 0;
    }
    return checkpoint;
  }
}
