import { gaussian, hashText } from './seeded-noise.js';

/** How one metric of a model behaves. */
export interface MetricProcess {
  name: string;
  /** UCUM code. */
  unit: string;
  /** Mean over a day and over all devices. */
  level: number;
  /** Standard deviation of the devices' own levels. */
  deviceSpread: number;
  /** Half the distance between the warmest and the coldest time of day. */
  dailySwing: number;
  /** Standard deviation of the slow noise. */
  noise: number;
  decimals: number;
  /** Values beyond these are cut off there. */
  min: number;
  max: number;
  /** Grows by so much a day, and falls back at a calibration every so many days. */
  drift?: { perDay: number; resetDays: number };
  /** The level is another one every so many hours, by a standard deviation of `size`. */
  steps?: { everyHours: number; size: number };
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** The top of the daily curve is in the afternoon. */
const DAILY_PEAK_MS = 15 * 3_600_000;
/** How much of the slow noise remains after a minute. */
const NOISE_MEMORY = 0.85;
/** What is older weighs less than 0.2 % and is left out. */
const NOISE_MEMORY_MINUTES = 40;
/** Scales the sum so that its standard deviation is one. */
const NOISE_SCALE = Math.sqrt(1 - NOISE_MEMORY ** 2);
/** The fast noise of single measurements, as a part of the slow one. */
const JITTER = 0.2;

/**
 * The value of a metric: a level of the device, a daily curve, slow noise (first-order autoregressive by the minute, linear
 * in between) and a little jitter. A pure function of its arguments, so that whoever asks again for the same device and
 * time gets the identical value.
 */
export function signalValue(
  metric: MetricProcess,
  { seed, deviceId, timestampMs }: { seed: number; deviceId: string; timestampMs: number },
): number {
  const stream = hashText(`${seed}/${deviceId}/${metric.name}`);
  const deviceLevel = metric.level + metric.deviceSpread * gaussian(stream, -1);
  const daily = Math.cos((2 * Math.PI * (timestampMs - DAILY_PEAK_MS)) / DAY_MS);
  const minute = Math.floor(timestampMs / MINUTE_MS);
  const within = timestampMs / MINUTE_MS - minute;
  const slow = (1 - within) * slowNoise(stream, minute) + within * slowNoise(stream, minute + 1);
  const jitter = JITTER * gaussian(stream ^ 0x5bd1e995, timestampMs);
  const wandering = drifted(metric, timestampMs) + stepped(metric, stream, timestampMs);
  const value = deviceLevel + wandering + metric.dailySwing * daily + metric.noise * (slow + jitter);
  const bounded = Math.min(metric.max, Math.max(metric.min, value));
  // JSON has no negative zero: one must not be expected either.
  return Number(bounded.toFixed(metric.decimals)) + 0;
}

function drifted({ drift }: MetricProcess, timestampMs: number): number {
  return drift === undefined ? 0 : drift.perDay * ((timestampMs / DAY_MS) % drift.resetDays);
}

function stepped({ steps }: MetricProcess, stream: number, timestampMs: number): number {
  if (steps === undefined) return 0;
  return steps.size * gaussian(stream ^ 0x2545f491, Math.floor(timestampMs / (steps.everyHours * HOUR_MS)));
}

function slowNoise(stream: number, minute: number): number {
  let sum = 0;
  let weight = NOISE_SCALE;
  for (let ago = 0; ago < NOISE_MEMORY_MINUTES; ago += 1) {
    sum += weight * gaussian(stream, minute - ago);
    weight *= NOISE_MEMORY;
  }
  return sum;
}
