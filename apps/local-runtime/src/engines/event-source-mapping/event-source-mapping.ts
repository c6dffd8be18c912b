import { setImmediate } from 'node:timers/promises';
import { DescribeStreamSummaryCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { InvokeResult } from '../lambda/lambda-function.js';
import type { BackoffLimits } from './backoff.js';
import { backoffMs } from './backoff.js';
import type { MappingMetric } from './batch-processor.js';
import { Bell } from './bell.js';
import { CheckpointStore } from './checkpoint-store.js';
import { listShards, readyShards, type ShardInfo } from './shard-lineage.js';
import { ShardPoller, type ShardPollerOptions } from './shard-poller.js';
import { ShardReader, type ShardPosition } from './shard-reader.js';

export type { MappingMetric } from './batch-processor.js';

export interface EventSourceMappingOptions {
  uuid: string;
  streamName: string;
  streamArn: string;
  kinesis: KinesisClient;
  functionName: string;
  batchSize: number;
  maximumBatchingWindowSeconds: number;
  parallelizationFactor: number;
  startingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  /** Epoch seconds; with AT_TIMESTAMP only. */
  startingPositionTimestampSeconds?: number;
  reportBatchItemFailures: boolean;
  bisectBatchOnFunctionError: boolean;
  /** -1: until the records expire. */
  maximumRetryAttempts: number;
  /** -1: until the stream drops them. */
  maximumRecordAgeSeconds: number;
  /** Takes the invocation record of discarded records, payload included, and the key of its S3 object. */
  onFailure?: (invocationRecord: object, key: string) => Promise<void>;
  checkpointFile: string;
  region: string;
  /** Pause after an empty page, up to four times as long while pages stay empty. Default 250. */
  pollIntervalMs?: number;
  /** How often the stream's shards are listed. Default 2000. */
  shardSyncIntervalMs?: number;
  /** Delays between retries. Default 100 ms, doubling up to 10 s. */
  retryBackoff?: BackoffLimits;
  /** How long `close()` waits for running invocations. Default 10 seconds. */
  closeWaitMs?: number;
  /** The role in `invokeIdentityArn`. */
  invokeIdentityArn?: string;
  clock(): number;
  random(): number;
  invoke(payload: string): Promise<InvokeResult>;
  log(message: string, fields?: object): void;
  onMetric?(metric: MappingMetric, value: number): void;
  /** At each sending of a batch: how long ago its last record arrived in the stream. */
  onIteratorAge?(ageMs: number): void;
}

export interface RunningEventSourceMapping {
  /**
   * Records in the stream not yet checkpointed (a lower bound where a shard has more than 1,000 unread), and how long ago the
   * oldest of them arrived. `records: 0` is exact: everything put before the call has been processed and its checkpoint written.
   */
  lag(): Promise<{ records: number; iteratorAgeMs: number }>;
  /** Records may have been put: readers that pause after empty pages look at once. */
  wake(): void;
  /** Begins nothing new, lets running invocations end within a bound, and writes the checkpoints. */
  close(): Promise<void>;
}

const peekRecordsMax = 1_000;

/**
 * Polls a Kinesis stream and invokes a function with its records, as an event source mapping of Lambda does.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 * Resolves when the first shards have been found and their positions taken.
 * @throws what Kinesis said when the stream cannot be described; Error when the checkpoint file is damaged.
 */
export async function startEventSourceMapping(
  options: EventSourceMappingOptions,
): Promise<RunningEventSourceMapping> {
  const summary = await options.kinesis.send(
    new DescribeStreamSummaryCommand({ StreamName: options.streamName }),
  );
  const description = summary.StreamDescriptionSummary;
  const store = await CheckpointStore.open(
    options.checkpointFile,
    { streamArn: options.streamArn, createdMs: description?.StreamCreationTimestamp?.getTime() ?? 0 },
    options.clock(),
  );
  const retentionMs = (description?.RetentionPeriodHours ?? 24) * 3_600_000;
  const mapping = new Mapping(options, store, retentionMs);
  await mapping.start();
  return mapping;
}

class Mapping implements RunningEventSourceMapping {
  private readonly pollers = new Map<string, ShardPoller>();
  private readonly bell = new Bell();
  private readonly abort = new AbortController();
  private readonly pollerOptions: ShardPollerOptions;
  private stopping = false;
  private watching: Promise<void> = Promise.resolve();
  private closed: Promise<void> | undefined;

  constructor(
    private readonly options: EventSourceMappingOptions,
    private readonly store: CheckpointStore,
    retentionMs: number,
  ) {
    const { maximumRecordAgeSeconds, onFailure } = options;
    const [, , , region, accountId] = options.streamArn.split(':');
    this.pollerOptions = {
      mappingUuid: options.uuid,
      functionArn: `arn:aws:lambda:${region ?? options.region}:${accountId ?? ''}:function:${options.functionName}`,
      streamArn: options.streamArn,
      batchSize: options.batchSize,
      maximumBatchingWindowSeconds: options.maximumBatchingWindowSeconds,
      parallelizationFactor: options.parallelizationFactor,
      reportBatchItemFailures: options.reportBatchItemFailures,
      bisectBatchOnFunctionError: options.bisectBatchOnFunctionError,
      maximumRetryAttempts: options.maximumRetryAttempts,
      maximumRecordAgeMs: maximumRecordAgeSeconds < 0 ? Infinity : maximumRecordAgeSeconds * 1000,
      retentionMs,
      pollIntervalMs: options.pollIntervalMs ?? 250,
      backoff: options.retryBackoff ?? { firstMs: 100, maxMs: 10_000 },
      clock: () => options.clock(),
      random: () => options.random(),
      invoke: (payload) => options.invoke(payload),
      onFailure: onFailure === undefined ? undefined : (record, key) => onFailure(record, key),
      count: (metric, value) => options.onMetric?.(metric, value),
      tellAge: (ageMs) => options.onIteratorAge?.(ageMs),
      log: (message, fields) => options.log(message, fields),
      stopped: () => this.stopping,
    };
  }

  async start(): Promise<void> {
    const shards = await this.listShards();
    if (this.store.isNew && this.options.startingPosition === 'LATEST') {
      // A closed shard has nothing after its latest record.
      for (const shard of shards) if (shard.closed) this.store.set(shard.shardId, { finished: true });
    }
    await this.startReady(shards, this.store.isNew);
    this.watching = this.watchShards();
  }

  async lag(): Promise<{ records: number; iteratorAgeMs: number }> {
    let records = 0;
    let oldestMs = Infinity;
    for (const shard of await this.listShards()) {
      if (this.store.get(shard.shardId).finished === true) continue;
      const poller = this.pollers.get(shard.shardId);
      const reader = poller?.reader ?? this.makeReader(shard.shardId, this.laterPosition(shard.shardId));
      const beyond = await reader.peek(peekRecordsMax);
      // A page that the poller was just getting has reached it by then: a record that is not beyond the position is pending
      // here, or it has been checkpointed.
      await setImmediate();
      records += beyond.records + (poller?.pendingRecords ?? 0);
      oldestMs = Math.min(oldestMs, beyond.oldestArrivalMs ?? Infinity, poller?.oldestArrivalMs ?? Infinity);
    }
    await this.store.flush();
    return {
      records,
      iteratorAgeMs: oldestMs === Infinity ? 0 : Math.max(0, this.options.clock() - oldestMs),
    };
  }

  wake(): void {
    for (const poller of this.pollers.values()) poller.wake();
  }

  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    this.stopping = true;
    this.abort.abort();
    this.bell.ring();
    const ended = Promise.all([this.watching, ...[...this.pollers.values()].map((poller) => poller.stop())]);
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.options.closeWaitMs ?? 10_000);
    });
    await Promise.race([ended, bound]);
    clearTimeout(timer);
    await this.store.close();
  }

  /** Finds new shards from time to time, and at once when a shard has ended. */
  private async watchShards(): Promise<void> {
    const intervalMs = this.options.shardSyncIntervalMs ?? 2_000;
    let failures = 0;
    while (!this.stopping) {
      await this.bell.wait(
        failures === 0
          ? intervalMs
          : backoffMs(failures, this.pollerOptions.backoff, () => this.options.random()),
      );
      if (this.stopping) return;
      try {
        const shards = await this.listShards();
        this.store.retain(new Set(shards.map((shard) => shard.shardId)));
        await this.startReady(shards, false);
        failures = 0;
      } catch (error) {
        if (this.stopping) return;
        failures += 1;
        const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        this.options.log('Finding the shards of the stream failed; it is tried again', { reason });
      }
    }
  }

  private async startReady(shards: readonly ShardInfo[], isFirst: boolean): Promise<void> {
    for (const shard of shards) if (shard.closed) this.pollers.get(shard.shardId)?.markClosed();
    for (const shard of readyShards(shards, (shardId) => this.store.get(shardId).finished === true)) {
      if (this.pollers.has(shard.shardId)) continue;
      const position = isFirst ? this.firstPosition() : this.laterPosition(shard.shardId);
      const reader = this.makeReader(shard.shardId, position);
      await reader.prepare();
      if (this.stopping) return;
      const poller = new ShardPoller(shard.shardId, reader, this.pollerOptions, this.store, () => {
        this.pollers.delete(shard.shardId);
        this.bell.ring();
      });
      this.pollers.set(shard.shardId, poller);
      if (shard.closed) poller.markClosed();
      poller.start();
    }
  }

  private firstPosition(): ShardPosition {
    return this.options.startingPosition === 'LATEST'
      ? { kind: 'latest', sinceMs: this.store.startedMs }
      : this.startingPosition();
  }

  /** After a restart, or for a shard that appeared since: behind the checkpoint, else from the start of what the mapping is to see. */
  private laterPosition(shardId: string): ShardPosition {
    const { sequenceNumber } = this.store.get(shardId);
    return sequenceNumber === undefined ? this.startingPosition() : { kind: 'after', sequenceNumber };
  }

  private startingPosition(): ShardPosition {
    switch (this.options.startingPosition) {
      case 'TRIM_HORIZON':
        return { kind: 'trimHorizon' };
      case 'AT_TIMESTAMP':
        return { kind: 'trimHorizon', fromMs: (this.options.startingPositionTimestampSeconds ?? 0) * 1000 };
      case 'LATEST':
        return { kind: 'trimHorizon', fromMs: this.store.startedMs };
    }
  }

  private makeReader(shardId: string, position: ShardPosition): ShardReader {
    const { options } = this;
    const [, , , , accountId] = options.streamArn.split(':');
    const source = {
      streamArn: options.streamArn,
      region: options.region,
      shardId,
      invokeIdentityArn:
        options.invokeIdentityArn ?? `arn:aws:iam::${accountId ?? ''}:role/${options.functionName}-role`,
    };
    return new ShardReader(
      options.kinesis,
      options.streamName,
      source,
      position,
      () => options.clock(),
      this.abort.signal,
    );
  }

  private listShards(): Promise<ShardInfo[]> {
    return listShards(this.options.kinesis, this.options.streamName, this.abort.signal);
  }
}
