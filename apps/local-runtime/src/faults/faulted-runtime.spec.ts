import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeStatus } from '../info/runtime-status.js';
import { tirelessTemplate } from '../testing/pipeline-template.js';
import { TestPipeline } from '../testing/test-pipeline.js';
import type { FaultState } from './fault-injector.js';
import { emptyPlan, type FaultPlan } from './fault-plan.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(180_000);

let pipeline: TestPipeline;
beforeAll(() => {
  pipeline = new TestPipeline(tirelessTemplate);
});
afterAll(() => pipeline.remove());
beforeEach(() => pipeline.begin());
afterEach(() => pipeline.end());

interface FaultAnswer extends FaultState {
  readonly enabled: boolean;
  readonly code?: string;
  readonly title?: string;
}

async function faults(
  { urls }: RuntimeStatus,
  method = 'GET',
  body?: unknown,
  contentType = 'application/json',
): Promise<{ status: number; body: FaultAnswer }> {
  const response = await fetch(`${urls.info}/faults`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': contentType }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as FaultAnswer };
}

const seed = 1;
const rough: FaultPlan = {
  calls: [
    { fault: 'delay', probability: 0.2, delayMs: [1, 20] },
    { fault: 'killCaller', probability: 0.02, moment: 'after', max: 3 },
    { fault: 'loseRequest', probability: 0.03 },
    { fault: 'loseResponse', probability: 0.03 },
    { fault: 'arriveLate', probability: 0.03, delayMs: [1, 100] },
    { fault: 'duplicate', probability: 0.05, delayMs: [0, 100] },
    { fault: 'throttle', probability: 0.03, service: 'dynamodb' },
  ],
  clocks: [{ skewMs: [-600_000, 600_000] }],
  events: [
    { fault: 'killWorker', meanIntervalMs: 300, max: 5 },
    { fault: 'killEngine', meanIntervalMs: 1_000, max: 1, service: 'dynamodb' },
    { fault: 'reshard', meanIntervalMs: 500, max: 3, openShardsMax: 4 },
    { fault: 'expireIterator', meanIntervalMs: 200, max: 5 },
    { fault: 'pauseConsumer', meanIntervalMs: 500, max: 2, pauseMs: 100 },
  ],
};

describe('a runtime in which things fail', () => {
  it('brings every record to its place', async () => {
    const status = await pipeline.boot({ faults: { plan: rough, seed } });
    const keys = Array.from({ length: 300 }, (_, index) => `key-${String(index).padStart(3, '0')}`);
    for (let from = 0; from < keys.length; from += 30) {
      await pipeline.put(keys.slice(from, from + 30));
      await delay(100);
    }
    await pipeline.untilProcessed();
    while ((await faults(status)).body.applied.killWorker === undefined) await delay(50);
    const { applied, seed: reported } = (await faults(status, 'DELETE')).body;
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(keys);

    expect(reported).toBe(seed);
    for (const fault of ['loseRequest', 'loseResponse', 'throttle', 'duplicate', 'killCaller', 'delay']) {
      expect(applied).toHaveProperty([`dynamodb.${fault}`]);
    }
    expect(applied).toHaveProperty('killWorker');
    expect(applied).toHaveProperty('skewClock');
    const log = readFileSync(join(pipeline.dataDir, 'logs', 'faults.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const entries = log.map(
      (line) => JSON.parse((JSON.parse(line) as { message: string }).message) as object,
    );
    expect(entries).toContainEqual(
      expect.objectContaining({
        seed,
        fault: 'loseResponse',
        operation: 'PutItem',
        function: expect.any(String),
      }),
    );
  });
});

describe('/faults', () => {
  it('takes plans over from each other', async () => {
    const status = await pipeline.boot({ faults: { plan: emptyPlan, seed: 5 } });
    expect(pipeline.notices).toContain('Faults are injected with the seed 5.');
    expect((await faults(status)).body).toEqual({
      enabled: true,
      plan: { calls: [], events: [] },
      seed: 5,
      calls: {},
      applied: {},
    });

    const plan = { seed: 9, calls: [{ fault: 'throttle', probability: 1, service: 'dynamodb', max: 3 }] };
    const posted = await faults(status, 'POST', plan);
    expect(posted).toMatchObject({ status: 200, body: { seed: 9, plan: { calls: plan.calls, events: [] } } });
    await pipeline.put(['a']);
    await pipeline.untilProcessed();
    expect((await faults(status)).body).toMatchObject({
      calls: { dynamodb: 4 },
      applied: { 'dynamodb.throttle': 3 },
    });
    expect(await pipeline.storedKeys()).toEqual(['a']);

    expect((await faults(status, 'DELETE')).body).toMatchObject({ enabled: true, plan: null, seed: 9 });
  });

  it('refuses what is no plan, and keeps the one in force', async () => {
    const status = await pipeline.boot({ faults: { plan: rough, seed } });
    expect(await faults(status, 'POST', { events: [{ fault: 'killRuntime' }] })).toMatchObject({
      status: 400,
      body: {
        code: 'invalid_fault_plan',
        title: 'events[0].afterMs must be a whole number from 0 to 3600000.',
      },
    });
    expect((await faults(status, 'POST', {}, 'text/plain')).status).toBe(415);
    expect((await faults(status, 'PUT', {})).status).toBe(405);
    expect((await faults(status)).body.plan).toEqual(rough);
  });

  it('is closed in a runtime that was started without faults', async () => {
    const status = await pipeline.boot();
    expect((await faults(status)).body).toEqual({ enabled: false, plan: null });
    expect(await faults(status, 'POST', {})).toMatchObject({
      status: 409,
      body: { code: 'faults_not_enabled' },
    });
  });
});
