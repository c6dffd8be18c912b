import type { Reading } from '@weir/ingest-client';

import type { FleetProfile } from './profile.js';
import { hashText, uniform } from './seeded-noise.js';
import { signalValue } from './signal.js';
import type { MetricProcess } from './signal.js';

/** One device of a profile. */
export interface ProfileDevice {
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
}

/** A seeded run of a profile that begins at a time. Everything in it is a pure function of these three. */
export interface TrafficPlan {
  profile: FleetProfile;
  seed: number;
  startMs: number;
}

/** Before the earliest time that the API takes. */
const GARBAGE_MS = Date.UTC(1999, 0, 1);
/** What is drawn for a reading, each from numbers of its own. */
const DRAWS = { jitter: 1, offline: 2, duplicate: 3, correction: 4, garbage: 5, corrected: 6 } as const;

/** The devices, in the order in which they measure within an interval. */
export function devicesOf({ profile, seed }: TrafficPlan): ProfileDevice[] {
  const count = profile.groups.reduce((sum, { devices }) => sum + devices, 0);
  let place = 0;
  return profile.groups.flatMap(({ site, model, prefix, devices }) =>
    Array.from({ length: devices }, (_, index) => {
      const deviceId = `${prefix}${index + 1}`;
      const stream = hashText(`${seed}/${deviceId}`);
      const skewMs = Math.round(profile.skewMs * (2 * uniform(stream, 0) - 1));
      const phaseMs = Math.floor((profile.intervalMs * place++) / count);
      return { deviceId, site, model, metrics: profile.models[model] ?? [], phaseMs, skewMs, stream };
    }),
  );
}

/** What a device hands over at a tick: nothing while it is offline; when it is back, all that it has kept, oldest first. */
export function sentAt(plan: TrafficPlan, device: ProfileDevice, tick: number): Reading[] {
  if (isOffline(plan, device, tick)) return [];
  return unitsFrom(plan, device, firstKept(plan, device, tick), tick + 1);
}

/** What a device still has after so many ticks: what it kept while offline, and the last correction. */
export function sentAtEnd(plan: TrafficPlan, device: ProfileDevice, ticks: number): Reading[] {
  if (ticks === 0) return [];
  return [
    ...unitsFrom(plan, device, firstKept(plan, device, ticks), ticks),
    ...correctionOf(plan, device, ticks - 1),
  ];
}

/** What holds of a device in the end, one reading a tick: its correction where there is one. */
export function finalReadings(plan: TrafficPlan, device: ProfileDevice, ticks: number): Reading[] {
  return Array.from(
    { length: ticks },
    (_, tick) => correctionOf(plan, device, tick)[0] ?? measured(plan, device, tick),
  );
}

/** The earliest tick since which the device has been offline up to, and without, this one. */
function firstKept(plan: TrafficPlan, device: ProfileDevice, tick: number): number {
  let first = tick;
  while (first > 0 && isOffline(plan, device, first - 1)) first -= 1;
  return first;
}

function unitsFrom(plan: TrafficPlan, device: ProfileDevice, from: number, to: number): Reading[] {
  return Array.from({ length: to - from }, (_, index) => unitOf(plan, device, from + index)).flat();
}

/** A tick's reading with what comes along with it; the correction of the one before is found out by now. */
function unitOf(plan: TrafficPlan, device: ProfileDevice, tick: number): Reading[] {
  const { duplicates, garbage } = plan.profile;
  const reading = measured(plan, device, tick);
  return [
    ...(tick === 0 ? [] : correctionOf(plan, device, tick - 1)),
    reading,
    ...(draw(device, tick, 'duplicate') < duplicates ? [reading] : []),
    ...(draw(device, tick, 'garbage') < garbage ? [{ ...reading, timestamp: GARBAGE_MS + tick }] : []),
  ];
}

function measured({ profile, seed, startMs }: TrafficPlan, device: ProfileDevice, tick: number): Reading {
  const jitterMs = Math.floor(profile.jitterMs * draw(device, tick, 'jitter'));
  const timestampMs = startMs + tick * profile.intervalMs + device.phaseMs + jitterMs + device.skewMs;
  const { deviceId } = device;
  return {
    deviceId,
    timestamp: Math.floor(timestampMs),
    metrics: Object.fromEntries(
      device.metrics.map((metric) => [metric.name, signalValue(metric, { seed, deviceId, timestampMs })]),
    ),
  };
}

function correctionOf(plan: TrafficPlan, device: ProfileDevice, tick: number): Reading[] {
  if (draw(device, tick, 'correction') >= plan.profile.corrections) return [];
  const { deviceId, timestamp, metrics } = measured(plan, device, tick);
  const factor = 0.9 + 0.2 * draw(device, tick, 'corrected');
  const corrected = Object.entries(metrics).map(([name, value]) => [
    name,
    Number((value * factor).toFixed(4)),
  ]);
  return [{ deviceId, timestamp, revision: 1, metrics: Object.fromEntries(corrected) }];
}

function isOffline({ profile }: TrafficPlan, device: ProfileDevice, tick: number): boolean {
  const { probability, slotMs } = profile.offline;
  const slot = Math.floor((tick * profile.intervalMs) / slotMs);
  return draw(device, slot, 'offline') < probability;
}

function draw({ stream }: ProfileDevice, index: number, what: keyof typeof DRAWS): number {
  return uniform(stream ^ Math.imul(DRAWS[what], 0x9e3779b1), index + 1);
}
