import fc from 'fast-check';
import { TransientStoreError, type DeviceEntry } from '@weir/dynamo-repo';
import { createRegistryCache } from './registry-cache.js';
import { unlimited } from './testing/test-batch.js';

const MINUTE_MS = 60_000;
const MAX_AGE_MS = MINUTE_MS;

/** A registry in memory, of which every request is counted, and answered once `admit` says so. */
function makeDevices(admit: () => Promise<void> = async () => {}) {
  const state = { nowMs: 0, asked: [] as string[], changes: [] as { deviceId: string; timeMs: number }[] };
  const entries = new Map<string, DeviceEntry[]>();
  return {
    state,
    entries,
    put(deviceId: string, timeMs = state.nowMs): void {
      const own = entries.get(deviceId) ?? [];
      entries.set(deviceId, [...own, { deviceId, effectiveFromMs: own.length }]);
      state.changes.push({ deviceId, timeMs });
    },
    devices: {
      entries: async (deviceId: string): Promise<readonly DeviceEntry[]> => {
        state.asked.push(deviceId);
        await admit();
        return entries.get(deviceId) ?? [];
      },
      changedSince: async (sinceMs: number): Promise<ReadonlySet<string>> => {
        state.asked.push('changes');
        await admit();
        const changed = state.changes.filter(({ timeMs }) => timeMs >= sinceMs);
        return new Set(changed.map(({ deviceId }) => deviceId));
      },
    },
  };
}

