/**
 * Restarts, and reading that fails, on a real Kinesis engine.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#kinesis-polling-and-batching
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteStreamCommand, CreateStreamCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
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
  temporaryFolder,
  text,
  success,
  letters,
  names,
  type EventRecord,
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

describe('checkpoints', () => {
  it('let a restart go on where the last run ended', async () => {
    const stream = await createStream(kinesis, 2);
    await putAll(
      kinesis,
      stream,
      Array.from({ length: 20 }, (_, index) => ({ data: `a${index}`, key: `k${index}` })),
    );
    const first = await start(stream, success);
    await first.drained();
    await first.close();
    await putAll(
      kinesis,
      stream,
      Array.from({ length: 20 }, (_, index) => ({ data: `b${index}`, key: `k${index}` })),
    );
    const second = await start(stream, success, { checkpointFile: first.checkpointFile });
    await second.drained();
    expect(first.batches.flat().every((data) => data.startsWith('a'))).toBe(true);
    expect([...second.batches.flat()].sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => `b${index}`).sort(),
    );
  });

  it('stand before the first unfinished record, whatever later ones other lanes have finished', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(
      kinesis,
      stream,
      Array.from({ length: 40 }, (_, index) => ({ data: `${index}`, key: `k${index}` })),
    );
    let blockedText: string | undefined;
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const first = await start(
      stream,
      async (records) => {
        const data = text(records[0] as EventRecord);
        blockedText ??= data;
        if (data === blockedText) await blocked;
        return success();
      },
      { parallelizationFactor: 4, batchSize: 1, closeWaitMs: 20 },
    );
    while (first.batches.length < 12) await new Promise((resolve) => setTimeout(resolve, 5));
    await first.close();
    release();
    const second = await start(stream, success, { checkpointFile: first.checkpointFile });
    await second.drained();
    const all = new Set([...first.batches.flat(), ...second.batches.flat()]);
    expect(all.size).toBe(40);
    expect(second.batches.flat()).toContain(blockedText);
  });

  it('of another stream of the same name are not used', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'old');
    const first = await start(stream, success);
    await first.drained();
    await first.close();
    await kinesis.send(new DeleteStreamCommand({ StreamName: stream }));
    // Kinesis tells the time of creation in whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (;;) {
      const recreated = await kinesis
        .send(new CreateStreamCommand({ StreamName: stream, ShardCount: 1 }))
        .catch(() => undefined);
      if (recreated !== undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await streamActive(kinesis, stream);
    await put(kinesis, stream, 'new');
    const second = await start(stream, success, { checkpointFile: first.checkpointFile });
    await second.drained();
    expect(second.batches.flat()).toEqual(['new']);
  });

  it('that are damaged stop the start with the remedy', async () => {
    const stream = await createStream(kinesis, 1);
    const checkpointFile = join(temporaryFolder(), 'checkpoint.json');
    writeFileSync(checkpointFile, '{"version":1');
    await expect(start(stream, success, { checkpointFile })).rejects.toThrow(/is damaged: delete it/);
  });

  it('are whole files at every moment', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(50));
    const seen: string[] = [];
    const mapping = await start(
      stream,
      () => {
        const content = JSON.parse(readFileSync(mapping.checkpointFile, 'utf8')) as {
          shards: Record<string, { sequenceNumber?: string }>;
        };
        seen.push(content.shards['shardId-000000000000']?.sequenceNumber ?? '');
        return success();
      },
      { batchSize: 1 },
    );
    await mapping.drained();
    expect(seen).toEqual([...seen].sort());
    const last = mapping.events.at(-1)?.Records[0]?.kinesis.sequenceNumber;
    expect(JSON.parse(readFileSync(mapping.checkpointFile, 'utf8'))).toMatchObject({
      shards: { 'shardId-000000000000': { sequenceNumber: last } },
    });
  });
});

describe('reading', () => {
  it('goes on after an iterator has expired and after Kinesis has failed', async () => {
    const stream = await createStream(kinesis, 1);
    let failures = 0;
    const original = kinesis.send.bind(kinesis);
    const spy = jest.spyOn(kinesis, 'send').mockImplementation((async (
      command: unknown,
      options: unknown,
    ) => {
      const isRead = (command as { constructor: { name: string } }).constructor.name === 'GetRecordsCommand';
      failures += isRead ? 1 : 0;
      if (isRead && failures % 3 === 0) {
        throw Object.assign(new Error('too old'), { name: 'ExpiredIteratorException' });
      }
      if (isRead && failures % 3 === 1) {
        throw Object.assign(new Error('slow down'), { name: 'ProvisionedThroughputExceededException' });
      }
      return (original as (...args: unknown[]) => unknown)(command, options);
    }) as never);
    const messages: string[] = [];
    const mapping = await start(stream, success, { batchSize: 2, log: (message) => messages.push(message) });
    await putAll(kinesis, stream, letters(9));
    while (mapping.batches.flat().length < 9) await new Promise((resolve) => setTimeout(resolve, 5));
    spy.mockRestore();
    await mapping.drained();
    expect(mapping.batches.flat()).toEqual(names(0, 9));
    expect(messages).toContain('Reading a shard failed; it is tried again');
  });

  it('of LATEST loses nothing when its first iterator expires before the first record', async () => {
    const stream = await createStream(kinesis, 1);
    let skewMs = 0;
    const mapping = await start(stream, success, {
      startingPosition: 'LATEST',
      clock: () => Date.now() + skewMs,
    });
    skewMs = 250_000;
    await put(kinesis, stream, 'r0');
    await mapping.drained();
    expect(mapping.batches.flat()).toEqual(['r0']);
  });
});
