import { BlockCache, residentBytes } from './block-cache.js';
import type { StoredBlock } from './ports.js';
import { HOUR_START_MS, makeBlock, makeReading } from './testing/fixtures.js';

function makeStored(deviceId: string, readings = 1, version = 1): StoredBlock {
  const points = Array.from({ length: readings }, (_, index) => makeReading(HOUR_START_MS + index));
  return { deviceId, block: makeBlock(HOUR_START_MS, points), version, sealed: false };
}

function keyOf(deviceId: string) {
  return { deviceId, slotStartMs: HOUR_START_MS };
}

describe('BlockCache', () => {
  it('gives back the last block put under a key, and whether it was verified', () => {
    const cache = new BlockCache({ blocksMax: 10, bytesMax: 1e6 });
    expect(cache.get(keyOf('a'))).toBeUndefined();
    cache.put(makeStored('a'), false);
    const newer = makeStored('a', 2, 2);
    cache.put(newer, true);
    expect(cache.get(keyOf('a'))).toEqual({ stored: newer, verified: true });
    expect(cache.get({ deviceId: 'a', slotStartMs: HOUR_START_MS + 1 })).toBeUndefined();
    expect(cache.size).toBe(1);
  });

  it('forgets what is evicted', () => {
    const cache = new BlockCache({ blocksMax: 10, bytesMax: 1e6 });
    cache.put(makeStored('a'), true);
    cache.put(makeStored('b'), true);
    cache.evict(keyOf('a'));
    cache.evict(keyOf('nobody'));
    expect(cache.get(keyOf('a'))).toBeUndefined();
    expect(cache.get(keyOf('b'))).toBeDefined();
  });

  it('keeps no more blocks than it may, the least recently used out first', () => {
    const cache = new BlockCache({ blocksMax: 2, bytesMax: 1e6 });
    cache.put(makeStored('a'), true);
    cache.put(makeStored('b'), true);
    cache.get(keyOf('a'));
    cache.put(makeStored('c'), true);
    expect(['a', 'b', 'c'].map((deviceId) => cache.get(keyOf(deviceId)) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('keeps no more bytes than it may, and no block larger than that', () => {
    const bytes = residentBytes(makeStored('a', 10));
    const cache = new BlockCache({ blocksMax: 100, bytesMax: 2 * bytes });
    for (const deviceId of ['a', 'b', 'c']) cache.put(makeStored(deviceId, 10), true);
    expect(cache.size).toBe(2);
    expect(cache.bytes).toBe(2 * bytes);
    cache.put(makeStored('b', 50), true);
    expect(cache.get(keyOf('b'))).toBeUndefined();
    expect(cache.bytes).toBeLessThanOrEqual(2 * bytes);
  });

  it.each([
    [{ blocksMax: 0, bytesMax: 1 }, 'blocksMax'],
    [{ blocksMax: 1, bytesMax: 0 }, 'bytesMax'],
    [{ blocksMax: Number.POSITIVE_INFINITY, bytesMax: 1 }, 'blocksMax'],
    [{ blocksMax: 1, bytesMax: 1.5 }, 'bytesMax'],
  ])('refuses the limits %p', (limits, name) => {
    expect(() => new BlockCache(limits)).toThrow(RangeError);
    expect(() => new BlockCache(limits)).toThrow(name);
  });
});
