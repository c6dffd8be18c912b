import type { MetricProcess } from './signal.js';
import { BOILER_METRICS } from './signal.js';
import { UsageError } from './usage-error.js';

/** The devices of one model on one site: `<prefix>1`, `<prefix>2` and so on. */
export interface ProfileGroup {
  site: string;
  model: string;
  prefix: string;
  devices: number;
}

/** How a fleet behaves. Probabilities are those of a reading. */
export interface FleetProfile {
  groups: readonly ProfileGroup[];
  models: Readonly<Record<string, readonly MetricProcess[]>>;
  intervalMs: number;
  /** A reading is measured up to so long after its time; less than the interval. */
  jitterMs: number;
  /** Clocks of devices are wrong by up to so much, each by its own. */
  skewMs: number;
  /** In a slot of so long a device is offline with this probability; afterwards it sends what it has kept. */
  offline: { probability: number; slotMs: number };
  duplicates: number;
  /** Sent again with another value and revision 1. */
  corrections: number;
  /** Readings from before 2000, which can never be accepted. */
  garbage: number;
}

/** Four sites of boilers that behave as devices do. @param devices in all */
export function defaultProfile(devices: number, intervalMs: number): FleetProfile {
  const sites = Math.min(4, devices);
  const groups = Array.from({ length: sites }, (_, index) => ({
    site: `site-${index + 1}`,
    model: 'WB-200',
    prefix: `boiler-${index + 1}-`,
    devices: Math.floor(devices / sites) + (index < devices % sites ? 1 : 0),
  }));
  return {
    groups,
    models: { 'WB-200': BOILER_METRICS },
    intervalMs,
    jitterMs: Math.floor(intervalMs / 10),
    skewMs: 2_000,
    offline: { probability: 0.01, slotMs: 6 * intervalMs },
    duplicates: 0.02,
    corrections: 0.005,
    garbage: 0.0005,
  };
}

const NAME = /^[A-Za-z0-9._:-]{1,120}$/;
const DEVICES_MAX = 100_000;
/** The API takes readings that lie up to five minutes ahead. */
const SKEW_SECONDS_MAX = 240;

/** Reads a profile as it stands in a file. @throws UsageError naming the field that is missing, unknown or wrong. */
export function parseProfile(value: unknown): FleetProfile {
  const fields = members('the profile', value, [
    'sites',
    'models',
    'intervalSeconds',
    'jitterSeconds',
    'skewSeconds',
    'offline',
    'duplicates',
    'corrections',
    'garbage',
  ]);
  const models = Object.fromEntries(
    Object.entries(objectOf('models', fields['models'])).map(([model, metrics]) => [
      model,
      listOf(`models.${model}`, metrics).map((metric, index) =>
        metricOf(`models.${model}[${index}]`, metric),
      ),
    ]),
  );
  const groups = listOf('sites', fields['sites']).map((site, index) =>
    groupOf(`sites[${index}]`, site, models),
  );
  const intervalMs = 1_000 * numberOf('intervalSeconds', fields['intervalSeconds'], [0.1, 86_400]);
  const jitterMs = 1_000 * numberOf('jitterSeconds', fields['jitterSeconds'], [0, 86_400], 0);
  if (jitterMs >= intervalMs) throw new UsageError('jitterSeconds must be less than intervalSeconds');
  const prefixes = groups.map(({ prefix }) => prefix);
  const twice = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
  if (twice !== undefined) throw new UsageError(`the prefix ${twice} is there twice`);
  if (groups.reduce((sum, { devices }) => sum + devices, 0) > DEVICES_MAX) {
    throw new UsageError(`sites must have at most ${DEVICES_MAX} devices in all`);
  }
  return {
    groups,
    models,
    intervalMs,
    jitterMs,
    skewMs: 1_000 * numberOf('skewSeconds', fields['skewSeconds'], [0, SKEW_SECONDS_MAX], 0),
    offline: offlineOf(fields['offline'], intervalMs),
    duplicates: numberOf('duplicates', fields['duplicates'], [0, 1], 0),
    corrections: numberOf('corrections', fields['corrections'], [0, 1], 0),
    garbage: numberOf('garbage', fields['garbage'], [0, 1], 0),
  };
}

