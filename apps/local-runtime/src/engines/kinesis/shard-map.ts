import { createHash } from 'node:crypto';
import { ListShardsCommand, type KinesisClient, type Shard } from '@aws-sdk/client-kinesis';

interface OpenShard {
  readonly shardId: string;
  readonly startingHashKey: bigint;
  readonly endingHashKey: bigint;
}

/** Knows into which shard a record goes. What it has read of a stream is forgotten when told. */
export class ShardMap {
  private readonly streams = new Map<string, Promise<readonly OpenShard[]>>();

  constructor(private readonly kinesis: KinesisClient) {}

  /**
   * The open shard of a partition key or an explicit hash key; undefined when the stream has none for it.
   * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
   *
   * @throws what Kinesis says when the shards cannot be listed.
   */
  async shardOf(
    streamName: string,
    partitionKey: string,
    explicitHashKey?: string,
  ): Promise<string | undefined> {
    let shards = this.streams.get(streamName);
    if (shards === undefined) {
      shards = this.openShards(streamName);
      this.streams.set(streamName, shards);
      shards.catch(() => this.forget(streamName));
    }
    const hashKey = explicitHashKey === undefined ? hashKeyOf(partitionKey) : BigInt(explicitHashKey);
    return (await shards).find((shard) => hashKey >= shard.startingHashKey && hashKey <= shard.endingHashKey)
      ?.shardId;
  }

  /** The stream was resharded. */
  forget(streamName: string): void {
    this.streams.delete(streamName);
  }

  private async openShards(StreamName: string): Promise<OpenShard[]> {
    const shards: Shard[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.kinesis.send(
        new ListShardsCommand(NextToken === undefined ? { StreamName } : { NextToken }),
      );
      shards.push(...(page.Shards ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    return shards
      .filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined)
      .map((shard) => ({
        shardId: shard.ShardId ?? '',
        startingHashKey: BigInt(shard.HashKeyRange?.StartingHashKey ?? 0),
        endingHashKey: BigInt(shard.HashKeyRange?.EndingHashKey ?? 0),
      }));
  }
}

/** The MD5 of the key as a number of 128 bits. */
function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
}
