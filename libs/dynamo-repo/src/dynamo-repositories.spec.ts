import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { emptyBlock, mergeReadings } from '@weir/aggregation';
import { createDynamoRepositories } from './dynamo-repositories.js';
import { TransientStoreError } from './ports.js';
import type { Repositories, StoredBlock } from './ports.js';
import { describeOnEngines } from './testing/dynamo-engines.js';
import { makeFakeClient, makeServiceError } from './testing/fake-client.js';
import type { FakeRequest } from './testing/fake-client.js';
import {
  BLOCK_MINUTES,
  BLOCK_MS,
  HOUR_START_MS,
  bytesOf,
  makeBlock,
  makeReading,
  makeWork,
} from './testing/fixtures.js';

jest.setTimeout(60_000);

const NOW_MS = HOUR_START_MS;
const TABLE = 'contract';

interface BatchInput {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly { pk: string; sk: string }[] }>>;
}

function repositoriesOn(respond: (request: FakeRequest) => unknown): Repositories {
  let nowMs = NOW_MS;
  return createDynamoRepositories({
    client: makeFakeClient(respond),
    tableName: TABLE,
    blockMinutes: BLOCK_MINUTES,
    clock: () => nowMs,
    random: () => 0.5,
    sleep: async (delayMs) => {
      nowMs += delayMs;
    },
  });
}

function keysIn(request: FakeRequest): readonly { pk: string; sk: string }[] {
  return (request.input as BatchInput).RequestItems[TABLE]?.Keys ?? [];
}

describe('getMany under throttling', () => {
  const wanted = Array.from({ length: 250 }, (_, index) => ({
    deviceId: 'a',
    slotStartMs: HOUR_START_MS + index * BLOCK_MS,
  }));

  it('asks again for exactly the keys that were left unprocessed, until all are read', async () => {
    const asked: number[] = [];
    const { blocks } = repositoriesOn((request) => {
      const keys = keysIn(request);
      asked.push(keys.length);
      const [served, left] = [keys.slice(0, 40), keys.slice(40)];
      return {
        Responses: { [TABLE]: served.map(({ pk, sk }) => itemOf(pk, sk)) },
        UnprocessedKeys: left.length === 0 ? {} : { [TABLE]: { Keys: left, ConsistentRead: true } },
        ConsumedCapacity: [{ TableName: TABLE, CapacityUnits: served.length }],
      };
    });
    const work = makeWork(NOW_MS + 60_000);
    const found = await blocks.getMany(wanted, work);
    expect(found.size).toBe(250);
    expect(asked.sort((a, b) => b - a)).toEqual([100, 100, 60, 60, 50, 20, 20, 10]);
    expect(work.meter).toMatchObject({ readUnits: 250, retries: 5 });
  });

  it('ends with a transient error when the keys stay unprocessed to the deadline', async () => {
    const { blocks } = repositoriesOn((request) => ({
      Responses: {},
      UnprocessedKeys: { [TABLE]: { Keys: keysIn(request) } },
    }));
    await expect(blocks.getMany(wanted, makeWork(NOW_MS + 5_000))).rejects.toThrow(TransientStoreError);
  });

  function itemOf(pk: string, sk: string) {
    const block = makeBlock(Number(sk.slice(2)));
    return { pk, sk, v: 1, d: Uint8Array.from(Buffer.from(bytesOf(block), 'hex')) };
  }
});

describe('requests that fail', () => {
  it('does not take a failed condition for a fault, even after a retry', async () => {
    let requests = 0;
    const { blocks } = repositoriesOn(() => {
      requests += 1;
      if (requests === 1)
        throw makeServiceError('InternalServerError', { $metadata: { httpStatusCode: 500 } });
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
    });
    const work = makeWork(NOW_MS + 1_000);
    const result = await blocks.write('a', makeBlock(HOUR_START_MS), undefined, NOW_MS, work);
    expect(result).toEqual({ ok: false, current: undefined });
    expect(work.meter).toEqual({ readUnits: 0, writeUnits: 1, conflicts: 1, retries: 1 });
  });

  it('passes on what is neither transient nor a condition', async () => {
    const denied = makeServiceError('AccessDeniedException');
    const { blocks, rollups, devices } = repositoriesOn(() => {
      throw denied;
    });
    await expect(blocks.openRun('a', makeWork())).rejects.toBe(denied);
    await expect(rollups.get('a', 'day', 0, makeWork())).rejects.toBe(denied);
    await expect(devices.putEntry({ deviceId: 'a', effectiveFromMs: 0 }, makeWork())).rejects.toBe(denied);
  });

  it('tries a transaction again after a conflict with another', async () => {
    const operations: string[] = [];
    const { devices } = repositoriesOn(({ operation }) => {
      operations.push(operation);
      if (operations.length > 1) return { ConsumedCapacity: [{ CapacityUnits: 4 }] };
      throw new TransactionCanceledException({
        $metadata: {},
        message: 'conflict',
        CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
      });
    });
    const work = makeWork(NOW_MS + 1_000);
    await devices.putEntry({ deviceId: 'a', effectiveFromMs: 0 }, work);
    expect(operations).toEqual(['TransactWrite', 'TransactWrite']);
    expect(work.meter).toEqual({ readUnits: 0, writeUnits: 4, conflicts: 0, retries: 1 });
  });
});

