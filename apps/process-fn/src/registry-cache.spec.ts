import type { DeviceEntry } from '@weir/dynamo-repo';
import { createRegistryCache } from './registry-cache.js';
import { unlimited } from './testing/test-batch.js';

function makeRegistry(maxDevices = 2) {
  const asked: string[] = [];
  const state = { nowMs: 0, asked };
  const devices = {
    entries: async (deviceId: string): Promise<readonly DeviceEntry[]> => {
      asked.push(deviceId);
      state.nowMs += 5;
      return [{ deviceId, effectiveFromMs: asked.length }];
    },
  };
  return {
    state,
    registry: createRegistryCache({ devices, maxAgeMs: 100, maxDevices, clock: () => state.nowMs }),
  };
}

describe('createRegistryCache', () => {
  it('believes an answer for its age, counted from before the question', async () => {
    const { registry, state } = makeRegistry();
    const first = await registry.entries('a', unlimited());
    state.nowMs = 99;
    expect(await registry.entries('a', unlimited())).toBe(first);
    state.nowMs = 100;
    expect(await registry.entries('a', unlimited())).not.toBe(first);
  });

  it('drops the device used least recently', async () => {
    const { registry, state } = makeRegistry(2);
    for (const deviceId of ['a', 'b', 'a', 'c', 'a', 'b']) await registry.entries(deviceId, unlimited());
    expect(state.asked).toEqual(['a', 'b', 'c', 'b']);
  });
});
