import type { DeviceSummary } from '@weir/analytics-client';

import { canBeginId, freshnessOf, groupBySite } from './fleet.js';

function device(deviceId: string, siteId?: string): DeviceSummary {
  return {
    deviceId,
    registered: true,
    model: 'WB-200',
    latest: {},
    ...(siteId === undefined ? {} : { siteId }),
  };
}

describe('groupBySite', () => {
  it('has sites by name, and devices without one last', () => {
    const groups = groupBySite([device('a', 'z'), device('b'), device('c', 'm'), device('d', 'z')]);
    expect(groups.map(({ siteId, devices }) => [siteId, devices.map(({ deviceId }) => deviceId)])).toEqual([
      ['m', ['c']],
      ['z', ['a', 'd']],
      [undefined, ['b']],
    ]);
  });
});

describe('freshnessOf', () => {
  it.each([
    [0, 'live'],
    [120_000, 'live'],
    [120_001, 'late'],
    [1_800_001, 'silent'],
    [-60_000, 'live'],
  ] as const)('takes a device that was seen %p ms ago for %s', (ageMs, freshness) => {
    expect(freshnessOf(10_000_000 - ageMs, 10_000_000)).toBe(freshness);
  });

  it('knows devices that were never seen', () => {
    expect(freshnessOf(undefined, 0)).toBe('never');
  });
});

describe('canBeginId', () => {
  it.each(['b', 'Boiler-1.a_b:c', 'x'.repeat(128)])('is so for %p', (text) => {
    expect(canBeginId(text)).toBe(true);
  });

  it.each(['', 'boiler 1', 'böiler', 'a*', 'a/b', 'x'.repeat(129)])('is not so for %p', (text) => {
    expect(canBeginId(text)).toBe(false);
  });
});
