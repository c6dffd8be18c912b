import fc from 'fast-check';
import { ListShardsCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import {
  createStream,
  startTestKinesis,
  streamActive,
  type TestKinesis,
} from '../engines/kinesis/testing/test-kinesis.js';
import { chooseReshard, reshardStream, type OpenShard } from './reshard.js';
import { randomSequence } from './seeded-random.js';

const hashKeysEnd = 2n ** 128n - 1n;

/** Shards that share all hash keys evenly, in an order that says nothing. */
function shards(count: number): OpenShard[] {
  const width = (hashKeysEnd + 1n) / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    shardId: `shard-${index}`,
    startingHashKey: BigInt(index) * width,
    endingHashKey: index === count - 1 ? hashKeysEnd : BigInt(index + 1) * width - 1n,
  })).reverse();
}

describe('the choice of a reshard', () => {
  it('merges neighbours only, and splits within a shard', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), (count, seed) => {
        const open = shards(count);
        const reshard = chooseReshard(open, 8, randomSequence(seed, 'choice'));
        const byId = new Map(open.map((shard) => [shard.shardId, shard]));
        if (reshard?.kind === 'split') {
          const shard = byId.get(reshard.shardId);
          expect(count).toBeLessThan(8);
          expect(reshard.newStartingHashKey).toBeGreaterThan((shard?.startingHashKey ?? 0n) + 1n);
          expect(reshard.newStartingHashKey).toBeLessThan(shard?.endingHashKey ?? 0n);
        } else {
          const next = byId.get(reshard?.adjacentShardId ?? '')?.startingHashKey;
          expect(next).toBe((byId.get(reshard?.shardId ?? '')?.endingHashKey ?? 0n) + 1n);
        }
      }),
    );
  });

  it('splits when there is one shard, merges when there are enough, and does neither when neither can be', () => {
    expect(chooseReshard(shards(1), 8, () => 0.9)?.kind).toBe('split');
    expect(chooseReshard(shards(4), 4, () => 0)?.kind).toBe('merge');
    expect(chooseReshard(shards(1), 1, () => 0)).toBeUndefined();
    expect(chooseReshard([], 8, () => 0)).toBeUndefined();
  });
});

describe('a stream', () => {
  let engine: TestKinesis;
  beforeAll(async () => {
    engine = await startTestKinesis();
  });
  afterAll(() => engine.close());

  async function openShards(kinesis: KinesisClient, StreamName: string): Promise<number> {
    const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
    return Shards.filter((shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined).length;
  }

  it('is split and merged within its bound', async () => {
    const { kinesis } = engine;
    const stream = await createStream(kinesis, 1);
    const random = randomSequence(1, 'reshards');
    const counts: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      expect(await reshardStream(kinesis, stream, 3, random)).toMatchObject({ stream });
      await streamActive(kinesis, stream);
      counts.push(await openShards(kinesis, stream));
    }
    expect(counts[0]).toBe(2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(3);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
  });
});
