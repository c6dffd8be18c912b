/**
 * The throughput limits of shards, on a real Kinesis engine.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
  type KinesisClient,
  type PutRecordsCommandOutput,
} from '@aws-sdk/client-kinesis';
import { startLimitingServer, type LimitingServer } from './limiting-server.js';
import {
  connectKinesis,
  createStream,
  startTestKinesis,
  streamActive,
  type TestKinesis,
} from './testing/test-kinesis.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

const mebibyte = 1_048_576;
const exceeded = 'ProvisionedThroughputExceededException';

let engine: TestKinesis;
let server: LimitingServer;
let client: KinesisClient;
let nowMs: number;

beforeAll(async () => {
  engine = await startTestKinesis();
});
afterAll(() => engine.close());
beforeEach(async () => {
  nowMs = 1_000_000;
  server = await startLimitingServer({
    engineUrl: engine.endpoint,
    kinesis: engine.kinesis,
    clock: () => nowMs,
  });
  client = connectKinesis(server.endpoint, 1);
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

function put(
  StreamName: string,
  count: number,
  size = 1,
  key = (index: number): string => `k${index}`,
): Promise<PutRecordsCommandOutput> {
  const Records = Array.from({ length: count }, (_, index) => ({
    Data: Buffer.alloc(size),
    PartitionKey: key(index),
  }));
  return client.send(new PutRecordsCommand({ StreamName, Records }));
}

async function iteratorOf(StreamName: string): Promise<string> {
  const { ShardIterator = '' } = await client.send(
    new GetShardIteratorCommand({
      StreamName,
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  return ShardIterator;
}

describe('writes to a shard', () => {
  it('are admitted up to 1,000 records a second, record by record', async () => {
    const stream = await createStream(client, 1);
    expect((await put(stream, 500)).FailedRecordCount).toBe(0);
    expect((await put(stream, 400)).FailedRecordCount).toBe(0);
    const output = await put(stream, 500);
    expect(output.FailedRecordCount).toBe(400);
    expect(output.Records?.slice(0, 100).every(({ SequenceNumber }) => SequenceNumber !== undefined)).toBe(
      true,
    );
    expect(output.Records?.[100]).toEqual({
      ErrorCode: exceeded,
      ErrorMessage: `Rate exceeded for shard shardId-000000000000 in stream ${stream}.`,
    });
    nowMs += 250;
    expect((await put(stream, 500)).FailedRecordCount).toBe(250);
  });

  it('are admitted up to 1 MiB a second, partition keys included', async () => {
    const stream = await createStream(client, 1);
    const key = (): string => 'x'.repeat(24);
    expect((await put(stream, 4, mebibyte / 4 - 24, key)).FailedRecordCount).toBe(0);
    expect((await put(stream, 1, 1, key)).FailedRecordCount).toBe(1);
    nowMs += 500;
    expect((await put(stream, 3, mebibyte / 4 - 24, key)).FailedRecordCount).toBe(1);
    nowMs += 500;
    expect((await put(stream, 2, mebibyte / 4 - 23, key)).FailedRecordCount).toBe(1);
  });

  it('are refused as a whole when they are single, or when nothing of them is admitted', async () => {
    const stream = await createStream(client, 1);
    await put(stream, 500);
    await put(stream, 500);
    await expect(
      client.send(new PutRecordCommand({ StreamName: stream, PartitionKey: 'k', Data: Buffer.from('a') })),
    ).rejects.toMatchObject({ name: exceeded });
    expect((await put(stream, 2)).FailedRecordCount).toBe(2);
    nowMs += 1_000;
    const output = await client.send(
      new PutRecordCommand({ StreamName: stream, PartitionKey: 'k', Data: Buffer.from('a') }),
    );
    expect(output.ShardId).toBe('shardId-000000000000');
  });

  it('count for each shard alone, also after a split that went past the server', async () => {
    const stream = await createStream(client, 1);
    await put(stream, 500);
    await put(stream, 500);
    expect((await put(stream, 10)).FailedRecordCount).toBe(10);
    await engine.kinesis.send(
      new SplitShardCommand({
        StreamName: stream,
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: (2n ** 127n).toString(),
      }),
    );
    await streamActive(engine.kinesis, stream);
    // The first records after it are still counted for the parent, and tell that it is gone.
    nowMs += 1_000;
    expect((await put(stream, 1)).FailedRecordCount).toBe(0);
    for (let call = 0; call < 3; call += 1) expect((await put(stream, 500)).FailedRecordCount).toBe(0);
  });

  it('leave it to the engine to say what is wrong', async () => {
    await expect(put('no-such-stream', 1)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('reads from a shard', () => {
  it('are admitted five times a second', async () => {
    const stream = await createStream(client, 1);
    let iterator = await iteratorOf(stream);
    const read = async (): Promise<void> => {
      const output = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      iterator = output.NextShardIterator ?? '';
    };
    for (let call = 0; call < 5; call += 1) await read();
    await expect(read()).rejects.toMatchObject({ name: exceeded });
    nowMs += 200;
    await read();
    await expect(read()).rejects.toMatchObject({ name: exceeded });
  });

  it('wait until what was read is within 2 MiB a second', async () => {
    const stream = await createStream(client, 1);
    for (let call = 0; call < 6; call += 1) {
      await put(stream, 1, mebibyte - 2);
      nowMs += 1_000;
    }
    const iterator = await iteratorOf(stream);
    const read = (): Promise<unknown> => client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    await read();
    nowMs += 1_900;
    await expect(read()).rejects.toMatchObject({ name: exceeded });
    nowMs += 200;
    await read();
  });

  it('with an iterator that the server has not given find it expired', async () => {
    await expect(client.send(new GetRecordsCommand({ ShardIterator: 'x' }))).rejects.toMatchObject({
      name: 'ExpiredIteratorException',
    });
  });
});
