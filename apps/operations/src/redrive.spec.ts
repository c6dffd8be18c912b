import { gzipSync } from 'node:zlib';
import {
  DEVICE_GROUPS,
  partitionKeyOf,
  deviceGroup,
  encodeEnvelope,
  type EnvelopeReading,
} from '@weir/telemetry-schema';
import { quarantinedObjects, type QuarantineFilter } from './quarantine-listing.js';
import { redriveObject, type RedriveOptions } from './redrive.js';
import { DAY_MS, NOON_MS, TestWorld, makeEnvelope, makeReading } from './testing/test-world.js';

let world: TestWorld;

beforeEach(() => {
  world = new TestWorld();
});

function quarantine(reason: string, readings: readonly EnvelopeReading[], receivedAt = NOON_MS): string {
  const day = new Date(receivedAt).toISOString().slice(0, 10).replaceAll('-', '/');
  const key = `reason=${reason}/${day}/${world.quarantine.bodies.size}.json`;
  const origin = { partitionKey: 'g001', requestId: 'r1', receivedAt };
  world.quarantine.put(key, JSON.stringify({ reason, detail: 'why', origin, readings }));
  return key;
}

function quarantinePayload(payload: Buffer): string {
  const key = 'reason=undecodable/2026/05/14/0.json';
  const origin = { partitionKey: 'g001', receivedAt: NOON_MS };
  const object = { reason: 'undecodable', detail: 'why', origin, payload: payload.toString('base64') };
  world.quarantine.put(key, JSON.stringify(object));
  return key;
}

async function listed(filter: QuarantineFilter = {}): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of quarantinedObjects(world.quarantine, filter)) keys.push(key);
  return keys;
}

async function redriveAll(options: Partial<RedriveOptions> = {}) {
  const outcomes = [];
  for await (const object of quarantinedObjects(world.quarantine, {})) {
    const ports = { ...world.verifyPorts, quarantine: world.quarantine, devices: world.repositories.devices };
    outcomes.push(await redriveObject(object, { dryRun: false, force: false, ...options }, ports));
  }
  return outcomes;
}

function register(effectiveFromMs: number, max: number): Promise<void> {
  const entry = { deviceId: 'pump-1', effectiveFromMs, metrics: { flow: { max } } };
  return world.repositories.devices.putEntry(entry, world.newWork());
}

describe('quarantinedObjects', () => {
  it('filters by reason, device and time of receipt', async () => {
    const first = quarantine('out_of_range', [makeReading()]);
    const second = quarantine('not_finite', [makeReading({ deviceId: 'pump-2' })], NOON_MS + DAY_MS);
    expect(await listed()).toEqual([second, first]);
    expect(await listed({ reason: 'out_of_range' })).toEqual([first]);
    expect(await listed({ reason: 'batch_failed' })).toEqual([]);
    expect(await listed({ deviceId: 'pump-2' })).toEqual([second]);
    expect(await listed({ fromMs: NOON_MS, toMs: NOON_MS + 1 })).toEqual([first]);
    expect(await listed({ fromMs: NOON_MS + 1 })).toEqual([second]);
    expect(await listed({ toMs: NOON_MS })).toEqual([]);
  });
});

describe('redriveObject', () => {
  it('puts readings back as they were received, and only then deletes the object', async () => {
    quarantine('out_of_range', [makeReading(), makeReading({ timestamp: NOON_MS + 1, revision: 2 })]);
    world.refusals = 1;
    await expect(redriveAll()).rejects.toThrow('Kinesis did not take 1 of the records');
    expect(await listed()).toHaveLength(1);

    expect(await redriveAll()).toMatchObject([{ result: 'redriven' }]);
    expect(await listed()).toEqual([]);
    const readings = [makeReading(), makeReading({ timestamp: NOON_MS + 1, revision: 2 })];
    expect(world.sent()).toEqual([{ version: 1, receivedAt: NOON_MS, requestId: 'r1', readings }]);
    expect(world.stream[0]?.partitionKey).toBe(partitionKeyOf(deviceGroup('pump-1', DEVICE_GROUPS.fallback)));
  });

  it('only says what it would do in a dry run', async () => {
    quarantine('not_finite', [makeReading()]);
    expect(await redriveAll({ dryRun: true })).toMatchObject([{ result: 'possible' }]);
    expect(await listed()).toHaveLength(1);
    expect(world.stream).toEqual([]);
  });

  it('asks the registry first, as of the readings own time', async () => {
    await register(0, 0.5);
    quarantine('out_of_range', [makeReading()]);
    expect(await redriveAll()).toMatchObject([
      { result: 'refused', detail: 'the registry still refuses it: flow: 1 is outside [-Infinity, 0.5]' },
    ]);
    await register(NOON_MS + 1, 5);
    expect(await redriveAll()).toMatchObject([{ result: 'refused' }]);
    await register(NOON_MS, 5);
    expect(await redriveAll()).toMatchObject([{ result: 'redriven' }]);
  });

  it.each([
    ['block_expired', /rebuild its window from the archive with weir verify --repair/],
    ['block_full', /never becomes smaller/],
  ])('refuses %s, unless forced to', async (reason, detail) => {
    quarantine(reason, [makeReading()]);
    const [outcome] = await redriveAll();
    expect(outcome).toMatchObject({ result: 'refused' });
    expect(outcome?.detail).toMatch(detail);
    expect(await listed()).toHaveLength(1);
    expect(await redriveAll({ force: true })).toMatchObject([{ result: 'redriven' }]);
    expect(world.stream).toHaveLength(1);
  });

  it('puts a record back that this release can decode, byte for byte, and no other', async () => {
    quarantinePayload(Buffer.from('poison'));
    const [outcome] = await redriveAll();
    expect(outcome).toMatchObject({ result: 'refused' });
    expect(outcome?.detail).toMatch(/^it still is no envelope: /);

    const data = gzipSync(encodeEnvelope(makeEnvelope([makeReading()])));
    quarantinePayload(data);
    expect(await redriveAll()).toMatchObject([{ result: 'redriven' }]);
    expect(world.stream).toEqual([{ partitionKey: 'g001', data }]);
  });
});
