import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { KinesisClient, _Record as KinesisRecord } from '@aws-sdk/client-kinesis';
import { reasonOf } from '../../runtime-error.js';
import { openCheckpoint, saveCheckpoint, type DeliveryCheckpoint } from './delivery-checkpoint.js';
import { parsePrefix, type ObjectPrefix } from './object-prefix.js';
import { ShardReaders } from './shard-readers.js';

export interface DeliveryStreamOptions {
  readonly deliveryStreamName: string;
  readonly streamName: string;
  readonly kinesis: KinesisClient;
  readonly prefix: ObjectPrefix;
  readonly fileExtension: string;
  readonly compression: 'UNCOMPRESSED' | 'GZIP';
  readonly bufferSeconds: number;
  readonly bufferBytes: number;
  readonly checkpointFile: string;
  readonly pollIntervalMs?: number;
  clock(): number;
  random(): number;
  /** Stores an object durably. A rejection is tried again. */
  put(key: string, body: Uint8Array): Promise<void>;
  onTrouble(message: string): void;
}

export interface DeliveryStatus {
  readonly bufferedRecords: number;
  readonly deliveredRecords: number;
  readonly deliveredObjects: number;
}

export interface RunningDeliveryStream {
  readonly deliveryStreamName: string;
  status(): DeliveryStatus;
  /** Delivers what is in the stream, within a bound of time, and ends. */
  close(): Promise<void>;
}

const fileNameTime = parsePrefix('!{timestamp:yyyy-MM-dd-HH-mm-ss}', { errors: false });
const retryDelayMs = 1_000;
/** With nothing in the buffer an empty stream is asked less and less often, down to once in so many intervals. */
const idleIntervalsMax = 4;
const restMsMax = 3_000;

/**
 * Delivers a stream into objects, as Firehose does with a Kinesis stream as its source: records are concatenated until
 * the buffer is full or its time is over, and the checkpoint follows the object. So every record is delivered at least
 * once; a crash between the two delivers again.
 * https://docs.aws.amazon.com/firehose/latest/dev/basic-deliver.html
 *
 * @throws RuntimeError when the checkpoint is damaged.
 */
export async function startDeliveryStream(options: DeliveryStreamOptions): Promise<RunningDeliveryStream> {
  const checkpoint = await openCheckpoint(options.checkpointFile, options.clock());
  const delivery = new DeliveryStream(options, checkpoint);
  delivery.start();
  return delivery;
}

class DeliveryStream implements RunningDeliveryStream {
  readonly deliveryStreamName: string;
  private readonly abort = new AbortController();
  private readonly readers: ShardReaders;
  private readonly durable: Map<string, string>;
  private readonly buffered = new Map<string, string>();
  private records: Uint8Array[] = [];
  private sizeBytes = 0;
  private oldestArrivalMs = 0;
  private bufferedSinceMs = 0;
  private delivered = { records: 0, objects: 0 };
  private loop: Promise<void> = Promise.resolve();
  private emptyPolls = 0;
  private inTrouble = false;

  constructor(
    private readonly options: DeliveryStreamOptions,
    private readonly checkpoint: DeliveryCheckpoint,
  ) {
    this.deliveryStreamName = options.deliveryStreamName;
    this.durable = new Map(Object.entries(checkpoint.shards));
    this.readers = new ShardReaders(options.kinesis, options.streamName, this.durable, options.clock);
  }

  start(): void {
    this.loop = this.run();
  }

  status(): DeliveryStatus {
    return {
      bufferedRecords: this.records.length,
      deliveredRecords: this.delivered.records,
      deliveredObjects: this.delivered.objects,
    };
  }

  async close(): Promise<void> {
    this.abort.abort();
    await this.loop;
    for (const step of [() => this.readRest(), () => this.deliver()]) {
      try {
        await step();
      } catch (error) {
        // The checkpoint stays behind, so the records are delivered after the next start.
        this.options.onTrouble(
          `${this.deliveryStreamName} could not deliver its last records: ${reasonOf(error)}`,
        );
      }
    }
  }

