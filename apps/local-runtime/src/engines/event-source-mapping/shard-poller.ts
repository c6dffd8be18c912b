import { createHash } from 'node:crypto';
import { backoffMs } from './backoff.js';
import { BatchProcessor, type BatchProcessorOptions } from './batch-processor.js';
import { Bell } from './bell.js';
import type { CheckpointStore } from './checkpoint-store.js';
import { CheckpointTracker } from './checkpoint-tracker.js';
import { Lane } from './lane.js';
import type { ShardReader } from './shard-reader.js';
import type { StreamRecord } from './stream-record.js';

export interface ShardPollerOptions extends BatchProcessorOptions {
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  readonly parallelizationFactor: number;
  readonly pollIntervalMs: number;
}

/** GetRecords returns at most 10,000 records. */
const pageRecordsMax = 10_000;
const bufferedBytesMax = 64 * 1024 * 1024;
/** How far other lanes may run ahead of one that is held up; records before it come again after a restart. */
const pendingRecordsMax = 100_000;
/** After a page that was not full the next is not asked for at once: records come in drops, and each call has its cost. */
const partialPageMs = 20;
/** A shard that stays empty is asked less and less often, down to one call in so many poll intervals. */
const idleIntervalsMax = 4;

/** Reads one shard and hands its records to lanes by partition key, keeping the checkpoint. */
export class ShardPoller {
  private readonly tracker = new CheckpointTracker();
  private readonly lanes: Lane[] = [];
  /** One bell for the reading loop and one a lane's retries, all rung when the mapping closes. */
  private readonly bells: Bell[] = [];
  private readonly readBell = new Bell();
  private closed = false;
  private emptyPages = 0;
  private idling = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    readonly shardId: string,
    readonly reader: ShardReader,
    private readonly options: ShardPollerOptions,
    private readonly store: CheckpointStore,
    private readonly onFinished: () => void,
  ) {
    for (let index = 0; index < options.parallelizationFactor; index += 1) {
      const bell = new Bell();
      const processor = new BatchProcessor(options, shardId, bell, (records) => this.complete(records));
      this.bells.push(bell);
      this.lanes.push(
        new Lane(
          {
            batchSize: options.batchSize,
            windowMs: options.maximumBatchingWindowSeconds * 1000,
            clock: () => options.clock(),
            stopped: () => options.stopped(),
          },
          (batch) => processor.process(batch),
        ),
      );
    }
  }

  /** Records that were read and are not checkpointed yet. */
  get pendingRecords(): number {
    return this.tracker.pendingRecords;
  }

  get oldestArrivalMs(): number | undefined {
    return this.tracker.oldestArrivalMs;
  }

  start(): void {
    this.running = this.run();
  }

  /** The shard was split or merged: it ends after the records it has. */
  markClosed(): void {
    if (this.closed) return;
    this.closed = true;
    this.readBell.ring();
  }

  /** Cuts the pause after an empty page short, and no other. While a page is being read the next pause is a short one. */
  wake(): void {
    this.emptyPages = 0;
    if (this.idling) this.readBell.ring();
  }

  /** Wakes everything that waits, so that it sees that the mapping closes, and waits for it. */
  stop(): Promise<void> {
    this.readBell.ring();
    for (const bell of this.bells) bell.ring();
    for (const lane of this.lanes) lane.wake();
    return this.running;
  }

  private async run(): Promise<void> {
    const lanes = Promise.all(this.lanes.map((lane) => lane.run()));
    await this.readToEnd();
    for (const lane of this.lanes) lane.end();
    await lanes;
    if (this.options.stopped()) return;
    this.store.set(this.shardId, { ...this.store.get(this.shardId), finished: true });
    this.onFinished();
  }

  private async readToEnd(): Promise<void> {
    const { options } = this;
    const limit = this.pageRecords();
    let failures = 0;
    while (!options.stopped()) {
      if (this.isFull(this.recordsMax())) {
        await this.readBell.wait();
        continue;
      }
      let pauseMs: number;
      try {
        const page = await this.reader.read(limit, this.closed);
        failures = 0;
        this.accept(page.records);
        if (page.ended) return;
        this.emptyPages = page.records.length > 0 ? 0 : this.emptyPages + 1;
        pauseMs = page.records.length >= limit ? 0 : page.records.length > 0 ? partialPageMs : this.idleMs();
      } catch (error) {
        if (options.stopped()) return;
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        options.log('Reading a shard failed; it is tried again', { shardId: this.shardId, reason });
        pauseMs = backoffMs(failures, options.backoff, () => options.random());
        failures += 1;
      }
      this.idling = this.emptyPages > 0 && failures === 0;
      if (pauseMs > 0) await this.readBell.wait(pauseMs);
      this.idling = false;
    }
  }

  private pageRecords(): number {
    return Math.min(pageRecordsMax, this.options.batchSize * this.options.parallelizationFactor);
  }

  /** Enough that every lane has its next batch ready. */
  private recordsMax(): number {
    return 2 * this.pageRecords();
  }

  private isFull(recordsMax: number): boolean {
    const { tracker } = this;
    return (
      tracker.unfinishedRecords >= recordsMax ||
      tracker.unfinishedBytes >= bufferedBytesMax ||
      tracker.pendingRecords >= pendingRecordsMax
    );
  }

  /** An empty page of a closed shard only leads on to its end. */
  private idleMs(): number {
    const { pollIntervalMs } = this.options;
    if (this.closed) return Math.min(partialPageMs, pollIntervalMs);
    return pollIntervalMs * Math.min(idleIntervalsMax, 2 ** (this.emptyPages - 1));
  }

  private accept(records: readonly StreamRecord[]): void {
    // An empty page counts too, with 0: so the metric is there while nothing comes.
    this.options.count('PolledEventCount', records.length);
    for (const record of records) {
      this.tracker.add(record);
      this.lanes[laneOf(record.partitionKey, this.lanes.length)]?.offer(record);
    }
  }

  private complete(records: readonly StreamRecord[]): void {
    const wasFull = this.isFull(this.recordsMax());
    const checkpoint = this.tracker.complete(records);
    if (checkpoint !== undefined) this.store.set(this.shardId, { sequenceNumber: checkpoint });
    // Only a reader that waits for room is woken: a ring would cut short its pause after an empty page.
    if (wasFull) this.readBell.ring();
  }
}

/** The same lane for the same key, always; lanes share keys evenly. */
function laneOf(partitionKey: string, lanes: number): number {
  return lanes === 1 ? 0 : createHash('md5').update(partitionKey).digest().readUInt32BE(0) % lanes;
}
