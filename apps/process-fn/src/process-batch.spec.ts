import { TransientStoreError, type Repositories } from '@weir/dynamo-repo';
import type { StreamRecord } from './transport.js';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOON_MS,
  makeFunction,
  makeReading,
  makeRecord,
  makeUndecodable,
  unlimited,
  type TestFunction,
} from './testing/test-batch.js';
import { storeWith } from './testing/store-with.js';

function readingAt(minute: number, value = minute, deviceId = 'pump-1') {
  return makeReading({ deviceId, timestamp: NOON_MS + minute * MINUTE_MS, metrics: { flow: value } });
}

async function blocksOf({ store }: TestFunction, deviceId = 'pump-1') {
  const all = { fromMs: 0, toMs: 1e14, order: 'asc', limit: 1000 } as const;
  return (await store.blocks.range(deviceId, all, unlimited())).blocks;
}

async function stateOf(fn: TestFunction): Promise<string[]> {
  return (await blocksOf(fn)).map(
    ({ block, version, sealed }) =>
      `${(block.slot.startMs - NOON_MS) / MINUTE_MS} v${version} ${sealed ? 'sealed' : 'open'} ${block.readings.length}`,
  );
}

function sequenceNumbers(records: readonly StreamRecord[]): string[] {
  return records.map(({ origin }) => origin.sequenceNumber);
}

/** A store in which nothing of one device can be written. */
function failingFor(deviceId: string, error: Error) {
  return (store: Repositories): Repositories =>
    storeWith(store, {
      blocks: {
        write: async (...args) => {
          if (args[0] === deviceId) throw error;
          return store.blocks.write(...args);
        },
      },
    });
}

