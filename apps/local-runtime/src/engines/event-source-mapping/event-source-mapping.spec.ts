/**
 * Events, batches, starting positions and lag of an event source mapping on a real Kinesis engine.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { createStream, startTestKinesis, type TestKinesis } from '../kinesis/testing/test-kinesis.js';
import {
  put,
  putAll,
  removeTemporaryFolders,
  startMapping,
  text,
  success,
  letters,
  names,
  failing,
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

describe('events', () => {
  it('have the documented shape', async () => {
    const stream = await createStream(kinesis, 1);
    const sequenceNumber = await put(kinesis, stream, 'hëllo', 'device-1');
    const mapping = await start(stream, success);
    await mapping.drained();
    expect(mapping.events).toEqual([
      {
        Records: [
          {
            kinesis: {
              kinesisSchemaVersion: '1.0',
              partitionKey: 'device-1',
              sequenceNumber,
              data: Buffer.from('hëllo').toString('base64'),
              approximateArrivalTimestamp: expect.any(Number),
            },
            eventSource: 'aws:kinesis',
            eventVersion: '1.0',
            eventID: `shardId-000000000000:${sequenceNumber}`,
            eventName: 'aws:kinesis:record',
            invokeIdentityArn: expect.stringMatching(/^arn:aws:iam::123456789012:role\//),
            awsRegion: 'eu-west-1',
            eventSourceARN: `arn:aws:kinesis:eu-west-1:123456789012:stream/${stream}`,
          },
        ],
      },
    ]);
    const seconds = mapping.events[0]?.Records[0]?.kinesis.approximateArrivalTimestamp ?? 0;
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
  });
});

describe('batches', () => {
  it('hold at most the batch size, in order', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(10));
    const mapping = await start(stream, success, { batchSize: 4 });
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 4), names(4, 8), names(8, 10)]);
    expect(mapping.metrics.get('PolledEventCount')).toBe(10);
    expect(mapping.metrics.get('InvokedEventCount')).toBe(10);
  });

  it('say at each sending how old their last record is', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const nowMs = Date.now() + 60_000;
    const ages: number[] = [];
    const failsOnce = (_: unknown, invocation: number) => {
      if (invocation === 1) throw new Error('not yet');
      return success();
    };
    const mapping = await start(stream, failsOnce, {
      batchSize: 2,
      clock: () => nowMs,
      onIteratorAge: (ageMs) => ages.push(ageMs),
    });
    await mapping.drained();
    const arrivals = mapping.events.map(
      ({ Records }) => (Records.at(-1)?.kinesis.approximateArrivalTimestamp ?? 0) * 1000,
    );
    expect(mapping.batches).toEqual([names(0, 2), names(0, 2), names(2, 3)]);
    expect(ages).toHaveLength(3);
    ages.forEach((age, index) => expect(age).toBeCloseTo(nowMs - (arrivals[index] ?? 0), 0));
  });

  it('come at once after a wake, however long the stream was empty', async () => {
    const stream = await createStream(kinesis, 1);
    // Without a wake the record of this test would be found after an hour at the earliest.
    const mapping = await start(stream, success, { pollIntervalMs: 3_600_000 });
    await put(kinesis, stream, 'a');
    while (mapping.batches.length === 0) {
      mapping.wake();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(mapping.batches).toEqual([['a']]);
  });

  it('are collected during the batching window', async () => {
    const stream = await createStream(kinesis, 1);
    const mapping = await start(stream, success, { maximumBatchingWindowSeconds: 1, batchSize: 3 });
    await put(kinesis, stream, 'r0');
    await put(kinesis, stream, 'r1');
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 2)]);
    // A full batch does not wait.
    await putAll(kinesis, stream, letters(3));
    await mapping.drained();
    expect(mapping.batches[1]).toEqual(names(0, 3));
  });

  it('stay below the payload limit of 6 MB', async () => {
    const stream = await createStream(kinesis, 1);
    for (let call = 0; call < 2; call += 1) {
      await putAll(
        kinesis,
        stream,
        Array.from({ length: 6 }, () => ({ data: 'x'.repeat(900_000), key: 'k' })),
      );
    }
    const mapping = await start(stream, success);
    await mapping.drained();
    expect(mapping.batches.flat()).toHaveLength(12);
    for (const event of mapping.events)
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThanOrEqual(6_291_456);
    expect(mapping.batches[0]).toHaveLength(5);
  });

  it('of one shard run at once up to the parallelization factor, in order for each key', async () => {
    const stream = await createStream(kinesis, 1);
    const records = Array.from({ length: 200 }, (_, index) => ({
      data: `${index}`,
      key: `key-${index % 10}`,
    }));
    await putAll(kinesis, stream, records);
    let running = 0;
    let most = 0;
    const seen = new Map<string, number[]>();
    const mapping = await start(
      stream,
      async (batch) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        for (const record of batch) {
          const key = record.kinesis.partitionKey;
          seen.set(key, [...(seen.get(key) ?? []), Number(text(record))]);
        }
        running -= 1;
        return success();
      },
      { parallelizationFactor: 4, batchSize: 7 },
    );
    await mapping.drained();
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect([...seen.values()].flat()).toHaveLength(200);
    for (const numbers of seen.values()) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });
});

describe('starting positions', () => {
  it('LATEST begins with what comes after the start, also after a restart', async () => {
    const stream = await createStream(kinesis, 2);
    await put(kinesis, stream, 'before');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const first = await start(stream, success, { startingPosition: 'LATEST' });
    await first.close();
    await put(kinesis, stream, 'between');
    const second = await start(stream, success, {
      startingPosition: 'LATEST',
      checkpointFile: first.checkpointFile,
    });
    await put(kinesis, stream, 'after');
    await second.drained();
    expect([...first.batches.flat(), ...second.batches.flat()]).toEqual(['between', 'after']);
  });

  it('LATEST delivers what is put right after the start', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'before');
    const mapping = await start(stream, success, { startingPosition: 'LATEST' });
    await put(kinesis, stream, 'after');
    await mapping.drained();
    expect(mapping.batches.flat()).toEqual(['after']);
  });

  it('AT_TIMESTAMP begins with the first record at or after the time', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'early');
    await new Promise((resolve) => setTimeout(resolve, 5));
    const startingPositionTimestampSeconds = Date.now() / 1000;
    await put(kinesis, stream, 'late');
    const mapping = await start(stream, success, {
      startingPosition: 'AT_TIMESTAMP',
      startingPositionTimestampSeconds,
    });
    await mapping.drained();
    expect(mapping.batches.flat()).toEqual(['late']);
  });
});

describe('lag', () => {
  it('is 0 exactly when everything put before has been processed', async () => {
    const stream = await createStream(kinesis, 3);
    const processed = new Set<string>();
    const mapping = await start(
      stream,
      async (records) => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
        for (const record of records) processed.add(text(record));
        return success();
      },
      { parallelizationFactor: 3, batchSize: 3 },
    );
    for (let round = 0; round < 30; round += 1) {
      const records = Array.from({ length: 1 + (round % 7) }, (_, index) => ({
        data: `${round}-${index}`,
        key: `k${index}`,
      }));
      await putAll(kinesis, stream, records);
      await mapping.drained();
      for (const { data } of records) expect(processed.has(data)).toBe(true);
    }
    expect(await mapping.lag()).toEqual({ records: 0, iteratorAgeMs: 0 });
  });

  it('counts what is read and what is not, and tells the age of the oldest', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(20));
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const mapping = await start(stream, () => blocked.then(success), { batchSize: 2 });
    while (mapping.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const lag = await mapping.lag();
    expect(lag.records).toBe(20);
    expect(lag.iteratorAgeMs).toBeGreaterThanOrEqual(30);
    release();
    await mapping.drained();
  });
});

describe('closing', () => {
  it('lets the running invocation end and checkpoints it, but begins no other', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const first = await start(stream, () => blocked.then(success), { batchSize: 1 });
    while (first.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const closed = first.close();
    release();
    await closed;
    expect(first.batches).toEqual([['r0']]);
    const second = await start(stream, success, { checkpointFile: first.checkpointFile });
    await second.drained();
    expect(second.batches.flat()).toEqual(names(1, 3));
  });

  it('does not wait for a retry', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'r0');
    const mapping = await start(stream, failing('r0'), {
      retryBackoff: { firstMs: 600_000, maxMs: 600_000 },
    });
    while (mapping.batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await mapping.close();
    expect(mapping.batches).toEqual([['r0']]);
  });
});
