import { Bell } from './bell.js';
import type { StreamRecord } from './stream-record.js';

export interface LaneOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  clock(): number;
  stopped(): boolean;
}

/**
 * Lambda's limit for the payload of a synchronous invocation, which no batch exceeds.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#kinesis-polling-and-batching
 */
const payloadBytesMax = 6 * 1024 * 1024;
/** `{"Records":[` and `]}`. */
const eventFrameBytes = 14;

/**
 * One of the concurrent batches of a shard. All records of a partition key go through the same lane, one batch after the other,
 * so their order holds. A batch goes out when it is full (records or bytes), when the window since its first record has passed,
 * or when the shard has ended.
 */
export class Lane {
  private queue: StreamRecord[] = [];
  private queueBytes = 0;
  private windowStartMs = 0;
  private ended = false;
  private readonly bell = new Bell();

  constructor(
    private readonly options: LaneOptions,
    private readonly process: (batch: readonly StreamRecord[]) => Promise<void>,
  ) {}

  offer(record: StreamRecord): void {
    if (this.queue.length === 0) this.windowStartMs = this.options.clock();
    this.queue.push(record);
    this.queueBytes += record.sizeBytes + 1;
    this.bell.ring();
  }

  /** No more records come. */
  end(): void {
    this.ended = true;
    this.bell.ring();
  }

  /** Looks again whether the mapping closes. */
  wake(): void {
    this.bell.ring();
  }

  /** Processes batches until the shard has ended and all is done, or the mapping closes. */
  async run(): Promise<void> {
    while (!this.options.stopped()) {
      const waitMs = this.untilDueMs();
      if (waitMs > 0) {
        if (this.ended && this.queue.length === 0) return;
        await this.bell.wait(waitMs);
        continue;
      }
      await this.process(this.take());
    }
  }

  private untilDueMs(): number {
    if (this.queue.length === 0) return Infinity;
    const full =
      this.queue.length >= this.options.batchSize || this.queueBytes + eventFrameBytes >= payloadBytesMax;
    if (full || this.ended) return 0;
    return Math.max(0, this.windowStartMs + this.options.windowMs - this.options.clock());
  }

  private take(): StreamRecord[] {
    let count = 0;
    let bytes = eventFrameBytes;
    for (const record of this.queue) {
      const fits = count < this.options.batchSize && bytes + record.sizeBytes + 1 <= payloadBytesMax;
      // A record that is too large alone goes out alone, for the function to refuse.
      if (!fits && count > 0) break;
      count += 1;
      bytes += record.sizeBytes + 1;
      if (!fits) break;
    }
    const batch = this.queue.slice(0, count);
    this.queue = this.queue.slice(count);
    this.queueBytes -= batch.reduce((sum, record) => sum + record.sizeBytes + 1, 0);
    this.windowStartMs = this.options.clock();
    return batch;
  }
}