describe('processBatch', () => {
  it('stores what is new and recognises what is not', async () => {
    const fn = makeFunction();
    const first = await fn.process([makeRecord([readingAt(1), readingAt(2), readingAt(1, 99)])]);
    expect(first).toMatchObject({
      unfinished: [],
      failures: [],
      tally: { records: 1, readings: 3, pointsStored: 2, pointsDuplicate: 1, pointsSuperseded: 0 },
    });
    const correction = { ...readingAt(2, 5), revision: 1 };
    const second = await fn.process([makeRecord([readingAt(1), correction, readingAt(3)])]);
    expect(second.tally).toMatchObject({ pointsStored: 1, pointsDuplicate: 1, pointsSuperseded: 1 });
    expect(await stateOf(fn)).toEqual(['0 v2 open 3']);
  });

  it('costs one write unit a device and batch while warm, and none for what is redelivered', async () => {
    const fn = makeFunction();
    const devices = Array.from({ length: 50 }, (_, index) => `pump-${index}`);
    await fn.process(devices.map((deviceId) => makeRecord([readingAt(0, 0, deviceId)])));
    const next = devices.map((deviceId) =>
      makeRecord([readingAt(1, 1, deviceId), readingAt(2, 2, deviceId)]),
    );
    expect((await fn.process(next)).meter).toEqual({
      readUnits: 0,
      writeUnits: 50,
      conflicts: 0,
      retries: 0,
    });
    expect((await fn.process(next)).meter).toEqual({ readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 });
    fn.forgetEverything();
    const cold = await fn.process(next);
    expect(cold.meter).toMatchObject({ writeUnits: 0, conflicts: 0 });
    expect(cold.tally).toMatchObject({ pointsStored: 0, pointsDuplicate: 100 });
  });

  it('seals every block but the newest, into the hour, the day when the hour is over, the month when the day is', async () => {
    const fn = makeFunction();
    fn.nowMs = NOON_MS + 2 * DAY_MS;
    const levels = async (): Promise<number[]> => {
      const level = async (name: 'hour' | 'day' | 'month', startMs: number): Promise<number> =>
        (await fn.store.rollups.get('pump-1', name, startMs, unlimited()))?.slots.length ?? 0;
      return [
        await level('hour', NOON_MS),
        await level('day', NOON_MS - 12 * HOUR_MS),
        await level('month', Date.UTC(2026, 4, 1)),
      ];
    };
    await fn.process([makeRecord([readingAt(1)])]);
    expect(await levels()).toEqual([0, 0, 0]);
    await fn.process([makeRecord([readingAt(11)])]);
    expect(await stateOf(fn)).toEqual(['0 v1 sealed 1', '10 v1 open 1']);
    expect(await levels()).toEqual([1, 0, 0]);
    await fn.process([makeRecord([readingAt(60)])]);
    expect(await levels()).toEqual([2, 1, 0]);
    await fn.process([makeRecord([readingAt(24 * 60)])]);
    expect(await levels()).toEqual([2, 2, 1]);
    expect(await stateOf(fn)).toEqual([
      '0 v1 sealed 1',
      '10 v1 sealed 1',
      '60 v1 sealed 1',
      '1440 v1 open 1',
    ]);
  });

  it('seals a late block of its own, and brings a late reading of a sealed block into all levels', async () => {
    const fn = makeFunction();
    await fn.process([makeRecord([readingAt(1), readingAt(61), readingAt(121)])]);
    await fn.process([makeRecord([readingAt(21), readingAt(2)])]);
    expect(await stateOf(fn)).toEqual(['0 v2 sealed 2', '20 v1 sealed 1', '60 v1 sealed 1', '120 v1 open 1']);
    const day = await fn.store.rollups.get('pump-1', 'day', NOON_MS - 12 * HOUR_MS, unlimited());
    expect(day?.slots.map(({ version, summaries }) => [version, summaries.get('flow')?.count])).toEqual([
      [3, 3],
      [1, 1],
    ]);
  });

  it('works through many slots of a device in rounds, to the same end', async () => {
    const readings = Array.from({ length: 200 }, (_, index) => readingAt(index * 7));
    const tables = [1, 5, 1000].map(async (roundSlotsMax) => {
      const fn = makeFunction({ settings: { roundSlotsMax } });
      fn.nowMs = NOON_MS + DAY_MS;
      expect((await fn.process([makeRecord(readings)])).unfinished).toEqual([]);
      return fn.store.table.items();
    });
    const [one, few, all] = await Promise.all(tables);
    expect(few).toEqual(one);
    expect(all).toEqual(one);
  });

  it('leaves to the next delivery only the records of a device that fails', async () => {
    const error = new TransientStoreError('throttled');
    const fn = makeFunction({ wrap: failingFor('broken', error) });
    const records = [
      makeRecord([readingAt(0)]),
      makeRecord([readingAt(1), readingAt(1, 1, 'broken')]),
      makeRecord([readingAt(2, 2, 'pump-2')]),
    ];
    const report = await fn.process(records);
    expect(report.unfinished).toEqual(sequenceNumbers(records).slice(1, 2));
    expect(report.failures).toEqual([{ deviceId: 'broken', error }]);
    expect(await stateOf(fn)).toEqual(['0 v1 open 2']);
    expect(await blocksOf(fn, 'pump-2')).toHaveLength(1);
  });

  it('gives up on a block that others keep writing', async () => {
    const fn = makeFunction({
      wrap: (store) =>
        storeWith(store, { blocks: { write: async () => ({ ok: false, current: undefined }) } }),
    });
    const report = await fn.process([makeRecord()]);
    expect(report.unfinished).toHaveLength(1);
    expect(report.failures[0]?.error).toBeInstanceOf(TransientStoreError);
  });

  it('begins nothing after the deadline', async () => {
    const fn = makeFunction();
    const records = [makeRecord(), makeUndecodable()];
    const report = await fn.process(records, fn.nowMs);
    expect(report.unfinished).toEqual(sequenceNumbers(records));
    expect(report.failures).toEqual([]);
    expect(fn.store.table.items()).toEqual([]);
    expect(fn.quarantined).toEqual([]);
  });

  it('stops between rounds when time is up, and keeps what is finished', async () => {
    const fn = makeFunction({
      settings: { roundSlotsMax: 1 },
      wrap: (store) =>
        storeWith(store, {
          devices: {
            ensureListed: async () => {
              fn.nowMs += 1000;
            },
          },
        }),
    });
    const records = [makeRecord([readingAt(1)]), makeRecord([readingAt(11)])];
    const report = await fn.process(records, fn.nowMs + 500);
    expect(report.unfinished).toEqual(sequenceNumbers(records).slice(1));
    expect(await stateOf(fn)).toEqual(['0 v1 open 1']);
  });

  it('asks the directory, one partition for all devices, for a device only until one of its blocks is sealed', async () => {
    let asked = 0;
    const fn = makeFunction({
      wrap: (store) =>
        storeWith(store, {
          devices: {
            ensureListed: (...args) => {
              asked += 1;
              return store.devices.ensureListed(...args);
            },
          },
        }),
    });
    const askedFor: number[] = [];
    for (const minute of [1, 2, 11, 12, 21, 31]) {
      asked = 0;
      await fn.process([makeRecord([readingAt(minute)])]);
      fn.forgetEverything();
      await fn.process([makeRecord([readingAt(minute)])]);
      askedFor.push(asked);
    }
    // Each container asks once, and once more when the second block is created, as the first is not sealed yet.
    expect(askedFor).toEqual([2, 1, 1, 0, 0, 0]);
    expect((await fn.store.devices.list({ limit: 10 }, unlimited())).items).toHaveLength(1);
  });

  it('measures freshness by the oldest record that is finished', async () => {
    const fn = makeFunction();
    const report = await fn.process([
      makeRecord(undefined, { receivedAt: fn.nowMs - 700 }),
      makeRecord(undefined, { receivedAt: fn.nowMs - 900 }),
    ]);
    expect(report.tally.freshnessMs).toBe(900);
    expect((await fn.process([])).tally.freshnessMs).toBeUndefined();
  });
});

