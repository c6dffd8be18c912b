import { parseProfile } from './parse-profile.js';

const metric = {
  name: 'flow',
  unit: 'l/min',
  level: 12,
  drift: { perDay: 0.1, resetDays: 30 },
  steps: { everyHours: 6, size: 2 },
};
const site = { site: 'mill', model: 'P-1', prefix: 'pump-', devices: 3 };
const valid = { sites: [site], models: { 'P-1': [metric] }, intervalSeconds: 5 };

describe('a profile', () => {
  it('has defaults for what it does not say', () => {
    expect(parseProfile(valid)).toEqual({
      groups: [site],
      models: {
        'P-1': [
          {
            ...metric,
            deviceSpread: 0,
            dailySwing: 0,
            noise: 0,
            decimals: 2,
            min: Number.NEGATIVE_INFINITY,
            max: Number.POSITIVE_INFINITY,
          },
        ],
      },
      intervalMs: 5_000,
      jitterMs: 0,
      skewMs: 0,
      offline: { probability: 0, slotMs: 5_000 },
      duplicates: 0,
      corrections: 0,
      garbage: 0,
    });
  });

  it.each([
    [[], 'the profile must be an object, not []'],
    [{ ...valid, sites: [] }, 'sites must be a list with an item, not []'],
    [{ ...valid, models: {} }, 'models must have a member'],
    [{ ...valid, interval: 5 }, 'interval is no field here; there are: sites, models, intervalSeconds'],
    [
      { ...valid, intervalSeconds: undefined },
      'intervalSeconds must be a number from 0.1 to 86400; it is missing',
    ],
    [{ ...valid, intervalSeconds: 0 }, 'intervalSeconds must be a number from 0.1 to 86400, not 0'],
    [{ ...valid, intervalSeconds: '5' }, 'intervalSeconds must be a number from 0.1 to 86400, not "5"'],
    [{ ...valid, intervalSeconds: 0.1001 }, 'intervalSeconds must be a number of seconds with at most three'],
    [
      { ...valid, intervalSeconds: Number.NaN },
      'intervalSeconds must be a number from 0.1 to 86400, not NaN',
    ],
    [{ ...valid, jitterSeconds: 5 }, 'jitterSeconds must be less than intervalSeconds, not 5'],
    [{ ...valid, skewSeconds: 300 }, 'skewSeconds must be a number from 0 to 240, not 300'],
    [{ ...valid, garbage: 2 }, 'garbage must be a number from 0 to 1, not 2'],
    [
      { ...valid, offline: { probability: 0.1 } },
      'offline.slotSeconds must be a number from 0.1 to 86400; it is',
    ],
    [{ ...valid, models: { other: [metric] } }, 'sites[0].model must be one of the models: other, not "P-1"'],
    [
      { ...valid, models: { 'P-1': [{ ...metric, decimals: 1.5 }] } },
      'models.P-1[0].decimals must be a whole number from 0 to 9, not 1.5',
    ],
    [
      { ...valid, models: { 'P-1': [{ ...metric, min: 5, max: 4 }] } },
      'models.P-1[0].min must not be above max',
    ],
    [{ ...valid, models: { 'P-1': [metric, metric] } }, 'models.P-1[1].name flow is there twice'],
    [{ ...valid, sites: [site, site] }, 'sites[1].prefix pump- may give the same device names as pump-'],
    [
      { ...valid, sites: [{ ...site, prefix: 'pump-1' }, site] },
      'sites[1].prefix pump- may give the same device names as pump-1',
    ],
    [
      {
        ...valid,
        sites: [
          { ...site, devices: 60_000 },
          { ...site, prefix: 'b', devices: 60_000 },
        ],
      },
      'sites must have',
    ],
    [{ ...valid, sites: [{ ...site, prefix: 'a b' }] }, 'sites[0].prefix must be 1 to 100 of the characters'],
  ])('is refused with field and reason: %#', (value, message) => {
    expect(() => parseProfile(value)).toThrow(message);
  });
});
