import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { PutRecordsCommand, SplitShardCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { createStream, startTestKinesis, type TestKinesis } from '../kinesis/testing/test-kinesis.js';
import {
  startDeliveryStream,
  type DeliveryStreamOptions,
  type RunningDeliveryStream,
} from './delivery-stream.js';
import { parsePrefix } from './object-prefix.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let engine: TestKinesis;
let StreamName: string;
let client: KinesisClient;
let folder: string;
const objects = new Map<string, Buffer>();
let running: RunningDeliveryStream | undefined;

beforeAll(async () => {
  engine = await startTestKinesis();
  client = engine.kinesis;
});
afterAll(() => engine.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-firehose-'));
  objects.clear();
  StreamName = await createStream(client, 2);
});
afterEach(async () => {
  await running?.close();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(overrides: Partial<DeliveryStreamOptions> = {}): Promise<RunningDeliveryStream> {
  running = await startDeliveryStream({
    deliveryStreamName: 'archive',
    streamName: StreamName,
    kinesis: client,
    prefix: parsePrefix('records/!{timestamp:yyyy}/', { errors: false }),
    fileExtension: '.txt',
    compression: 'UNCOMPRESSED',
    bufferSeconds: 3_600,
    bufferBytes: 1_000_000,
    checkpointFile: join(folder, 'checkpoint.json'),
    pollIntervalMs: 10,
    clock: Date.now,
    random: Math.random,
    put: async (key, body) => {
      objects.set(key, Buffer.from(body));
    },
    onTrouble: () => undefined,
    ...overrides,
  });
  return running;
}

async function send(...texts: string[]): Promise<void> {
  const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }));
  await client.send(new PutRecordsCommand({ StreamName, Records }));
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await delay(10);
}

function delivered(): string[] {
  return Buffer.concat([...objects.values()])
    .toString()
    .split('\n')
    .filter(Boolean)
    .sort();
}

describe('a delivery stream', () => {
  it('concatenates records, and delivers what is buffered when it is closed', async () => {
    const delivery = await start();
    await send('a\n', 'b\n', 'c\n');
    await until(() => delivery.status().bufferedRecords === 3);
    expect(objects.size).toBe(0);
    await delivery.close();
    expect(delivered()).toEqual(['a', 'b', 'c']);
    expect([...objects.keys()]).toEqual([
      expect.stringMatching(/^records\/\d{4}\/archive-1-\d{4}(-\d{2}){5}-[0-9a-f-]{36}\.txt$/),
    ]);
  });

  it('delivers what it has not read yet when it is closed', async () => {
    const delivery = await start({ pollIntervalMs: 1_000_000 });
    const texts = Array.from({ length: 600 }, (_, index) => `r${index}\n`);
    await send(...texts.slice(0, 300));
    await send(...texts.slice(300));
    await delivery.close();
    expect(delivered()).toEqual(texts.map((text) => text.trim()).sort());
  });

  it('delivers when the buffer is full', async () => {
    const delivery = await start({ bufferBytes: 4 });
    await send('a\n', 'b\n', 'c\n');
    await until(() => delivery.status().deliveredRecords === 2);
    await delivery.close();
    expect(objects.size).toBe(2);
    expect(delivered()).toEqual(['a', 'b', 'c']);
  });

  it('delivers when the time of the buffer is over', async () => {
    let offsetMs = 0;
    const delivery = await start({ bufferSeconds: 60, clock: () => Date.now() + offsetMs });
    await send('a\n');
    await until(() => delivery.status().bufferedRecords === 1);
    offsetMs = 60_000;
    await until(() => delivery.status().deliveredRecords === 1);
    expect(delivered()).toEqual(['a']);
  });

  it('goes on after its last object, and starts at its creation', async () => {
    await send('before\n');
    await delay(5);
    const first = await start();
    await send('a\n');
    await until(() => first.status().bufferedRecords === 1);
    await first.close();
    await send('b\n');
    const second = await start();
    await until(() => second.status().bufferedRecords === 1);
    await second.close();
    expect(delivered()).toEqual(['a', 'b']);
  });

  it('delivers again what it could not write', async () => {
    const troubles: string[] = [];
    const first = await start({
      put: () => Promise.reject(new Error('disk full')),
      onTrouble: (message) => troubles.push(message),
    });
    await send('a\n');
    await until(() => first.status().bufferedRecords === 1);
    await first.close();
    expect(troubles).toEqual(['archive could not deliver its last records: disk full']);
    const second = await start();
    await until(() => second.status().bufferedRecords === 1);
    await second.close();
    expect(delivered()).toEqual(['a']);
  });

  it('follows the shards of a split', async () => {
    const delivery = await start();
    await client.send(
      new SplitShardCommand({ StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '1000' }),
    );
    await delay(50);
    const texts = Array.from({ length: 20 }, (_, index) => `r${index}\n`);
    await send(...texts);
    await until(() => delivery.status().bufferedRecords === texts.length);
    await delivery.close();
    expect(delivered()).toEqual(texts.map((text) => text.trim()).sort());
  });

  it('compresses when it is told to', async () => {
    const delivery = await start({ compression: 'GZIP', fileExtension: '.gz' });
    await send('a\n');
    await until(() => delivery.status().bufferedRecords === 1);
    await delivery.close();
    expect([...objects.values()].map((object) => gunzipSync(object).toString())).toEqual(['a\n']);
  });

  it('refuses a damaged checkpoint', async () => {
    const first = await start();
    await first.close();
    writeFileSync(join(folder, 'checkpoint.json'), '{');
    await expect(start()).rejects.toMatchObject({ code: 'data_directory_damaged' });
  });
});
