import type { DeviceSummary } from '@weir/analytics-client';

import { findDevices, freshnessOf, groupBySite, isMatch } from './fleet.js';

function device(deviceId: string, siteId?: string): DeviceSummary {
  return {
    deviceId,
    registered: true,
    model: 'WB-200',
    latest: {},
    ...(siteId === undefined ? {} : { siteId }),
  };
}

async function* listed(devices: readonly DeviceSummary[]): AsyncGenerator<DeviceSummary> {
  yield* devices;
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

describe('findDevices', () => {
  const devices = [device('boiler-1', 'Mill'), device('boiler-2'), device('kettle', 'mill')];

  it('looks at id, site and model, in upper or lower case', () => {
    expect([
      isMatch(device('x', 'Mill'), 'mILL'),
      isMatch(device('x'), 'wb-2'),
      isMatch(device('x'), 'y'),
    ]).toEqual([true, true, false]);
  });

  it('says when everything was looked at', async () => {
    const found = await findDevices(listed(devices), 'mill', 2);
    expect(found).toEqual({ devices: [devices[0], devices[2]], examined: 3, complete: true });
  });

  it('stops when it has enough', async () => {
    const found = await findDevices(listed(devices), 'boiler', 1);
    expect(found).toEqual({ devices: [devices[0]], examined: 1, complete: false });
  });
});