function groupOf(place: string, value: unknown, models: FleetProfile['models']): ProfileGroup {
  const { site, model, prefix, devices } = members(place, value, ['site', 'model', 'prefix', 'devices']);
  const modelName = textOf(`${place}.model`, model);
  if (!Object.hasOwn(models, modelName))
    throw new UsageError(`${place}.model: there is no model ${modelName}`);
  return {
    site: nameOf(`${place}.site`, site),
    model: modelName,
    prefix: nameOf(`${place}.prefix`, prefix),
    devices: wholeOf(`${place}.devices`, devices, [1, DEVICES_MAX]),
  };
}

function metricOf(place: string, value: unknown): MetricProcess {
  const names = [
    'name',
    'unit',
    'level',
    'deviceSpread',
    'dailySwing',
    'noise',
    'decimals',
    'drift',
    'steps',
  ] as const;
  const fields = members(place, value, names);
  const optional = (name: (typeof names)[number]): number =>
    numberOf(`${place}.${name}`, fields[name], [0, 1e12], 0);
  const metric: MetricProcess = {
    name: nameOf(`${place}.name`, fields['name']),
    unit: textOf(`${place}.unit`, fields['unit']),
    level: numberOf(`${place}.level`, fields['level'], [-1e12, 1e12]),
    deviceSpread: optional('deviceSpread'),
    dailySwing: optional('dailySwing'),
    noise: optional('noise'),
    decimals: wholeOf(`${place}.decimals`, fields['decimals'] ?? 2, [0, 9]),
  };
  if (fields['drift'] !== undefined) {
    const { perDay, resetDays } = members(`${place}.drift`, fields['drift'], ['perDay', 'resetDays']);
    metric.drift = {
      perDay: numberOf(`${place}.drift.perDay`, perDay, [-1e12, 1e12]),
      resetDays: numberOf(`${place}.drift.resetDays`, resetDays, [0.001, 36_500]),
    };
  }
  if (fields['steps'] !== undefined) {
    const { everyHours, size } = members(`${place}.steps`, fields['steps'], ['everyHours', 'size']);
    metric.steps = {
      everyHours: numberOf(`${place}.steps.everyHours`, everyHours, [0.001, 87_600]),
      size: numberOf(`${place}.steps.size`, size, [0, 1e12]),
    };
  }
  return metric;
}

function offlineOf(value: unknown, intervalMs: number): FleetProfile['offline'] {
  if (value === undefined) return { probability: 0, slotMs: intervalMs };
  const { probability, slotSeconds } = members('offline', value, ['probability', 'slotSeconds']);
  return {
    probability: numberOf('offline.probability', probability, [0, 1]),
    slotMs: 1_000 * numberOf('offline.slotSeconds', slotSeconds, [1, 86_400]),
  };
}

function objectOf(place: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`${place} must be an object`);
}

/** @throws UsageError on a member that is not one of the names: a typing error must not be ignored. */
function members<Name extends string>(
  place: string,
  value: unknown,
  names: readonly Name[],
): Partial<Record<Name, unknown>> {
  const fields = objectOf(place, value);
  const known: readonly string[] = names;
  const stray = Object.keys(fields).find((name) => !known.includes(name));
  if (stray !== undefined)
    throw new UsageError(`${place} has no member ${stray}; there are: ${names.join(', ')}`);
  return fields as Partial<Record<Name, unknown>>;
}

function listOf(place: string, value: unknown): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new UsageError(`${place} must be a list that is not empty`);
}

function textOf(place: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`${place} must be a text`);
}

function nameOf(place: string, value: unknown): string {
  const text = textOf(place, value);
  if (NAME.test(text)) return text;
  throw new UsageError(`${place} must be 1 to 120 of the characters A-Z a-z 0-9 . _ : -`);
}

function numberOf(place: string, value: unknown, [min, max]: [number, number], absent?: number): number {
  if (value === undefined && absent !== undefined) return absent;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new UsageError(`${place} must be a number from ${min} to ${max}`);
}

function wholeOf(place: string, value: unknown, range: [number, number]): number {
  const number = numberOf(place, value, range);
  if (Number.isInteger(number)) return number;
  throw new UsageError(`${place} must be a whole number`);
}
