import { ListShardsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';

/** A shard as ListShards describes it. */
export interface ShardInfo {
  readonly shardId: string;
  /** The shard or shards that it came from by a split or merge. */
  readonly parents: readonly string[];
  /** It takes no more records. */
  readonly closed: boolean;
  /** The first hash key of those that map to it, in decimal digits. */
  readonly firstHashKey: string;
}

/** All shards of a stream that still hold records, open and closed. */
export async function listShards(
  kinesis: KinesisClient,
  streamName: string,
  signal: AbortSignal,
): Promise<ShardInfo[]> {
  const shards: ShardInfo[] = [];
  let nextToken: string | undefined;
  do {
    const page = await kinesis.send(
      new ListShardsCommand(nextToken === undefined ? { StreamName: streamName } : { NextToken: nextToken }),
      { abortSignal: signal },
    );
    for (const shard of page.Shards ?? []) {
      shards.push({
        shardId: shard.ShardId ?? '',
        parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((parent) => parent !== undefined),
        closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
        firstHashKey: shard.HashKeyRange?.StartingHashKey ?? '0',
      });
    }
    nextToken = page.NextToken;
  } while (nextToken !== undefined);
  return shards;
}

/**
 * Shards whose turn has come: not finished, and every parent that the stream still has is. So the records of a key are processed
 * in order across splits and merges.
 * https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
 */
export function readyShards(
  shards: readonly ShardInfo[],
  isFinished: (shardId: string) => boolean,
): ShardInfo[] {
  const known = new Set(shards.map((shard) => shard.shardId));
  return shards.filter(
    (shard) =>
      !isFinished(shard.shardId) && shard.parents.every((parent) => !known.has(parent) || isFinished(parent)),
  );
}
