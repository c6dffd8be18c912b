import { DEVICE_GROUPS, deviceGroup, hashKeyOf, partitionKeyOf } from './device-group.js';

const FLEET = Array.from({ length: 16_000 }, (_, index) => `device-${index}`);
const NUMBERS_OF_GROUPS = [DEVICE_GROUPS.min, 2, 3, DEVICE_GROUPS.fallback, 100, 256, DEVICE_GROUPS.max];

function groupSizes(groups: number): number[] {
  const sizes = new Array<number>(groups).fill(0);
  for (const deviceId of FLEET) {
    const group = deviceGroup(deviceId, groups);
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  return sizes;
}

/** The shard of a group, where so many shards divide the hash keys evenly, as Kinesis makes them. */
function shardOf(group: number, groups: number, shards: number): number {
  return Number((BigInt(hashKeyOf(group, groups)) * BigInt(shards)) / 2n ** 128n);
}

describe('deviceGroup', () => {
  it('never changes for a device: its records must keep meeting in one shard', () => {
    const groups = ['boiler-1', 'boiler-2', 'machine-1', 'a', ''].map((id) => deviceGroup(id, 256));
    expect(groups).toMatchInlineSnapshot(`
     [
       122,
       183,
       56,
       26,
       171,
     ]
    `);
  });

  it.each(NUMBERS_OF_GROUPS)('is one of %d groups', (groups) => {
    expect(groupSizes(groups)).toHaveLength(groups);
  });

  it('divides a numbered fleet about evenly', () => {
    const sizes = groupSizes(16);
    expect(Math.min(...sizes)).toBeGreaterThan(850);
    expect(Math.max(...sizes)).toBeLessThan(1150);
    expect(Math.min(...groupSizes(256))).toBeGreaterThan(30);
  });

  it('leaves a device in its shard when the number of groups changes from one multiple of the shards to another', () => {
    for (const shards of [1, 2, 4, 5]) {
      for (const deviceId of FLEET.slice(0, 1_000)) {
        const found = [1, 4, 20].map((times) => {
          const groups = times * shards;
          return shardOf(deviceGroup(deviceId, groups), groups, shards);
        });
        expect(new Set(found).size).toBe(1);
      }
    }
  });
});

describe('partitionKeyOf', () => {
  it('is as long for every group', () => {
    expect([0, 17, DEVICE_GROUPS.max - 1].map(partitionKeyOf)).toEqual(['g0000', 'g0017', 'g4999']);
  });
});

describe('hashKeyOf', () => {
  it.each(NUMBERS_OF_GROUPS)('lies in the middle of its part of all hash keys, for %d groups', (groups) => {
    for (let group = 0; group < groups; group += 1) {
      const twice = 2n * BigInt(groups) * BigInt(hashKeyOf(group, groups));
      const middle = BigInt(2 * group + 1) * 2n ** 128n;
      expect(middle - twice >= 0n && middle - twice < 2n * BigInt(groups)).toBe(true);
    }
  });

  it('gives every shard equally many groups, or one more', () => {
    for (const [groups, shards] of [
      [16, 2],
      [16, 4],
      [16, 3],
      [16, 16],
      [100, 7],
    ] as const) {
      const counts = new Array<number>(shards).fill(0);
      for (let group = 0; group < groups; group += 1) counts[shardOf(group, groups, shards)]! += 1;
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});
