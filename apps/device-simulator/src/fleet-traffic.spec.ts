import type { Reading } from '@weir/ingest-client';

import { fleetOf } from './fleet-choice.js';
import { devicesOf, dueMs, finalReading, sentAt, sentAtEnd } from './fleet-traffic.js';
import type { FleetDevice, SentReading, TrafficPlan } from './fleet-traffic.js';

const TICKS = 120;
const built = fleetOf({ profile: undefined, devices: 12, intervalMs: 10_000, prefix: '' });
const busy: TrafficPlan = {
  profile: {
    ...built,
    offline: { probability: 0.2, slotMs: 60_000 },
    duplicates: 0.1,
    corrections: 0.1,
    garbage: 0.05,
  },
  seed: 7,
  startMs: Date.UTC(2026, 10, 1, 12, 0, 3),
};

function ticksOf({ firstTick }: FleetDevice): number[] {
  return Array.from({ length: TICKS }, (_, index) => firstTick + index);
}

function everything(plan: TrafficPlan, device: FleetDevice): SentReading[] {
  const ticks = ticksOf(device).flatMap((tick) => [...sentAt(plan, device, tick)]);
  return [...ticks, ...sentAtEnd(plan, device, device.firstTick + TICKS)];
}

/** The highest revision of each reading that is no garbage, in the order of time. */
function distinct(sent: readonly SentReading[]): Reading[] {
  const known = new Map<number, Reading>();
  for (const { reading, garbage } of sent) {
    const other = known.get(Number(reading.timestamp));
    if (!garbage && (reading.revision ?? 0) >= (other?.revision ?? 0)) {
      known.set(Number(reading.timestamp), reading);
    }
  }
  return [...known.values()].sort((a, b) => Number(a.timestamp) - Number(b.timestamp));
}

function deviceAt(plan: TrafficPlan, place: number): FleetDevice {
  const device = devicesOf(plan)[place];
  if (device === undefined) throw new Error(`There is no device ${place}`);
  return device;
}

describe('the traffic of a profile', () => {
  it('is the same for the same seed, and another for another', () => {
    const device = deviceAt(busy, 3);
    expect(everything(busy, device)).toEqual(everything(busy, deviceAt(busy, 3)));
    const other = { ...busy, seed: 8 };
    expect(everything(busy, device)).not.toEqual(everything(other, deviceAt(other, 3)));
  });

  it('says the same of a time whenever it begins', () => {
    const later = { ...busy, startMs: busy.startMs + 7 * 60_000 };
    for (const device of devicesOf(later)) {
      const same = devicesOf(busy).find(({ deviceId }) => deviceId === device.deviceId);
      if (same === undefined) throw new Error(`There is no ${device.deviceId}`);
      for (const tick of ticksOf(device)) {
        expect(finalReading(later, device, tick)).toEqual(finalReading(busy, same, tick));
      }
    }
  });

  it('begins within an interval of the start, one device after the other', () => {
    const due = devicesOf(busy).map((device) => dueMs(busy, device, device.firstTick) - busy.startMs);
    expect(due).toEqual([...due].sort((a, b) => a - b));
    expect(due[0]).toBeGreaterThanOrEqual(0);
    expect(due.at(-1)).toBeLessThan(10_000);
    expect(new Set(due).size).toBe(12);
  });

  it('is never measured after it is due, but for clocks that are ahead', () => {
    for (const device of devicesOf(busy)) {
      for (const tick of ticksOf(device)) {
        const beforeMs =
          dueMs(busy, device, tick) + device.skewMs - Number(finalReading(busy, device, tick).timestamp);
        expect(beforeMs).toBeGreaterThanOrEqual(0);
        expect(beforeMs).toBeLessThan(busy.profile.jitterMs);
      }
    }
  });

  it('comes, with all its detours, to what holds in the end', () => {
    for (const device of devicesOf(busy)) {
      const final = ticksOf(device).map((tick) => finalReading(busy, device, tick));
      expect(distinct(everything(busy, device))).toEqual(final);
    }
  });

  it('has everything that a profile asks for', () => {
    const all = devicesOf(busy).map((device) => ({ device, sent: everything(busy, device) }));
    const sent = all.flatMap((one) => one.sent);
    const share = (count: number): number => count / (12 * TICKS);
    const corrections = sent.filter(({ reading }) => reading.revision === 1).length;
    const garbage = sent.filter((one) => one.garbage);
    expect(share(corrections)).toBeGreaterThan(0.05);
    expect(share(corrections)).toBeLessThan(0.15);
    expect(share(garbage.length)).toBeGreaterThan(0.02);
    expect(share(garbage.length)).toBeLessThan(0.08);
    expect(share(sent.length - corrections - garbage.length)).toBeGreaterThan(1.05);
    const kinds = garbage.map(({ reading: { deviceId, timestamp, metrics } }) => [
      Number(timestamp) < Date.UTC(2000, 0, 1),
      deviceId.includes(' '),
      Object.values(metrics).some(Number.isNaN),
    ]);
    for (const kind of kinds) expect(kind.filter(Boolean)).toHaveLength(1);
    expect(new Set(kinds.map(String)).size).toBe(3);
    const bursts = all.flatMap(({ device }) =>
      ticksOf(device).map((tick) => [...sentAt(busy, device, tick)].length),
    );
    expect(bursts.filter((size) => size === 0).length).toBeGreaterThan(100);
    expect(Math.max(...bursts)).toBeGreaterThan(5);
  });

  it('is nothing but the readings in a profile without detours', () => {
    const { groups, models } = busy.profile;
    const none = { jitterMs: 0, skewMs: 0, duplicates: 0, corrections: 0, garbage: 0 };
    const offline = { probability: 0, slotMs: 1_000 };
    const plan = { ...busy, profile: { groups, models, intervalMs: 10_000, offline, ...none } };
    const device = deviceAt(plan, 0);
    const times = everything(plan, device).map(({ reading }) => reading.timestamp);
    expect(times).toEqual(ticksOf(device).map((tick) => dueMs(plan, device, tick)));
  });
});
