/**
 * Order across splits and merges, on a real Kinesis engine.
 * https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
 */
import { MergeShardsCommand, SplitShardCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import {
  createStream,
  startTestKinesis,
  streamActive,
  type TestKinesis,
} from '../kinesis/testing/test-kinesis.js';
import {
  put,
  putAll,
  removeTemporaryFolders,
  startMapping,
  text,
  success,
  type TestMapping,
} from './testing/mapping-fixture.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let engine: TestKinesis;
let kinesis: KinesisClient;
const mappings: TestMapping[] = [];

beforeAll(async () => {
  engine = await startTestKinesis();
  kinesis = engine.kinesis;
});

afterEach(async () => {
  await Promise.all(mappings.splice(0).map((mapping) => mapping.close()));
});

afterAll(async () => {
  await engine.close();
  removeTemporaryFolders();
});

async function start(
  ...args: Parameters<typeof startMapping> extends [unknown, ...infer Rest] ? Rest : never
): Promise<TestMapping> {
  const mapping = await startMapping(kinesis, ...args);
  mappings.push(mapping);
  return mapping;
}

describe('resharding', () => {
  const middle = (2n ** 127n).toString();

  it('finishes parents before children, at a split and at a merge, and keeps the order of keys', async () => {
    const stream = await createStream(kinesis, 1);
    const keys = Array.from({ length: 8 }, (_, index) => `key-${index}`);
    let round = 0;
    const putRound = async (): Promise<void> => {
      for (let count = 0; count < 3; count += 1) {
        round += 1;
        await putAll(
          kinesis,
          stream,
          keys.map((key) => ({ data: `${round}`, key })),
        );
      }
    };
    await putRound();
    await kinesis.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: middle,
      }),
    );
    await streamActive(kinesis, stream);
    await putRound();
    const seen = new Map<string, number[]>();
    const shards: string[] = [];
    const mapping = await start(
      stream,
      (records) => {
        for (const record of records) {
          const key = record.kinesis.partitionKey;
          seen.set(key, [...(seen.get(key) ?? []), Number(text(record))]);
          shards.push(record.eventID.split(':')[0] ?? '');
        }
        return success();
      },
      { batchSize: 5, parallelizationFactor: 2 },
    );
    await mapping.drained();
    await kinesis.send(
      new MergeShardsCommand({
        StreamName: stream,
        ShardToMerge: 'shardId-000000000001',
        AdjacentShardToMerge: 'shardId-000000000002',
      }),
    );
    await streamActive(kinesis, stream);
    await putRound();
    await mapping.drained();
    expect(shards.lastIndexOf('shardId-000000000000')).toBeLessThan(shards.indexOf('shardId-000000000001'));
    expect(shards.lastIndexOf('shardId-000000000002')).toBeLessThan(shards.indexOf('shardId-000000000003'));
    for (const key of keys) expect(seen.get(key)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('does not begin a child while its parent is being retried, and counts both as lag', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'parent');
    await kinesis.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: middle,
      }),
    );
    await streamActive(kinesis, stream);
    await putAll(kinesis, stream, [
      { data: 'child', key: 'a' },
      { data: 'child', key: 'b' },
    ]);
    let works = false;
    const mapping = await start(stream, () => {
      if (!works) throw new Error('not yet');
      return success();
    });
    while (mapping.batches.length < 5) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(new Set(mapping.batches.flat())).toEqual(new Set(['parent']));
    expect((await mapping.lag()).records).toBe(3);
    works = true;
    await mapping.drained();
    expect(mapping.batches.flat().filter((data) => data === 'child')).toHaveLength(2);
  });
});