describe('processBatch and quarantine', () => {
  it('quarantines what cannot be decoded', async () => {
    const fn = makeFunction();
    const poison = makeUndecodable();
    const report = await fn.process([poison, makeRecord()]);
    expect(report.unfinished).toEqual([]);
    expect(report.tally.recordsQuarantined).toBe(1);
    expect(fn.quarantined).toEqual([
      {
        reason: 'undecodable',
        detail: 'is not JSON',
        origin: poison.origin,
        content: { payloadBase64: 'AAAA' },
      },
    ]);
  });

  it('quarantines the metrics that are out of range, and stores the others', async () => {
    const fn = makeFunction();
    await fn.store.devices.putEntry(
      { deviceId: 'pump-1', effectiveFromMs: 0, metrics: { flow: { max: 10 } } },
      unlimited(),
    );
    const record = makeRecord([makeReading({ metrics: { flow: 11, level: 3 } })]);
    const report = await fn.process([record]);
    expect(report.tally).toMatchObject({ pointsStored: 1, pointsQuarantined: 1 });
    expect(fn.quarantined).toEqual([
      {
        reason: 'out_of_range',
        detail: 'flow: 11 is outside [-Infinity, 10]',
        origin: record.origin,
        content: { readings: [makeReading({ metrics: { flow: 11 } })] },
      },
    ]);
  });

  it('leaves a record unfinished whose quarantine fails, and it alone', async () => {
    const fn = makeFunction({
      ports: { quarantine: { put: () => Promise.reject(new Error('S3 is away')) } },
    });
    const records = [makeRecord(), makeUndecodable()];
    const report = await fn.process(records);
    expect(report.unfinished).toEqual(sequenceNumbers(records).slice(1));
    expect(await blocksOf(fn)).toHaveLength(1);
  });

  it('quarantines what belongs to an expired block, but stores old readings of slots that never were', async () => {
    const fn = makeFunction();
    await fn.process([makeRecord([readingAt(1), readingAt(2), readingAt(70)])]);
    fn.nowMs += 40 * DAY_MS;
    const [before] = await blocksOf(fn);
    expect(before?.block.slot.startMs).toBe(NOON_MS + 70 * MINUTE_MS);
    const record = makeRecord([readingAt(3), readingAt(31)]);
    const report = await fn.process([record]);
    expect(report).toMatchObject({ unfinished: [], tally: { pointsStored: 1, pointsQuarantined: 1 } });
    expect(fn.quarantined).toEqual([
      {
        reason: 'block_expired',
        detail: 'the block 2026-05-14T12:00:00.000Z to 2026-05-14T12:10:00.000Z has expired',
        origin: record.origin,
        content: { readings: [readingAt(3)] },
      },
    ]);
    const day = await fn.store.rollups.get('pump-1', 'day', NOON_MS - 12 * HOUR_MS, unlimited());
    expect(day?.slots[0]?.summaries.get('flow')?.count).toBe(3);
  });

  it('does not take for expired what another container creates at the same time', async () => {
    const other = makeFunction();
    let raced = false;
    const fn = makeFunction({
      wrap: () =>
        storeWith(other.store, {
          rollups: {
            get: async (...args) => {
              const rollup = await other.store.rollups.get(...args);
              if (!raced) await other.process([makeRecord([readingAt(1), readingAt(200)])]);
              raced = true;
              return rollup;
            },
          },
        }),
    });
    fn.nowMs = other.nowMs = NOON_MS + 3 * DAY_MS;
    const report = await fn.process([makeRecord([readingAt(2), readingAt(31)])]);
    expect(report.tally).toMatchObject({ pointsStored: 2, pointsQuarantined: 0 });
    expect(await stateOf(other)).toEqual(['0 v2 sealed 2', '30 v1 sealed 1', '200 v1 open 1']);
  });

  it('takes an hour that has itself expired for what it was', async () => {
    const fn = makeFunction();
    await fn.process([makeRecord([readingAt(1), readingAt(70)])]);
    fn.nowMs += 500 * DAY_MS;
    const report = await fn.process([makeRecord([readingAt(31)])]);
    expect(report.tally).toMatchObject({ pointsStored: 0, pointsQuarantined: 1 });
    expect(fn.quarantined.map(({ reason }) => reason)).toEqual(['block_expired']);
  });

  it('quarantines what no longer fits into its block', async () => {
    const fn = makeFunction();
    const metrics = (seed: number): Record<string, number> =>
      Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`metric-${n}`, Math.sin(seed * 64 + n)]));
    const many = (from: number): StreamRecord =>
      makeRecord(
        Array.from({ length: 500 }, (_, n) =>
          makeReading({ timestamp: NOON_MS + from + n, metrics: metrics(from + n) }),
        ),
      );
    await fn.process([many(0)]);
    const report = await fn.process([many(500)]);
    expect(report.unfinished).toEqual([]);
    expect(report.tally).toMatchObject({ pointsStored: 0, pointsQuarantined: 500 * 64 });
    expect(fn.quarantined.map(({ reason }) => reason)).toEqual(['block_full']);
    expect(await stateOf(fn)).toEqual(['0 v1 open 500']);
  });
});
