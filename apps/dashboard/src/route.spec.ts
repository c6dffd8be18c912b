import { chartAddress, fleetAddress, parseRoute } from './route.js';

const live = { metrics: [], range: '1h', detail: 'auto' } as const;

describe('parseRoute', () => {
  it.each([
    ['', { view: 'fleet', siteId: undefined }],
    ['#/', { view: 'fleet', siteId: undefined }],
    ['#/?site=plant-1', { view: 'fleet', siteId: 'plant-1' }],
    ['#/pipeline', { view: 'pipeline' }],
    ['#/traces', { view: 'traces' }],
    ['#/devices/boiler%3A1', { view: 'device', id: 'boiler:1', choice: live }],
    ['#/sites/plant-1?range=7d', { view: 'site', id: 'plant-1', choice: { ...live, range: '7d' } }],
    ['#/devices/', { view: 'unknown', path: '/devices/' }],
    ['#/devices/a/b', { view: 'unknown', path: '/devices/a/b' }],
    ['#/devices/%E0%A4%A', { view: 'unknown', path: '/devices/%E0%A4%A' }],
    ['#/pipeline/x', { view: 'unknown', path: '/pipeline/x' }],
  ])('reads %p', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('takes the default for a choice that makes no sense', () => {
    const route = parseRoute('#/devices/d?range=toString&detail=2m&from=9&to=3&metric=');
    expect(route).toEqual({ view: 'device', id: 'd', choice: live });
  });
});

describe('addresses', () => {
  it.each([
    { metrics: ['temperature', 'flow.rate'], range: '6h', detail: '10m' },
    { metrics: [], range: { fromMs: 1_000, toMs: 2_000 }, detail: 'raw' },
    live,
  ] as const)('lead back to the choice that they were made of: %p', (choice) => {
    expect(parseRoute(chartAddress('devices', 'a?b&c', choice))).toEqual({
      view: 'device',
      id: 'a?b&c',
      choice,
    });
  });

  it('lead to a site’s part of the fleet', () => {
    expect(parseRoute(fleetAddress('a&b'))).toEqual({ view: 'fleet', siteId: 'a&b' });
  });
});
