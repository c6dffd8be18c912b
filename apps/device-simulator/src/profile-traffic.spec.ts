import type { Reading } from '@weir/ingest-client';

import { oracleWindows } from './oracle.js';
import { defaultProfile, parseProfile } from './profile.js';
import { devicesOf, finalReadings, sentAt, sentAtEnd } from './profile-traffic.js';
import type { ProfileDevice, TrafficPlan } from './profile-traffic.js';

const TICKS = 120;
const busy: TrafficPlan = {
  profile: {
    ...defaultProfile(12, 10_000),
    offline: { probability: 0.2, slotMs: 60_000 },
    duplicates: 0.1,
    corrections: 0.1,
    garbage: 0.05,
  },
  seed: 7,
  startMs: Date.UTC(2026, 10, 1, 12),
};

function everything(plan: TrafficPlan, device: ProfileDevice): Reading[] {
  const ticks = Array.from({ length: TICKS }, (_, tick) => sentAt(plan, device, tick)).flat();
  return [...ticks, ...sentAtEnd(plan, device, TICKS)];
}

/** The highest revision of each reading that is no garbage. */
function distinct(readings: readonly Reading[]): Reading[] {
  const known = new Map<number, Reading>();
  for (const reading of readings) {
    const time = Number(reading.timestamp);
    if (time < Date.UTC(2000, 0, 1)) continue;
    const other = known.get(time);
    if (other === undefined || (reading.revision ?? 0) > (other.revision ?? 0)) known.set(time, reading);
  }
  return [...known.values()].sort((a, b) => Number(a.timestamp) - Number(b.timestamp));
}

describe('the traffic of a profile', () => {
  it('is the same for the same seed, and another for another', () => {
    const [device, other] = [devicesOf(busy)[3], devicesOf({ ...busy, seed: 8 })[3]];
    if (device === undefined || other === undefined) throw new Error('There are twelve devices');
    expect(everything(busy, device)).toEqual(everything(busy, device));
    expect(everything(busy, device)).not.toEqual(everything({ ...busy, seed: 8 }, other));
  });

  it('comes, with all its detours, to what the oracle is made of', () => {
    for (const device of devicesOf(busy)) {
      expect(distinct(everything(busy, device))).toEqual(finalReadings(busy, device, TICKS));
    }
  });

  it('has everything that a profile asks for', () => {
    const all = devicesOf(busy).map((device) => ({ device, sent: everything(busy, device) }));
    const readings = all.flatMap(({ sent }) => sent);
    const share = (count: number): number => count / (12 * TICKS);
    const corrections = readings.filter(({ revision }) => revision === 1).length;
    const garbage = readings.filter(({ timestamp }) => Number(timestamp) < Date.UTC(2000, 0, 1)).length;
    expect(share(corrections)).toBeGreaterThan(0.05);
    expect(share(corrections)).toBeLessThan(0.15);
    expect(share(garbage)).toBeGreaterThan(0.02);
    expect(share(garbage)).toBeLessThan(0.08);
    expect(share(readings.length - corrections - garbage)).toBeGreaterThan(1.05);
    const bursts = all.map(({ device }) =>
      Array.from({ length: TICKS }, (_, tick) => sentAt(busy, device, tick).length),
    );
    expect(bursts.flat().filter((size) => size === 0).length).toBeGreaterThan(100);
    expect(Math.max(...bursts.flat())).toBeGreaterThan(5);
  });

  it('is nothing but the readings in a profile without detours', () => {
    const { groups, models } = busy.profile;
    const none = {
      jitterMs: 0,
      skewMs: 0,
      offline: { probability: 0, slotMs: 1_000 },
      duplicates: 0,
      corrections: 0,
      garbage: 0,
    };
    const plan = { ...busy, profile: { groups, models, intervalMs: 10_000, ...none } };
    const [device] = devicesOf(plan);
    if (device === undefined) throw new Error('There are twelve devices');
    const times = everything(plan, device).map(({ timestamp }) => timestamp);
    expect(times).toEqual(Array.from({ length: TICKS }, (_, tick) => plan.startMs + tick * 10_000));
  });
});

describe('the oracle', () => {
  it('folds by the hour in the order of time', () => {
    const at = (minute: number, value: number): Reading => ({
      deviceId: 'd',
      timestamp: Date.UTC(2026, 10, 1, 12, minute),
      metrics: { m: value },
    });
    expect(oracleWindows([at(60, 5), at(59, -2), at(0, 4)])).toEqual([
      {
        deviceId: 'd',
        metric: 'm',
        start: '2026-11-01T12:00:00.000Z',
        count: 2,
        sum: 2,
        min: -2,
        max: 4,
        first: 4,
        last: -2,
      },
      {
        deviceId: 'd',
        metric: 'm',
        start: '2026-11-01T13:00:00.000Z',
        count: 1,
        sum: 5,
        min: 5,
        max: 5,
        first: 5,
        last: 5,
      },
    ]);
  });
});

describe('a profile in a file', () => {
  const metric = {
    name: 'flow',
    unit: 'l/min',
    level: 12,
    drift: { perDay: 0.1, resetDays: 30 },
    steps: { everyHours: 6, size: 2 },
  };
  const valid = {
    sites: [{ site: 'mill', model: 'P-1', prefix: 'pump-', devices: 3 }],
    models: { 'P-1': [metric] },
    intervalSeconds: 5,
  };

  it('has defaults for what it does not say', () => {
    expect(parseProfile(valid)).toMatchObject({
      intervalMs: 5_000,
      jitterMs: 0,
      duplicates: 0,
      models: { 'P-1': [{ name: 'flow', noise: 0, decimals: 2, drift: metric.drift }] },
    });
    const plan = { profile: parseProfile(valid), seed: 1, startMs: 0 };
    expect(devicesOf(plan).map(({ deviceId }) => deviceId)).toEqual(['pump-1', 'pump-2', 'pump-3']);
  });

  it.each([
    [[], 'the profile must be an object'],
    [{ ...valid, sites: [] }, 'sites must be a list that is not empty'],
    [{ ...valid, interval: 5 }, 'the profile has no member interval'],
    [{ ...valid, intervalSeconds: 0 }, 'intervalSeconds must be a number from 0.1 to 86400'],
    [{ ...valid, jitterSeconds: 5 }, 'jitterSeconds must be less than intervalSeconds'],
    [{ ...valid, skewSeconds: 300 }, 'skewSeconds must be a number from 0 to 240'],
    [{ ...valid, garbage: 2 }, 'garbage must be a number from 0 to 1'],
    [{ ...valid, offline: { probability: 0.1 } }, 'offline.slotSeconds must be a number from 1 to 86400'],
    [{ ...valid, models: { other: [metric] } }, 'sites[0].model: there is no model P-1'],
    [
      { ...valid, models: { 'P-1': [{ ...metric, decimals: 1.5 }] } },
      'models.P-1[0].decimals must be a whole number',
    ],
    [{ ...valid, sites: [valid.sites[0], valid.sites[0]] }, 'the prefix pump- is there twice'],
    [
      { ...valid, sites: [{ ...valid.sites[0], prefix: 'a b' }] },
      'sites[0].prefix must be 1 to 120 of the characters',
    ],
  ])('is refused with the place of what is wrong: %#', (value, message) => {
    expect(() => parseProfile(value)).toThrow(message);
  });
});
