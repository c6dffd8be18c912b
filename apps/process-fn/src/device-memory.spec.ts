import { emptyBlock, mergeReadings } from '@weir/aggregation';
import type { StoredBlock } from '@weir/dynamo-repo';
import { DeviceMemory } from './device-memory.js';
import { MINUTE_MS } from './testing/test-batch.js';

function stored(slot: number, version = 1, sealed = false, deviceId = 'pump-1'): StoredBlock {
  const startMs = slot * 10 * MINUTE_MS;
  const empty = emptyBlock({ startMs, endMs: startMs + 10 * MINUTE_MS });
  const reading = { timestampMs: startMs, metrics: { flow: 1 }, revision: 0, receivedAtMs: 0 };
  return { deviceId, version, sealed, block: mergeReadings(empty, [reading]).block };
}

function settled(memory: DeviceMemory, slot: number): boolean | undefined {
  return memory.block('pump-1', slot * 10 * MINUTE_MS)?.settled;
}

describe('DeviceMemory', () => {
  const makeMemory = () => new DeviceMemory({ blocksMax: 100, bytesMax: 1_000_000 });

  it('keeps an open block settled at any version, but not once it is sealed', () => {
    const memory = makeMemory();
    memory.note(stored(0));
    expect(settled(memory, 0)).toBe(false);
    memory.noteSettled(stored(0));
    memory.note(stored(0, 2));
    expect(settled(memory, 0)).toBe(true);
    memory.note(stored(0, 2, true));
    expect(settled(memory, 0)).toBe(false);
  });

  it('keeps a sealed block settled at its version only', () => {
    const memory = makeMemory();
    memory.noteSettled(stored(0, 3, true));
    memory.note(stored(0, 3, true));
    expect(settled(memory, 0)).toBe(true);
    memory.note(stored(0, 4, true));
    expect(settled(memory, 0)).toBe(false);
  });

  it('lets the newest slot only grow, until the device is forgotten', () => {
    const memory = makeMemory();
    memory.noteNewest('pump-1', 500);
    memory.noteNewest('pump-1', 400);
    expect(memory.newestStartMs('pump-1')).toBe(500);
    memory.note(stored(3));
    expect(memory.newestStartMs('pump-1')).toBe(30 * MINUTE_MS);
    memory.forget('pump-1');
    expect(memory.newestStartMs('pump-1')).toBeUndefined();
    expect(settled(memory, 3)).toBeUndefined();
  });

  it('forgets one device without the others', () => {
    const memory = makeMemory();
    memory.note(stored(0));
    memory.note(stored(0, 1, false, 'pump-2'));
    memory.forget('pump-2');
    expect(memory.block('pump-1', 0)).toBeDefined();
    expect(memory.block('pump-2', 0)).toBeUndefined();
  });

  it('does not let one device take all the room', () => {
    const memory = makeMemory();
    memory.note(stored(0, 1, false, 'pump-2'));
    for (let slot = 0; slot < 500; slot += 1) memory.note(stored(slot));
    expect(memory.block('pump-2', 0)).toBeDefined();
    expect(settled(memory, 0)).toBeUndefined();
    expect(settled(memory, 499)).toBe(false);
  });
});
