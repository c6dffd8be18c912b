import { describeOnEngines, type DynamoEngine } from '@weir/dynamo-repo/testing';
import type { StreamRecord } from './transport.js';
import { makeEngineFunction, type EngineFunction } from './testing/engine-function.js';
import { MINUTE_MS, NOON_MS, makeReading, makeRecord } from './testing/test-batch.js';

jest.setTimeout(120_000);

const DEVICES = 1_000;
const READINGS_EACH = 10;
const DEVICES_PER_RECORD = 100;
const SLOT_MS = 10 * MINUTE_MS;

/** Ten records with `count` readings of each of 1,000 devices, every five seconds from `startMs` on. */
function makeBatch(startMs: number, count: number): StreamRecord[] {
  return Array.from({ length: DEVICES / DEVICES_PER_RECORD }, (_, part) =>
    makeRecord(
      Array.from({ length: DEVICES_PER_RECORD * count }, (_, index) => {
        const device = part * DEVICES_PER_RECORD + (index % DEVICES_PER_RECORD);
        const timestamp = startMs + Math.floor(index / DEVICES_PER_RECORD) * 5_000;
        const metrics = { flow: (device + index) / 10, pressure: 1_000 + index / 100, load: index % 7 };
        return makeReading({ deviceId: `pump-${device}`, timestamp, metrics });
      }),
      { receivedAt: timestampOf(startMs, count) },
    ),
  );
}

function timestampOf(startMs: number, count: number): number {
  return startMs + count * 5_000;
}

describeOnEngines('what a batch of 10,000 readings of 1,000 devices consumes', ({ start }) => {
  let engine: DynamoEngine;
  let pumps: EngineFunction;
  const batch = makeBatch(NOON_MS + MINUTE_MS, READINGS_EACH);

  beforeAll(async () => {
    engine = await start();
    pumps = makeEngineFunction(engine, {
      nowMs: NOON_MS + 3 * MINUTE_MS,
      settings: { deviceConcurrency: 16 },
    });
    const { unfinished } = await pumps.process(makeBatch(NOON_MS, 1));
    expect(unfinished).toEqual([]);
  });
  beforeEach(() => pumps.resetTraffic());
  afterAll(() => engine?.stop());

  it('in steady state: exactly one write a device and block, and no read', async () => {
    const { meter, tally, failures } = await pumps.process(batch);
    expect(failures).toEqual([]);
    expect(tally).toMatchObject({ readings: DEVICES * READINGS_EACH, pointsStored: 30_000 });
    expect(meter).toEqual({ readUnits: 0, writeUnits: DEVICES, conflicts: 0, retries: 0 });
    expect(Object.fromEntries(pumps.traffic.requests)).toEqual({ PutItem: DEVICES });
    expect(Object.fromEntries(pumps.traffic.units)).toEqual({ PutItem: DEVICES });
  });

  it('delivered again to the same container: nothing at all', async () => {
    const { meter, tally } = await pumps.process(batch);
    expect(tally).toMatchObject({ pointsStored: 0, pointsDuplicate: 30_000 });
    expect(meter).toEqual({ readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 });
    expect(pumps.traffic.requests.size).toBe(0);
  });

  it('delivered again to a new container: reads, and no write', async () => {
    pumps.restart();
    const { meter, tally } = await pumps.process(batch);
    expect(tally).toMatchObject({ pointsStored: 0, pointsDuplicate: 30_000 });
    expect(meter).toMatchObject({ writeUnits: 0, conflicts: 0, retries: 0 });
    expect(meter.readUnits).toBeGreaterThan(0);
    for (const operation of pumps.traffic.requests.keys())
      expect(operation).toMatch(/^(BatchGetItem|GetItem|Query)$/);
  });

  it('where it begins the next block: its creation, a seal and an hour slot a device', async () => {
    const { meter } = await pumps.process(makeBatch(NOON_MS + SLOT_MS, READINGS_EACH));
    expect(meter).toMatchObject({ writeUnits: 3 * DEVICES, conflicts: 0, retries: 0 });
    expect(Object.fromEntries(pumps.traffic.requests)).toMatchObject({
      PutItem: DEVICES,
      UpdateItem: 2 * DEVICES,
    });
    pumps.resetTraffic();
    const second = await pumps.process(makeBatch(NOON_MS + SLOT_MS + MINUTE_MS, READINGS_EACH));
    expect(second.meter).toEqual({ readUnits: 0, writeUnits: DEVICES, conflicts: 0, retries: 0 });
    expect(Object.fromEntries(pumps.traffic.units)).toEqual({ PutItem: DEVICES });
  });
});
