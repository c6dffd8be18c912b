const { imul, floor } = Math;
const SQRT_3 = Math.sqrt(3);

/** How one metric of a boiler behaves. */
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
}

export const BOILER_METRICS: readonly MetricProcess[] = [
  { name: 'temperature', unit: 'Cel', level: 68, deviceSpread: 3, dailySwing: 5, noise: 0.8, decimals: 2 },
  {
    name: 'pressure',
    unit: 'bar',
    level: 1.6,
    deviceSpread: 0.1,
    dailySwing: 0.12,
    noise: 0.02,
    decimals: 3,
  },
  {
    name: 'vibration',
    unit: 'mm/s',
    level: 2.4,
    deviceSpread: 0.3,
    dailySwing: 0.4,
    noise: 0.15,
    decimals: 3,
  },
];

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The noisiest hour is in the afternoon. */
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
  const value = deviceLevel + metric.dailySwing * daily + metric.noise * (slow + jitter);
  return Number(Math.max(0, value).toFixed(metric.decimals));
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

/** Roughly normal with mean 0 and variance 1, within ±3.5: the sum of four uniform numbers, centred and scaled. */
function gaussian(stream: number, index: number): number {
  let state = mix(stream ^ mix(index % 0x100000000) ^ floor(index / 0x100000000));
  let sum = -2;
  for (let draw = 0; draw < 4; draw += 1) {
    state = mix((state + 0x9e3779b9) | 0);
    sum += (state >>> 0) / 0x100000000;
  }
  return sum * SQRT_3;
}

/** FNV-1a over UTF-16 units, mixed. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return mix(hash);
}

/** The finaliser of MurmurHash3 (public domain): every input bit changes every output bit with probability one half. */
function mix(value: number): number {
  let hash = value | 0;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
