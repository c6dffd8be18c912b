import {
  DescribeStreamSummaryCommand,
  ListShardsCommand,
  MergeShardsCommand,
  SplitShardCommand,
  type KinesisClient,
  type Shard,
} from '@aws-sdk/client-kinesis';
import { randomItem } from './seeded-random.js';

/** An open shard with its range of hash keys, both ends included. */
export interface OpenShard {
  readonly shardId: string;
  readonly startingHashKey: bigint;
  readonly endingHashKey: bigint;
}

export type Reshard =
  | { readonly kind: 'split'; readonly shardId: string; readonly newStartingHashKey: bigint }
  | { readonly kind: 'merge'; readonly shardId: string; readonly adjacentShardId: string };

/**
 * Chooses a shard to split in halves or two neighbours to merge, with equal chances as long as both are possible.
 * Undefined when neither is.
 *
 * @param random numbers in [0, 1)
 */
export function chooseReshard(
  openShards: readonly OpenShard[],
  openShardsMax: number,
  random: () => number,
): Reshard | undefined {
  const sorted = [...openShards].sort((a, b) => (a.startingHashKey < b.startingHashKey ? -1 : 1));
  // The new starting key must lie above start + 1 and below the end.
  const splittable =
    openShards.length < openShardsMax
      ? sorted.filter((shard) => shard.endingHashKey - shard.startingHashKey > 4n)
      : [];
  const mergeable = sorted.flatMap((shard, index) => {
    const next = sorted[index + 1];
    return next !== undefined && shard.endingHashKey + 1n === next.startingHashKey
      ? [{ kind: 'merge', shardId: shard.shardId, adjacentShardId: next.shardId } as const]
      : [];
  });
  const wantsSplit = random() < 0.5;
  const chosen = random();
  if (splittable.length > 0 && (wantsSplit || mergeable.length === 0)) {
    const shard = randomItem(splittable, chosen);
    if (shard === undefined) return undefined;
    const newStartingHashKey = (shard.startingHashKey + shard.endingHashKey + 1n) / 2n;
    return { kind: 'split', shardId: shard.shardId, newStartingHashKey };
  }
  return randomItem(mergeable, chosen);
}

/**
 * Splits or merges shards of a stream, when it is active. Returns what was done.
 *
 * @throws what Kinesis said.
 */
export async function reshardStream(
  kinesis: KinesisClient,
  streamName: string,
  openShardsMax: number,
  random: () => number,
): Promise<object | undefined> {
  const summary = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
  if (summary.StreamDescriptionSummary?.StreamStatus !== 'ACTIVE') return undefined;
  const reshard = chooseReshard(await listOpenShards(kinesis, streamName), openShardsMax, random);
  if (reshard === undefined) return undefined;
  if (reshard.kind === 'split') {
    const { shardId, newStartingHashKey } = reshard;
    await kinesis.send(
      new SplitShardCommand({
        StreamName: streamName,
        ShardToSplit: shardId,
        NewStartingHashKey: String(newStartingHashKey),
      }),
    );
    return { stream: streamName, split: shardId };
  }
  const { shardId, adjacentShardId } = reshard;
  await kinesis.send(
    new MergeShardsCommand({
      StreamName: streamName,
      ShardToMerge: shardId,
      AdjacentShardToMerge: adjacentShardId,
    }),
  );
  return { stream: streamName, merged: [shardId, adjacentShardId] };
}

async function listOpenShards(kinesis: KinesisClient, streamName: string): Promise<OpenShard[]> {
  const open: OpenShard[] = [];
  let nextToken: string | undefined;
  do {
    const page = await kinesis.send(
      new ListShardsCommand(nextToken === undefined ? { StreamName: streamName } : { NextToken: nextToken }),
    );
    open.push(...(page.Shards ?? []).flatMap(openShard));
    nextToken = page.NextToken;
  } while (nextToken !== undefined);
  return open;
}

function openShard({ ShardId, HashKeyRange, SequenceNumberRange }: Shard): OpenShard[] {
  const { StartingHashKey, EndingHashKey } = HashKeyRange ?? {};
  const isOpen = SequenceNumberRange?.EndingSequenceNumber === undefined;
  if (!isOpen || ShardId === undefined || StartingHashKey === undefined || EndingHashKey === undefined)
    return [];
  return [
    {
      shardId: ShardId,
      startingHashKey: BigInt(StartingHashKey),
      endingHashKey: BigInt(EndingHashKey),
    },
  ];
}
