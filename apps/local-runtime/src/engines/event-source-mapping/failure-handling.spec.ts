/**
 * What happens to batches that fail, on a real Kinesis engine.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { createStream, startTestKinesis, type TestKinesis } from '../kinesis/testing/test-kinesis.js';
import {
  put,
  putAll,
  removeTemporaryFolders,
  startMapping,
  text,
  throttled,
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

describe('partial batch responses', () => {
  it.each([
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an empty answer', {}],
    ['null', null],
  ])('%s is success', async (_, answer) => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const mapping = await start(stream, () => answer);
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 3)]);
  });

  it('the lowest reported number is the checkpoint: it and all after it come again', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(5));
    const mapping = await start(stream, (records, invocation) =>
      invocation === 1
        ? {
            batchItemFailures: [4, 2].map((index) => ({
              itemIdentifier: records[index]?.kinesis.sequenceNumber,
            })),
          }
        : success(),
    );
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 5), names(2, 5)]);
  });

  it.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a wrong key', { batchItemFailures: [{ bad: 'x' }] }],
    ['an unknown identifier', { batchItemFailures: [{ itemIdentifier: '123' }] }],
    ['a list that is none', { batchItemFailures: 'x' }],
    ['text', 'done'],
  ])('%s fails the whole batch', async (_, answer) => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const mapping = await start(stream, (_records, invocation) => (invocation === 1 ? answer : success()));
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 3), names(0, 3)]);
  });

  it('mean nothing where they are not switched on', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const mapping = await start(stream, failing('r0'), { reportBatchItemFailures: false });
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 3)]);
  });
});

describe('failures', () => {
  it('are retried as often as configured, then sent to the destination, and the shard goes on', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const mapping = await start(
      stream,
      (records) => {
        if (records.some((record) => text(record) === 'r1')) throw new Error('poison');
        return success();
      },
      { maximumRetryAttempts: 2 },
    );
    await mapping.drained();
    await put(kinesis, stream, 'later');
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 3), names(0, 3), names(0, 3), ['later']]);
    const numbers = mapping.events[0]?.Records.map((record) => record.kinesis.sequenceNumber) ?? [];
    expect(mapping.failures).toEqual([
      {
        key: expect.stringMatching(
          /^aws\/lambda\/f89f8514-cdd9-4602-9e1f-01a5b77d449b\/shardId-000000000000\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
        ),
        record: {
          requestContext: {
            requestId: 'request-3',
            functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:consumer',
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: 3,
          },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          version: '1.0',
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          KinesisBatchInfo: {
            shardId: 'shardId-000000000000',
            startSequenceNumber: numbers[0],
            endSequenceNumber: numbers[2],
            approximateArrivalOfFirstRecord: expect.stringMatching(/Z$/),
            approximateArrivalOfLastRecord: expect.stringMatching(/Z$/),
            batchSize: 3,
            streamArn: `arn:aws:kinesis:eu-west-1:123456789012:stream/${stream}`,
          },
          payload: JSON.stringify(mapping.events[0]),
        },
      },
    ]);
    // What reached the destination is not dropped.
    expect(Object.fromEntries(mapping.metrics)).toEqual({
      PolledEventCount: 4,
      InvokedEventCount: 10,
      FailedInvokeEventCount: 9,
      OnFailureDestinationDeliveredEventCount: 3,
    });
  });

  it('are halved where bisecting is on, without using up retries', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(8));
    const mapping = await start(
      stream,
      (records) => {
        if (records.some((record) => text(record) === 'r5')) throw new Error('poison');
        return success();
      },
      { maximumRetryAttempts: 1, bisectBatchOnFunctionError: true, reportBatchItemFailures: false },
    );
    await mapping.drained();
    expect(mapping.batches).toEqual([
      names(0, 8),
      names(0, 4),
      names(4, 8),
      names(4, 6),
      ['r4'],
      ['r5'],
      ['r5'],
      names(6, 8),
    ]);
    expect(mapping.failures.map(({ record }) => record['KinesisBatchInfo'])).toEqual([
      expect.objectContaining({ batchSize: 1 }),
    ]);
  });

  it('are split at the reported record where both bisecting and reporting are on', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(4));
    const mapping = await start(stream, failing('r2'), {
      maximumRetryAttempts: 0,
      bisectBatchOnFunctionError: true,
    });
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 4), names(2, 4), ['r2'], ['r3']]);
    expect(mapping.failures).toHaveLength(1);
    expect(mapping.failures[0]?.record).toMatchObject({
      responseContext: { statusCode: 200 },
      KinesisBatchInfo: { batchSize: 1 },
    });
  });

  it('by throttling use up no retry', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'r0');
    const mapping = await start(
      stream,
      (_, invocation) => {
        if (invocation <= 5) throw throttled;
        return success();
      },
      { maximumRetryAttempts: 0 },
    );
    await mapping.drained();
    expect(mapping.batches).toHaveLength(6);
    expect(mapping.failures).toEqual([]);
    expect(mapping.metrics.get('FailedInvokeEventCount')).toBe(5);
  });

  it('by an invocation that cannot be made use up none either', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'r0');
    let calls = 0;
    const mapping = await start(stream, success, {
      maximumRetryAttempts: 0,
      invoke: async () => {
        calls += 1;
        if (calls < 4) throw new Error('out of reach');
        return { statusCode: 200, payload: 'null', requestId: 'r' };
      },
    });
    await mapping.drained();
    expect(calls).toBe(4);
    expect(mapping.failures).toEqual([]);
  });

  it('end when the records are too old, even if the function never ran', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(2));
    let skewMs = 0;
    const mapping = await start(
      stream,
      () => {
        skewMs += 30_000;
        throw throttled;
      },
      { maximumRecordAgeSeconds: 60, clock: () => Date.now() + skewMs },
    );
    await mapping.drained();
    expect(mapping.batches.length).toBeGreaterThan(0);
    expect(mapping.failures.map(({ record }) => record)).toEqual([
      expect.objectContaining({
        requestContext: expect.objectContaining({
          condition: 'RecordAgeExceeded',
          approximateInvokeCount: 0,
        }),
        responseContext: null,
        KinesisBatchInfo: expect.objectContaining({ batchSize: 2 }),
      }),
    ]);
  });

  it('of the destination are tried again', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'r0');
    let deliveries = 0;
    const mapping = await start(stream, failing('r0'), {
      maximumRetryAttempts: 0,
      onFailure: async () => {
        deliveries += 1;
        if (deliveries < 3) throw new Error('no space');
      },
    });
    await mapping.drained();
    expect(deliveries).toBe(3);
    expect(mapping.metrics.get('OnFailureDestinationDeliveredEventCount')).toBe(1);
    expect(mapping.metrics.has('DestinationDeliveryFailures')).toBe(false);
  });

  it('that the destination does not take for good are dropped, and counted as such', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(2));
    const mapping = await start(stream, failing('r0'), {
      maximumRetryAttempts: 0,
      onFailure: () => Promise.reject(new Error('no space')),
    });
    await mapping.drained();
    expect(Object.fromEntries(mapping.metrics)).toMatchObject({
      DroppedEventCount: 2,
      DestinationDeliveryFailures: 1,
    });
    expect(mapping.metrics.has('OnFailureDestinationDeliveredEventCount')).toBe(false);
  });

  it('without a destination are dropped', async () => {
    const stream = await createStream(kinesis, 1);
    await putAll(kinesis, stream, letters(3));
    const mapping = await start(stream, failing('r1'), { maximumRetryAttempts: 0, onFailure: undefined });
    await mapping.drained();
    expect(mapping.batches).toEqual([names(0, 3)]);
    expect(mapping.metrics.get('DroppedEventCount')).toBe(2);
  });

  it('that end because the stream keeps records no longer are not counted as dropped', async () => {
    const stream = await createStream(kinesis, 1);
    await put(kinesis, stream, 'r0');
    let skewMs = 0;
    const mapping = await start(
      stream,
      () => {
        skewMs = 25 * 3_600_000;
        throw new Error('not yet');
      },
      { onFailure: undefined, clock: () => Date.now() + skewMs },
    );
    await mapping.drained();
    expect(mapping.batches).toEqual([['r0']]);
    expect(mapping.metrics.has('DroppedEventCount')).toBe(false);
  });
});
