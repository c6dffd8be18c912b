import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListShardsCommand,
  PutRecordsCommand,
  type _Record as KinesisRecord,
} from '@aws-sdk/client-kinesis';
import { replayStream } from './replay-stream.js';
import { createStream, startTestKinesis, type TestKinesis } from './testing/test-kinesis.js';

jest.setTimeout(60_000);

const { signal } = new AbortController();
let engine: TestKinesis;
let streamName: string;
beforeAll(async () => {
  engine = await startTestKinesis();
});
afterAll(() => engine.close());
beforeEach(async () => {
  streamName = await createStream(engine.kinesis, 2);
});

async function put(...texts: string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: text.slice(0, 1), Data: Buffer.from(text) }));
  await engine.kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records }));
}

/** Everything in the stream, by partition key. */
async function content(): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const { PartitionKey = '', Data } of (await recordsByShard()).flat()) {
    (found[PartitionKey] ??= []).push(textOf(Data));
  }
  return found;
}

async function contentByShard(): Promise<string[][]> {
  return (await recordsByShard()).map((records) => records.map(({ Data }) => textOf(Data)));
}

function textOf(data: Uint8Array | undefined): string {
  return Buffer.from(data ?? []).toString();
}

async function recordsByShard(): Promise<KinesisRecord[][]> {
  const found: KinesisRecord[][] = [];
  const { Shards = [] } = await engine.kinesis.send(new ListShardsCommand({ StreamName: streamName }));
  for (const { ShardId } of Shards) {
    const from = { StreamName: streamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await engine.kinesis.send(new GetShardIteratorCommand(from));
    const { Records = [] } = await engine.kinesis.send(new GetRecordsCommand({ ShardIterator }));
    found.push(Records);
  }
  return found;
}

it('puts what arrived in the range once more, by key in order', async () => {
  await put('a1', 'b1', 'a2', 'c1');
  const replayed = await replayStream(
    engine.kinesis,
    streamName,
    { fromMs: 0, toMs: Date.now() + 5_000 },
    signal,
  );
  expect(replayed).toEqual({ records: 4, bytes: 8 });
  expect(await content()).toEqual({ a: ['a1', 'a2', 'a1', 'a2'], b: ['b1', 'b1'], c: ['c1', 'c1'] });
});

it('puts into the shard where a record was, which its partition key alone does not tell', async () => {
  const { Shards = [] } = await engine.kinesis.send(new ListShardsCommand({ StreamName: streamName }));
  const Records = Shards.flatMap(({ HashKeyRange }, shard) =>
    Array.from({ length: 8 }, (_, index) => ({
      PartitionKey: `k${index}`,
      ExplicitHashKey: HashKeyRange?.EndingHashKey,
      Data: Buffer.from(`shard ${shard}`),
    })),
  );
  await engine.kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records }));
  await replayStream(engine.kinesis, streamName, { fromMs: 0, toMs: Date.now() + 5_000 }, signal);
  const shards = await contentByShard();
  expect(shards.map((texts) => [new Set(texts), texts.length])).toEqual([
    [new Set(['shard 0']), 16],
    [new Set(['shard 1']), 16],
  ]);
});

it('puts each once, however often it was replayed before', async () => {
  await put('a1', 'a1', 'b1');
  const range = { fromMs: 0, toMs: Date.now() + 5_000 };
  for (let time = 0; time < 3; time += 1) {
    expect((await replayStream(engine.kinesis, streamName, range, signal)).records).toBe(2);
  }
  expect(await content()).toEqual({ a: ['a1', 'a1', 'a1', 'a1', 'a1'], b: ['b1', 'b1', 'b1', 'b1'] });
});

it('leaves what arrived outside the range', async () => {
  await put('a1');
  const nowMs = Date.now();
  const earlier = { fromMs: nowMs - 120_000, toMs: nowMs - 60_000 };
  const later = { fromMs: nowMs + 60_000, toMs: nowMs + 120_000 };
  for (const range of [earlier, later]) {
    expect(await replayStream(engine.kinesis, streamName, range, signal)).toEqual({ records: 0, bytes: 0 });
  }
  expect(await content()).toEqual({ a: ['a1'] });
});

it('puts more than fits into one call', async () => {
  const texts = Array.from({ length: 500 }, (_, index) => `k${index}`);
  await put(...texts);
  await put(...texts.map((text) => `${text}+`));
  const { records } = await replayStream(
    engine.kinesis,
    streamName,
    { fromMs: 0, toMs: Date.now() + 5_000 },
    signal,
  );
  expect(records).toBe(1_000);
});

it('stops when nobody waits for it any more', async () => {
  await put('a1');
  const range = { fromMs: 0, toMs: Date.now() + 5_000 };
  await expect(
    replayStream(engine.kinesis, streamName, range, AbortSignal.abort(new Error('gone'))),
  ).rejects.toThrow();
  expect(await content()).toEqual({ a: ['a1'] });
});
