import { setTimeout as delay } from 'node:timers/promises';
import { FaultInjector, type AppliedFault } from './fault-injector.js';
import { emptyPlan, type EventRule, type FaultPlan } from './fault-plan.js';
import type { FaultTargets } from './fault-targets.js';
import type { FaultedCall } from './faulted-call.js';

const call: FaultedCall = { service: 'dynamodb', operation: 'PutItem', functionName: 'f' };

let injector: FaultInjector | undefined;
let log: AppliedFault[];
let done: string[];
afterEach(() => injector?.end());
beforeEach(() => {
  log = [];
  done = [];
});

function inject(plan: FaultPlan, seed = 1, overrides: Partial<FaultTargets> = {}): FaultInjector {
  const consumer = {
    name: 'weir-dev-process-fn',
    expireIterator: () => done.push('expire'),
    pause: (durationMs: number) => done.push(`pause ${durationMs}`),
    resume: () => done.push('resume'),
  };
  injector = new FaultInjector({
    plan,
    seed,
    targets: {
      workers: () => [1, 2, 3, 4].map((pid) => ({ functionName: pid === 4 ? 'other' : 'f', pid })),
      engineProcesses: () => [
        { service: 'kinesis', pid: 11 },
        { service: 'dynamodb', pid: 12 },
      ],
      kill: (pid) => done.push(`kill ${pid}`) > 0,
      killRuntime: () => done.push('kill runtime'),
      reshard: () => {
        done.push('reshard');
        return Promise.resolve({ split: 'shard-0' });
      },
      consumers: () => [consumer],
      ...overrides,
    },
    log: (entry) => log.push(entry),
    notify: () => undefined,
  });
  return injector;
}

const events = (...rules: EventRule[]): FaultPlan => ({ calls: [], events: rules });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(2);
}

describe('faults of calls', () => {
  const plan: FaultPlan = { calls: [{ fault: 'loseRequest', probability: 0.5 }], events: [] };
  const lost = (faults: FaultInjector, count: number): boolean[] =>
    Array.from({ length: count }, () => faults.decide(call).fault !== undefined);

  it('are decided alike for the same seed, whatever other calls come in between', () => {
    const alone = lost(inject(plan), 100);
    const mixed = inject(plan);
    const between = Array.from({ length: 100 }, () => {
      mixed.decide({ ...call, operation: 'Query' });
      return mixed.decide(call).fault !== undefined;
    });
    expect(between).toEqual(alone);
    expect(lost(inject(plan, 2), 100)).not.toEqual(alone);
  });

  it('stop at their bound', () => {
    const bounded = inject({ calls: [{ fault: 'loseRequest', probability: 1, max: 3 }], events: [] });
    expect(lost(bounded, 10).filter(Boolean)).toHaveLength(3);
  });

  it('are counted and logged with the seed', () => {
    const faults = inject(plan, 9);
    faults.callApplied(call, { delayMs: 5, rules: [0], fault: { kind: 'loseRequest' } }, { more: 1 });
    expect(faults.state().applied).toEqual({ 'dynamodb.delay': 1, 'dynamodb.loseRequest': 1 });
    expect(log).toEqual([
      {
        seed: 9,
        fault: 'loseRequest',
        service: 'dynamodb',
        operation: 'PutItem',
        function: 'f',
        delayMs: 5,
        more: 1,
      },
    ]);
  });
});

