import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { TransientStoreError } from './ports.js';
import { RequestRetry, backoffMs, isTransient } from './request-retry.js';
import { makeServiceError } from './testing/fake-client.js';
import { makeWork } from './testing/fixtures.js';

/** Time that passes only while somebody sleeps. */
function makeTime(random = 0.999) {
  const time = { nowMs: 1_000_000, sleptMs: [] as number[] };
  const retry = new RequestRetry({
    clock: () => time.nowMs,
    random: () => random,
    sleep: async (delayMs) => {
      time.sleptMs.push(delayMs);
      time.nowMs += delayMs;
    },
  });
  return { time, retry };
}

function failing(times: number, error: () => unknown) {
  let requests = 0;
  return {
    requests: () => requests,
    request: async (): Promise<string> => {
      requests += 1;
      if (requests <= times) throw error();
      return 'done';
    },
  };
}

describe('RequestRetry', () => {
  it('sends again until throttling ends, and counts what it sent again', async () => {
    const { time, retry } = makeTime();
    const work = makeWork(time.nowMs + 60_000);
    const fake = failing(5, () => makeServiceError('ProvisionedThroughputExceededException'));
    await expect(retry.send('put', work, fake.request)).resolves.toBe('done');
    expect(fake.requests()).toBe(6);
    expect(work.meter.retries).toBe(5);
    expect(time.sleptMs).toHaveLength(5);
  });

  it('gives up in time, with a transient error that says why', async () => {
    const { time, retry } = makeTime();
    const deadlineMs = time.nowMs + 1_000;
    const cause = makeServiceError('ThrottlingException');
    const fake = failing(Number.POSITIVE_INFINITY, () => cause);
    const error: unknown = await retry
      .send('blocks.write', makeWork(deadlineMs), fake.request)
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(TransientStoreError);
    expect(error).toMatchObject({ code: 'store_transient', cause });
    expect(String(error)).toMatch(/blocks\.write.*after \d+ attempts.*ThrottlingException/);
    expect(time.nowMs).toBeLessThan(deadlineMs);
    expect(fake.requests()).toBeGreaterThan(3);
  });

  it('passes on at once what will not pass by itself', async () => {
    const { time, retry } = makeTime();
    const denied = makeServiceError('AccessDeniedException', { $metadata: { httpStatusCode: 400 } });
    const fake = failing(1, () => denied);
    await expect(retry.send('get', makeWork(), fake.request)).rejects.toBe(denied);
    expect(fake.requests()).toBe(1);
    expect(time.sleptMs).toEqual([]);
  });

  it('aborts a request that hangs when the deadline comes', async () => {
    const startMs = Date.now();
    const retry = new RequestRetry({ clock: Date.now, random: Math.random, sleep: async () => {} });
    const hanging = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(makeServiceError('AbortError')));
      });
    await expect(retry.send('get', makeWork(startMs + 30), hanging)).rejects.toThrow(TransientStoreError);
  });

  it('stays within the deadline whatever the dice say', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 20_000 }),
        async (random, allowedMs) => {
          const { time, retry } = makeTime(random);
          const deadlineMs = time.nowMs + allowedMs;
          const fake = failing(Number.POSITIVE_INFINITY, () => makeServiceError('ThrottlingException'));
          await expect(retry.send('get', makeWork(deadlineMs), fake.request)).rejects.toThrow(
            TransientStoreError,
          );
          expect(time.nowMs).toBeLessThan(deadlineMs);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('backoffMs', () => {
  it('draws from nothing up to a ceiling that doubles and is capped', () => {
    expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, 1))).toEqual([25, 50, 100, 200]);
    expect(backoffMs(50, 1)).toBe(2_000);
    expect(backoffMs(10, 0)).toBe(0);
    expect(backoffMs(2, 0.5)).toBe(50);
  });
});

describe('isTransient', () => {
  const cancelled = (...codes: string[]) =>
    new TransactionCanceledException({
      $metadata: { httpStatusCode: 400 },
      message: 'cancelled',
      CancellationReasons: codes.map((Code) => ({ Code })),
    });

  it.each([
    ['throttling', makeServiceError('ThrottlingException'), true],
    ['a fault of the service', makeServiceError('Whatever', { $metadata: { httpStatusCode: 503 } }), true],
    ['a broken connection', makeServiceError('Error', { code: 'ECONNRESET' }), true],
    ['no answer in time', makeServiceError('TimeoutError'), true],
    ['a conflict of transactions', cancelled('None', 'TransactionConflict'), true],
    ['a failed condition of a transaction', cancelled('ConditionalCheckFailed', 'None'), false],
    [
      'a failed condition beside a conflict',
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
      false,
    ],
    ['a transaction cancelled for no reason', cancelled(), false],
    ['a failed condition', makeServiceError('ConditionalCheckFailedException'), false],
    ['a bad request', makeServiceError('ValidationException', { $metadata: { httpStatusCode: 400 } }), false],
    ['a missing table', makeServiceError('ResourceNotFoundException'), false],
    ['a bug', new TypeError('x is undefined'), false],
    ['something thrown that is no error', 'ThrottlingException', false],
    ['nothing', undefined, false],
  ])('%s: %#', (_name, error, transient) => {
    expect(isTransient(error)).toBe(transient);
  });
});