describeOnEngines('a lost response', ({ start }) => {
  it('of a write that took effect comes back as a conflict with what was written', async () => {
    const engine = await start();
    try {
      let lost = 0;
      engine.client.middlewareStack.add(
        (next) => async (args) => {
          const answer = await next(args);
          lost += 1;
          if (lost === 1) throw makeServiceError('Error', { code: 'ECONNRESET' });
          return answer;
        },
        { step: 'finalizeRequest', name: 'loseFirstResponse' },
      );
      const { blocks } = createDynamoRepositories({
        ...engine,
        blockMinutes: BLOCK_MINUTES,
        clock: () => NOW_MS,
        random: () => 0,
      });
      const block = makeBlock(HOUR_START_MS);
      const work = makeWork();
      const result = await blocks.write('a', block, undefined, NOW_MS, work);
      expect(result).toMatchObject({ ok: false, current: { version: 1, sealed: false } });
      expect(result.ok ? undefined : bytesOf(result.current?.block)).toBe(bytesOf(block));
      expect(work.meter).toMatchObject({ conflicts: 1, retries: 1 });
    } finally {
      await engine.stop();
    }
  });
});

describeOnEngines('the head of a device', ({ start }) => {
  it.each([10, 60])(
    'takes one request with blocks of %i minutes, wherever in its hour the newest one lies',
    async (blockMinutes) => {
      const engine = await start();
      try {
        const clock = () => NOW_MS;
        const { blocks, devices, heads } = createDynamoRepositories({
          ...engine,
          blockMinutes,
          clock,
          random: Math.random,
        });
        const blockMs = blockMinutes * 60_000;
        const slotsAnHour = 60 / blockMinutes;
        await devices.putEntry({ deviceId: 'a', effectiveFromMs: 0 }, makeWork());
        await devices.putEntry({ deviceId: 'a', effectiveFromMs: 1 }, makeWork());
        let requests = 0;
        engine.client.middlewareStack.add(
          (next) => (args) => {
            requests += 1;
            return next(args);
          },
          { step: 'finalizeRequest', name: 'countRequests' },
        );
        let newest: StoredBlock | undefined;
        for (let slot = 0; slot < 3 * slotsAnHour; slot += 1) {
          const startMs = HOUR_START_MS + slot * blockMs;
          const window = { startMs, endMs: startMs + blockMs };
          const { block } = mergeReadings(emptyBlock(window), [makeReading(startMs)]);
          const written = await blocks.write('a', block, undefined, NOW_MS, makeWork());
          if (newest !== undefined) await blocks.seal(newest, NOW_MS, makeWork());
          newest = written.ok ? written.stored : undefined;
          for (const depth of ['open run', 'unfolded hours'] as const) {
            requests = 0;
            const head = await heads.read('a', depth, makeWork());
            expect([slot, depth, requests]).toEqual([slot, depth, 1]);
            expect(head.blocks[0]?.block.slot.startMs).toBe(startMs);
          }
        }
      } finally {
        await engine.stop();
      }
    },
  );
});

describe('options', () => {
  const options = {
    tableName: TABLE,
    clock: () => NOW_MS,
    random: () => 0,
    client: makeFakeClient(() => ({})),
  };

  it.each([
    [{ blockMinutes: 7 }, 'blockMinutes'],
    [{ blockMinutes: 0 }, 'blockMinutes'],
    [{ blockMinutes: 10, blockTtlMs: 86_399_999 }, 'blockTtlMs'],
    [{ blockMinutes: 10, blockTtlMs: 86_400_000, hourTtlMs: 86_399_999 }, 'hourTtlMs'],
  ])('refuses %p, naming the option', (wrong, name) => {
    expect(() => createDynamoRepositories({ ...options, ...wrong })).toThrow(RangeError);
    expect(() => createDynamoRepositories({ ...options, ...wrong })).toThrow(name);
  });
});