describe('events', () => {
  it('wait for the start, happen up to their bound, and are logged with the seed', async () => {
    const faults = inject(events({ fault: 'killWorker', meanIntervalMs: 1, max: 3, function: 'f' }), 5);
    await delay(20);
    expect(done).toEqual([]);
    faults.start();
    await until(() => done.length === 3);
    await delay(20);
    expect(done).toHaveLength(3);
    expect(done.every((action) => /^kill [123]$/.test(action))).toBe(true);
    expect(log[0]).toMatchObject({ seed: 5, fault: 'killWorker', functionName: 'f' });
    expect(faults.state().applied).toEqual({ killWorker: 3 });
  });

  it('choose the same targets for the same seed', async () => {
    const runs: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      done = [];
      inject(events({ fault: 'killWorker', meanIntervalMs: 1, max: 10 }), 3).start();
      await until(() => done.length === 10);
      runs.push(done);
      await injector?.end();
    }
    expect(runs[0]?.slice(0, 10)).toEqual(runs[1]?.slice(0, 10));
  });

  it('of every kind reach their targets', async () => {
    const meanIntervalMs = 1;
    inject(
      events(
        { fault: 'killEngine', meanIntervalMs, max: 1, service: 'dynamodb' },
        { fault: 'killRuntime', afterMs: 1 },
        { fault: 'reshard', meanIntervalMs, max: 1, openShardsMax: 4 },
        { fault: 'expireIterator', meanIntervalMs, max: 1, consumer: 'process-fn' },
        { fault: 'pauseConsumer', meanIntervalMs, max: 1, pauseMs: 30 },
      ),
    ).start();
    await until(() => done.length === 5);
    expect([...done].sort()).toEqual(['expire', 'kill 12', 'kill runtime', 'pause 30', 'reshard']);
  });

  it('do not count when there is nothing to do them to', async () => {
    inject(events({ fault: 'killWorker', meanIntervalMs: 1, max: 1, function: 'nobody' })).start();
    await delay(30);
    expect(injector?.state().applied).toEqual({});
    expect(done).toEqual([]);
  });

  it('go on after one that failed, which is logged', async () => {
    let attempts = 0;
    const reshard = (): Promise<object> => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('engine away')) : Promise.resolve({ split: 's' });
    };
    inject(events({ fault: 'reshard', meanIntervalMs: 1, max: 1, openShardsMax: 4 }), 1, { reshard }).start();
    await until(() => log.length === 2);
    expect(log).toEqual([
      { seed: 1, fault: 'reshard', failed: 'engine away' },
      { seed: 1, fault: 'reshard', split: 's' },
    ]);
    expect(injector?.state().applied).toEqual({ reshard: 1 });
  });
});

describe('another plan', () => {
  it('takes the place of the one before, with counts from the start', async () => {
    const faults = inject(events({ fault: 'killWorker', meanIntervalMs: 1 }));
    faults.start();
    await until(() => done.length > 0);
    const next: FaultPlan = { seed: 8, calls: [{ fault: 'throttle', probability: 1 }], events: [] };
    await faults.replace(next);
    const kills = done.length;
    await delay(20);
    expect(done).toHaveLength(kills);
    expect(faults.decide(call).fault?.kind).toBe('throttle');
    const { calls, events: none } = next;
    expect(faults.state()).toEqual({
      plan: { calls, events: none },
      seed: 8,
      calls: { dynamodb: 1 },
      applied: {},
    });
  });

  it('keeps the seed when it has none, and its end keeps the counts', async () => {
    const faults = inject(emptyPlan, 4);
    faults.start();
    await faults.replace(events({ fault: 'pauseConsumer', meanIntervalMs: 1, max: 1, pauseMs: 60_000 }));
    expect(faults.state().seed).toBe(4);
    await until(() => done.includes('pause 60000'));
    await faults.end();
    expect(done.at(-1)).toBe('resume');
    expect(faults.state()).toMatchObject({ plan: null, applied: { pauseConsumer: 1 } });
    expect(faults.decide(call)).toEqual({ delayMs: 0, rules: [] });
  });
});

describe('clocks', () => {
  const plan: FaultPlan = {
    calls: [],
    events: [],
    clocks: [{ function: 'process-fn', skewMs: [-1_000, 1_000] }, { skewMs: [7, 7] }],
  };
  const skews = (faults: FaultInjector): number[] =>
    Array.from({ length: 20 }, (_, index) => faults.clockSkewMs('weir-dev-process-fn', `w${index}`));

  it('are wrong for each worker by a time that depends on the seed and its turn alone', () => {
    const first = skews(inject(plan, 5));
    expect(new Set(first).size).toBeGreaterThan(10);
    expect(first.every((skewMs) => skewMs >= -1_000 && skewMs <= 1_000)).toBe(true);
    const again = inject(plan, 5);
    expect(again.clockSkewMs('ingest-fn', 'w1')).toBe(7);
    expect(skews(again)).toEqual(first);
    expect(skews(inject(plan, 6))).not.toEqual(first);
  });

  it('are logged with the seed, counted, and right without a rule', () => {
    const faults = inject(plan, 5);
    faults.clockSkewMs('ingest-fn', 'w1');
    expect(log).toEqual([{ seed: 5, fault: 'skewClock', function: 'ingest-fn', worker: 'w1', skewMs: 7 }]);
    expect(faults.state().applied).toEqual({ skewClock: 1 });
    expect(inject({ calls: [], events: [] }).clockSkewMs('ingest-fn', 'w1')).toBe(0);
  });
});