  /** Reads what is in the stream now; whoever still writes to it must not keep the delivery stream from ending. */
  private async readRest(): Promise<void> {
    const bound = AbortSignal.timeout(restMsMax);
    let received = 1;
    while (received > 0 && !bound.aborted && this.sizeBytes < this.options.bufferBytes) {
      received = 0;
      for await (const { shardId, records } of this.readers.readEach(bound)) {
        received += records.length;
        for (const record of records) await this.take(shardId, record);
      }
    }
  }

  private async run(): Promise<void> {
    while (!this.abort.signal.aborted) {
      try {
        await this.pollOnce();
        this.inTrouble = false;
      } catch (error) {
        if (!this.inTrouble && !this.abort.signal.aborted) {
          this.options.onTrouble(
            `${this.deliveryStreamName} is interrupted and goes on by itself: ${reasonOf(error)}`,
          );
        }
        this.inTrouble = true;
        await this.pause(retryDelayMs);
      }
    }
  }

  private async pollOnce(): Promise<void> {
    let received = 0;
    for await (const { shardId, records } of this.readers.readEach(this.abort.signal)) {
      received += records.length;
      for (const record of records) await this.take(shardId, record);
    }
    const ageMs = this.options.clock() - this.bufferedSinceMs;
    if (this.records.length > 0 && ageMs >= this.options.bufferSeconds * 1_000) await this.deliver();
    this.emptyPolls = received === 0 && this.records.length === 0 ? this.emptyPolls + 1 : 0;
    const intervals = Math.min(idleIntervalsMax, 2 ** Math.max(0, this.emptyPolls - 1));
    if (received === 0) await this.pause(intervals * (this.options.pollIntervalMs ?? 1_000));
  }

  private async take(shardId: string, record: KinesisRecord): Promise<void> {
    const { Data: data, SequenceNumber: sequenceNumber } = record;
    if (data === undefined || sequenceNumber === undefined) return;
    const arrivalMs = record.ApproximateArrivalTimestamp?.getTime() ?? this.options.clock();
    // Older than the delivery stream itself.
    if (arrivalMs < this.checkpoint.startMs) return;
    if (this.records.length === 0) {
      this.bufferedSinceMs = this.options.clock();
      this.oldestArrivalMs = arrivalMs;
    }
    this.records.push(data);
    this.sizeBytes += data.byteLength;
    this.oldestArrivalMs = Math.min(this.oldestArrivalMs, arrivalMs);
    this.buffered.set(shardId, sequenceNumber);
    while (this.sizeBytes >= this.options.bufferBytes) {
      try {
        await this.deliver();
      } catch (error) {
        if (this.abort.signal.aborted) return;
        this.options.onTrouble(`${this.deliveryStreamName} cannot write and tries again: ${reasonOf(error)}`);
        await this.pause(retryDelayMs);
      }
    }
  }

  /** Writes the buffer as one object, then the checkpoint. The buffer is kept when the object cannot be written. */
  private async deliver(): Promise<void> {
    if (this.records.length === 0) return;
    const body = Buffer.concat(this.records);
    const content = this.options.compression === 'GZIP' ? await promisify(gzip)(body) : body;
    await this.options.put(this.objectKey(), content);
    this.delivered = {
      records: this.delivered.records + this.records.length,
      objects: this.delivered.objects + 1,
    };
    for (const [shardId, sequenceNumber] of this.buffered) this.durable.set(shardId, sequenceNumber);
    this.records = [];
    this.sizeBytes = 0;
    this.buffered.clear();
    await saveCheckpoint(this.options.checkpointFile, {
      startMs: this.checkpoint.startMs,
      shards: Object.fromEntries(this.durable),
    });
  }

  /** https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html */
  private objectKey(): string {
    const { deliveryStreamName, prefix, fileExtension, random } = this.options;
    const values = { timestampMs: this.oldestArrivalMs, random };
    return `${prefix.evaluate(values)}${deliveryStreamName}-1-${fileNameTime.evaluate(values)}-${randomUUID()}${fileExtension}`;
  }

  private async pause(durationMs: number): Promise<void> {
    try {
      await delay(durationMs, undefined, { signal: this.abort.signal });
    } catch {
      // Closed while waiting.
    }
  }
}
