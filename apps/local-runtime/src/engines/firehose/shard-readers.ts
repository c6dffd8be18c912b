import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  type KinesisClient,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis';

/** Records of one shard, in order. */
export interface ShardRecords {
  readonly shardId: string;
  readonly records: readonly KinesisRecord[];
}

interface ShardReader {
  iterator?: string;
  /** The last sequence number read; reading goes on after it when the iterator is lost. */
  lastRead?: string;
  finished: boolean;
}

const recordsPerRead = 500;
const listIntervalMs = 10_000;

/** Reads all shards of a stream, those that a reshard adds included, each from its checkpoint or its beginning. */
export class ShardReaders {
  private readonly readers = new Map<string, ShardReader>();
  private listedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly kinesis: KinesisClient,
    private readonly streamName: string,
    private readonly checkpoints: ReadonlyMap<string, string>,
    private readonly clock: () => number,
  ) {}

  /** One read of every open shard. */
  async *readEach(signal: AbortSignal): AsyncGenerator<ShardRecords> {
    await this.listWhenDue();
    for (const [shardId, reader] of this.readers) {
      if (reader.finished || signal.aborted) continue;
      const records = await this.read(shardId, reader);
      if (records.length > 0) yield { shardId, records };
    }
  }

  private async read(shardId: string, reader: ShardReader): Promise<readonly KinesisRecord[]> {
    reader.iterator ??= await this.iteratorOf(shardId, reader);
    try {
      const answer = await this.kinesis.send(
        new GetRecordsCommand({ ShardIterator: reader.iterator, Limit: recordsPerRead }),
      );
      const records = answer.Records ?? [];
      reader.lastRead = records.at(-1)?.SequenceNumber ?? reader.lastRead;
      if (answer.NextShardIterator === undefined) {
        // The shard was split or merged; its children are found at once.
        reader.finished = true;
        this.listedMs = Number.NEGATIVE_INFINITY;
      } else reader.iterator = answer.NextShardIterator;
      return records;
    } catch (error) {
      reader.iterator = undefined;
      if (error instanceof ExpiredIteratorException) return [];
      throw error;
    }
  }

  private async iteratorOf(shardId: string, reader: ShardReader): Promise<string> {
    const { ShardIterator } = await this.kinesis.send(
      new GetShardIteratorCommand({
        StreamName: this.streamName,
        ShardId: shardId,
        ...(reader.lastRead === undefined
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: reader.lastRead }),
      }),
    );
    if (ShardIterator === undefined) throw new Error(`Kinesis gave no iterator for ${shardId}.`);
    return ShardIterator;
  }

  private async listWhenDue(): Promise<void> {
    if (this.clock() - this.listedMs < listIntervalMs) return;
    let nextToken: string | undefined;
    do {
      const page = await this.kinesis.send(
        new ListShardsCommand(
          nextToken === undefined ? { StreamName: this.streamName } : { NextToken: nextToken },
        ),
      );
      for (const { ShardId: shardId } of page.Shards ?? []) {
        if (shardId === undefined || this.readers.has(shardId)) continue;
        const lastRead = this.checkpoints.get(shardId);
        this.readers.set(shardId, { finished: false, ...(lastRead === undefined ? {} : { lastRead }) });
      }
      nextToken = page.NextToken;
    } while (nextToken !== undefined);
    this.listedMs = this.clock();
  }
}