/** A promise, and what settles it. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

function makeRegistry({ maxDevices = 10, maxAgeMs = MAX_AGE_MS } = {}) {
  const made = makeDevices();
  const { devices, state } = made;
  return {
    ...made,
    registry: createRegistryCache({ devices, maxAgeMs, maxDevices, clock: () => state.nowMs }),
  };
}

describe('createRegistryCache', () => {
  it('reads each device once, and then only the list of changes, once an age', async () => {
    const { registry, state } = makeRegistry();
    for (let minute = 0; minute < 60; minute += 1) {
      state.nowMs = minute * MINUTE_MS;
      for (const deviceId of ['a', 'b', 'c']) await registry.entries(deviceId, unlimited());
    }
    expect(state.asked.slice(0, 3)).toEqual(['a', 'b', 'c']);
    expect(state.asked.slice(3)).toEqual(Array.from({ length: 59 }, () => 'changes'));
  });

  it('reads a device again that has changed, and no other', async () => {
    const { registry, state, put } = makeRegistry();
    for (const deviceId of ['a', 'b']) await registry.entries(deviceId, unlimited());
    put('b');
    state.nowMs = MAX_AGE_MS - 1;
    expect(await registry.entries('b', unlimited())).toEqual([]);
    state.nowMs = MAX_AGE_MS;
    expect(await registry.entries('a', unlimited())).toEqual([]);
    expect(await registry.entries('b', unlimited())).toHaveLength(1);
    expect(state.asked).toEqual(['a', 'b', 'changes', 'b']);
  });

  it('forgets everything after a pause that is longer than changes are sure to be known', async () => {
    const { registry, state } = makeRegistry();
    await registry.entries('a', unlimited());
    state.nowMs = 13 * 60 * MINUTE_MS;
    await registry.entries('a', unlimited());
    expect(state.asked).toEqual(['a', 'a']);
  });

  it('drops the device used least recently', async () => {
    const { registry, state } = makeRegistry({ maxDevices: 2 });
    for (const deviceId of ['a', 'b', 'a', 'c', 'a', 'b']) await registry.entries(deviceId, unlimited());
    expect(state.asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('asks once for all who wait, and again after a failure', async () => {
    const { registry, state, devices } = makeRegistry();
    for (const deviceId of ['a', 'b']) await registry.entries(deviceId, unlimited());
    state.nowMs = MAX_AGE_MS;
    const { changedSince } = devices;
    devices.changedSince = () => Promise.reject(new TransientStoreError('throttled'));
    await expect(registry.entries('a', unlimited())).rejects.toThrow('throttled');
    devices.changedSince = changedSince;
    await Promise.all(['a', 'b', 'a'].map((deviceId) => registry.entries(deviceId, unlimited())));
    expect(state.asked).toEqual(['a', 'b', 'changes']);
  });

  it('does not remember an answer that was under way while changes were asked for', async () => {
    const { registry, state, devices, put } = makeRegistry();
    await registry.entries('a', unlimited());
    state.nowMs = MAX_AGE_MS - 10;
    const answer = deferred<readonly DeviceEntry[]>();
    const { entries } = devices;
    devices.entries = () => answer.promise;
    const slow = registry.entries('b', unlimited());
    devices.entries = entries;
    state.nowMs = MAX_AGE_MS - 5;
    put('b');
    state.nowMs = MAX_AGE_MS;
    await registry.entries('a', unlimited());
    answer.resolve([]);
    expect(await slow).toEqual([]);
    state.nowMs = 2 * MAX_AGE_MS - 5;
    expect(await registry.entries('b', unlimited())).toHaveLength(1);
  });

  it('counts the age from before the changes were asked for', async () => {
    const { registry, state, devices, put } = makeRegistry();
    await registry.entries('a', unlimited());
    state.nowMs = MAX_AGE_MS;
    const answer = deferred<ReadonlySet<string>>();
    const { changedSince } = devices;
    devices.changedSince = () => answer.promise;
    const slow = registry.entries('a', unlimited());
    devices.changedSince = changedSince;
    state.nowMs = MAX_AGE_MS + 1;
    put('a');
    state.nowMs = MAX_AGE_MS + 10;
    answer.resolve(new Set());
    expect(await slow).toEqual([]);
    state.nowMs = 2 * MAX_AGE_MS + 1;
    expect(await registry.entries('a', unlimited())).toHaveLength(1);
  });

  it('believes nothing where the age is 0', async () => {
    const { registry, put } = makeRegistry({ maxAgeMs: 0 });
    for (let puts = 0; puts < 3; puts += 1) {
      expect(await registry.entries('a', unlimited())).toHaveLength(puts);
      put('a');
    }
  });

  it('never lacks what was put an age before it was asked, whatever is under way meanwhile', async () => {
    const device = fc.constantFrom('a', 'b');
    const event = fc.oneof(
      { weight: 3, arbitrary: fc.record({ ask: device }) },
      {
        weight: 2,
        arbitrary: fc.record({ put: device, lagMs: fc.integer({ min: -250_000, max: 250_000 }) }),
      },
      { weight: 3, arbitrary: fc.record({ admit: fc.nat(5) }) },
      { weight: 2, arbitrary: fc.record({ waitMs: fc.constantFrom(1_000, 20_000, 40_000) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.array(fc.boolean()), async (events, early) => {
        // A request takes effect either before it waits for its answer, or after.
        const waiting: (() => void)[] = [];
        const admit = () => new Promise<void>((resolve) => waiting.push(resolve));
        const made = makeDevices(admit);
        const { state } = made;
        let requests = 0;
        const atEitherEnd =
          <T>(late: (argument: never) => Promise<T>, now: (argument: never) => T) =>
          async (argument: never): Promise<T> => {
            if (early[(requests += 1)] !== true) return late(argument);
            const answer = now(argument);
            await admit();
            return answer;
          };
        const devices = {
          entries: atEitherEnd(
            made.devices.entries as (id: never) => Promise<readonly DeviceEntry[]>,
            (id: string) => made.entries.get(id) ?? [],
          ) as typeof made.devices.entries,
          changedSince: atEitherEnd(
            made.devices.changedSince as (sinceMs: never) => Promise<ReadonlySet<string>>,
            (sinceMs: number) =>
              new Set(
                state.changes.filter(({ timeMs }) => timeMs >= sinceMs).map(({ deviceId }) => deviceId),
              ),
          ) as typeof made.devices.changedSince,
        };
        const clock = () => state.nowMs;
        const registry = createRegistryCache({ devices, maxAgeMs: MAX_AGE_MS, clock });
        const putAtMs = new Map<string, number[]>();
        const asking: Promise<void>[] = [];
        const ask = async (deviceId: string): Promise<void> => {
          const askedAtMs = state.nowMs;
          const answer = await registry.entries(deviceId, unlimited());
          const due = (putAtMs.get(deviceId) ?? []).filter((timeMs) => timeMs <= askedAtMs - MAX_AGE_MS);
          expect(answer.length).toBeGreaterThanOrEqual(due.length);
        };
        const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
        for (const step of events) {
          if ('ask' in step) asking.push(ask(step.ask));
          else if ('put' in step) {
            made.put(step.put, state.nowMs + step.lagMs);
            putAtMs.set(step.put, [...(putAtMs.get(step.put) ?? []), state.nowMs]);
          } else if ('admit' in step) waiting.splice(step.admit % (waiting.length || 1), 1)[0]?.();
          else state.nowMs += step.waitMs;
          await turn();
        }
        for (let turns = 0; turns < 200; turns += 1) {
          waiting.shift()?.();
          await turn();
        }
        await Promise.all(asking);
      }),
      { numRuns: 300 },
    );
  });
});
