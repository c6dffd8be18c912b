import type { Reading } from '@weir/ingest-client';

import type { FleetProfile } from './profile.js';
import { hashText, uniform } from './seeded-noise.js';
import { signalValue } from './signal.js';
import type { MetricProcess } from './signal.js';

/** One device of a fleet. */
export interface FleetDevice {
  deviceId: string;
  site: string;
  model: string;
  metrics: readonly MetricProcess[];
  /** Where in the interval it measures, in milliseconds. */
  phaseMs: number;
  /** By how much its clock is wrong. */
  skewMs: number;
  /** What its chances are drawn from. */
  stream: number;
  /** The first tick that is due at the start of the run or later. */
  firstTick: number;
}

/**
 * A seeded run of a profile that begins at a time. Ticks count a device's intervals since 1970, so that what is measured at an
 * instant depends on profile and seed alone: a run that begins later, or once more, says the same of the same time.
 */
export interface TrafficPlan {
  profile: FleetProfile;
  seed: number;
  startMs: number;
}

/** What a device sends. */
export interface SentReading {
  reading: Reading;
  /** It can never be accepted. */
  garbage: boolean;
}

/** What is drawn for a reading, each from numbers of its own. */
const DRAWS = {
  jitter: 1,
  offline: 2,
  duplicate: 3,
  correction: 4,
  garbage: 5,
  corrected: 6,
  spoilt: 7,
} as const;

/** The devices, in the order in which they measure within an interval that begins with the run. */
export function devicesOf({ profile, seed, startMs }: TrafficPlan): FleetDevice[] {
  const count = profile.groups.reduce((sum, { devices }) => sum + devices, 0);
  const { intervalMs } = profile;
  let place = 0;
  const devices = profile.groups.flatMap(({ site, model, prefix, devices }) =>
    Array.from({ length: devices }, (_, index) => {
      const deviceId = `${prefix}${index + 1}`;
      const stream = hashText(`${seed}/${deviceId}`);
      const skewMs = Math.round(profile.skewMs * (2 * uniform(stream, 0) - 1));
      const phaseMs = Math.floor((intervalMs * place++) / count);
      const firstTick = Math.ceil((startMs - phaseMs) / intervalMs);
      return {
        deviceId,
        site,
        model,
        metrics: profile.models[model] ?? [],
        phaseMs,
        skewMs,
        stream,
        firstTick,
      };
    }),
  );
  return devices.sort((a, b) => a.firstTick - b.firstTick || a.phaseMs - b.phaseMs);
}

/** When a device's tick is due, in epoch milliseconds of a clock that is right. */
export function dueMs({ profile }: TrafficPlan, { phaseMs }: FleetDevice, tick: number): number {
  return tick * profile.intervalMs + phaseMs;
}

/** What a device hands over at a tick: nothing while it is offline; when it is back, all that it has kept, oldest first. */
export function* sentAt(plan: TrafficPlan, device: FleetDevice, tick: number): Generator<SentReading> {
  if (isOffline(plan, device, tick)) return;
  yield* sentFrom(plan, device, firstKept(plan, device, tick), tick + 1);
}

/** What a device still has when it stops before a tick: what it kept while offline, and the last correction. */
export function* sentAtEnd(plan: TrafficPlan, device: FleetDevice, endTick: number): Generator<SentReading> {
  if (endTick === device.firstTick) return;
  yield* sentFrom(plan, device, firstKept(plan, device, endTick), endTick);
  yield* correctionOf(plan, device, endTick - 1);
}

/** What holds of a tick in the end: its correction where there is one. */
export function finalReading(plan: TrafficPlan, device: FleetDevice, tick: number): Reading {
  return correctionOf(plan, device, tick)[0]?.reading ?? measured(plan, device, tick);
}

/** The earliest tick since which the device has been offline up to, and without, this one. */
function firstKept(plan: TrafficPlan, device: FleetDevice, tick: number): number {
  let first = tick;
  while (first > device.firstTick && isOffline(plan, device, first - 1)) first -= 1;
  return first;
}

/** Readings of the ticks [from, to), each with what comes along with it; the correction of the one before is found out by now. */
function* sentFrom(plan: TrafficPlan, device: FleetDevice, from: number, to: number): Generator<SentReading> {
  const { duplicates, garbage } = plan.profile;
  for (let tick = from; tick < to; tick += 1) {
    const reading = measured(plan, device, tick);
    if (tick > device.firstTick) yield* correctionOf(plan, device, tick - 1);
    yield { reading, garbage: false };
    if (draw(device, tick, 'duplicate') < duplicates) yield { reading, garbage: false };
    if (draw(device, tick, 'garbage') < garbage) {
      yield { reading: spoilt(reading, draw(device, tick, 'spoilt')), garbage: true };
    }
  }
}

function measured({ profile, seed }: TrafficPlan, device: FleetDevice, tick: number): Reading {
  const { deviceId, phaseMs, skewMs } = device;
  const jitterMs = Math.floor(profile.jitterMs * draw(device, tick, 'jitter'));
  const timestampMs = tick * profile.intervalMs + phaseMs + skewMs - jitterMs;
  const values = device.metrics.map((metric) => [
    metric.name,
    signalValue(metric, { seed, deviceId, timestampMs }),
  ]);
  return { deviceId, timestamp: timestampMs, metrics: Object.fromEntries(values) };
}

function correctionOf(plan: TrafficPlan, device: FleetDevice, tick: number): SentReading[] {
  if (draw(device, tick, 'correction') >= plan.profile.corrections) return [];
  const { deviceId, timestamp, metrics } = measured(plan, device, tick);
  const factor = 0.9 + 0.2 * draw(device, tick, 'corrected');
  const corrected = Object.entries(metrics).map(([name, value]) => [
    name,
    Number((value * factor).toFixed(4)),
  ]);
  const reading = { deviceId, timestamp, revision: 1, metrics: Object.fromEntries(corrected) };
  return [{ reading, garbage: false }];
}

/** A reading as broken devices send it: from a clock that has started anew, from a sensor without a value, under no name. */
function spoilt(reading: Reading, chance: number): Reading {
  if (chance < 0.4) return { ...reading, timestamp: Date.UTC(1999, 0, 1) };
  if (chance < 0.7) return { ...reading, deviceId: `${reading.deviceId} ?` };
  return {
    ...reading,
    metrics: Object.fromEntries(Object.keys(reading.metrics).map((name) => [name, Number.NaN])),
  };
}

function isOffline({ profile }: TrafficPlan, device: FleetDevice, tick: number): boolean {
  const { probability, slotMs } = profile.offline;
  const slot = Math.floor((tick * profile.intervalMs) / slotMs);
  return draw(device, slot, 'offline') < probability;
}

function draw({ stream }: FleetDevice, index: number, what: keyof typeof DRAWS): number {
  return uniform(stream ^ Math.imul(DRAWS[what], 0x9e3779b1), index + 1);
}
