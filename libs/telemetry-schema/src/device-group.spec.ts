import { DEVICE_GROUPS, deviceGroup, partitionKeyOf } from './device-group.js';

describe('deviceGroup', () => {
  it('never changes for a device: records of one device must keep meeting in one shard', () => {
    expect(['boiler-1', 'boiler-2', 'machine-1', 'a', ''].map(deviceGroup)).toMatchInlineSnapshot(`
     [
       149,
       13,
       21,
       237,
       197,
     ]
    `);
  });

  it('spreads a fleet over all groups about evenly', () => {
    const counts = new Array<number>(DEVICE_GROUPS).fill(0);
    for (let index = 0; index < 25_600; index += 1) {
      const group = deviceGroup(`device-${index}`);
      counts[group] = (counts[group] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(50);
    expect(Math.max(...counts)).toBeLessThan(200);
  });

  it('makes partition keys of equal length', () => {
    expect([0, 17, 255].map(partitionKeyOf)).toEqual(['g000', 'g017', 'g255']);
  });
});
