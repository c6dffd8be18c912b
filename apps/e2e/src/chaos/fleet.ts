export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The metrics of every device; `load` is the one that may be registered. */
export const METRICS = ['temperature', 'flow', 'delta', 'load'] as const;
export type Metric = (typeof METRICS)[number];

/** How a registered metric is converted and checked, from a measuring time on. */
export interface Registration {
  readonly metric: Metric;
  readonly effectiveFromMs: number;
  readonly scale: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
}

export interface Device {
  readonly deviceId: string;
  /** Distinct from 0 on: timestamps of different devices never agree, so that first and last of a site are certain. */
  readonly index: number;
  /** What it measures lies in [fromMs, toMs). */
  readonly fromMs: number;
  readonly toMs: number;
  /** How far apart it may measure, in milliseconds. */
  readonly stridesMs: readonly number[];
  readonly registration?: Registration;
}

/** Devices that send through one connection, one request after the other. */
export interface Gateway {
  readonly name: string;
  readonly devices: readonly Device[];
}

export interface Fleet {
  readonly siteId: string;
  readonly gateways: readonly Gateway[];
}

const GATEWAYS = 3;

/**
 * Each gateway has a device that measures now and one that catches up with weeks, across the end of a month. What the first
 * device measures from forty-five minutes before the beginning on is converted and checked.
 *
 * @param anchorMs the beginning of the run, in epoch milliseconds
 */
export function makeFleet(anchorMs: number): Fleet {
  const anchor = new Date(anchorMs);
  // The month before, as twelve days of this one may not have passed yet.
  const monthEndMs = Date.UTC(anchor.getUTCFullYear(), anchor.getUTCMonth() - 1, 1);
  const gateways = Array.from({ length: GATEWAYS }, (_, index): Gateway => {
    const live: Device = {
      deviceId: `chaos-live-${index}`,
      index: 2 * index,
      fromMs: anchorMs - 3 * HOUR_MS,
      toMs: anchorMs + 4 * MINUTE_MS,
      stridesMs: [1_000, 5_000, 20_000, 3 * MINUTE_MS],
      ...(index === 0 ? { registration: registrationAt(anchorMs - 45 * MINUTE_MS) } : {}),
    };
    const archived: Device = {
      deviceId: `chaos-archived-${index}`,
      index: 2 * index + 1,
      fromMs: monthEndMs - 8 * DAY_MS,
      toMs: monthEndMs + 12 * DAY_MS,
      stridesMs: [10_000, MINUTE_MS, 7 * MINUTE_MS, 50 * MINUTE_MS, 5 * HOUR_MS],
    };
    return { name: `gateway-${index}`, devices: [live, archived] };
  });
  return { siteId: 'chaos-site', gateways };
}

export function devicesOf({ gateways }: Fleet): Device[] {
  return gateways.flatMap(({ devices }) => devices);
}

function registrationAt(effectiveFromMs: number): Registration {
  return { metric: 'load', effectiveFromMs, scale: 0.5, offset: 8, min: 0, max: 100 };
}
