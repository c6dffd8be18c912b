import { DEVICES_MAX, deviceCount } from './profile.js';
import type { FleetProfile, ProfileGroup } from './profile.js';
import { FieldError, ProfileField } from './profile-field.js';
import type { MetricProcess } from './signal.js';

const ANY: [number, number] = [-1e12, 1e12];
const SPREAD: [number, number] = [0, 1e12];
const PROBABILITY: [number, number] = [0, 1];
const DAY_SECONDS = 86_400;
/** The API takes readings that lie up to five minutes ahead. */
const SKEW_SECONDS_MAX = 240;
/** What the API takes in one reading. */
const METRICS_MAX = 64;

/** Reads a profile from plain data. @throws FieldError on the first field that is missing, unknown or wrong. */
export function parseProfile(data: unknown): FleetProfile {
  const root = new ProfileField(data).members([
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
  const models = Object.fromEntries(root.models.entries().map(([name, field]) => [name, metricsOf(field)]));
  const groups = root.sites.items().map((site) => groupOf(site, models));
  const intervalMs = root.intervalSeconds.seconds([0.1, DAY_SECONDS]);
  const jitterMs = root.jitterSeconds.seconds([0, DAY_SECONDS], 0);
  if (jitterMs >= intervalMs) throw root.jitterSeconds.wrong('must be less than intervalSeconds');
  const profile = {
    groups,
    models,
    intervalMs,
    jitterMs,
    skewMs: root.skewSeconds.seconds([0, SKEW_SECONDS_MAX], 0),
    offline: offlineOf(root.offline, intervalMs),
    duplicates: root.duplicates.number(PROBABILITY, 0),
    corrections: root.corrections.number(PROBABILITY, 0),
    garbage: root.garbage.number(PROBABILITY, 0),
  };
  if (deviceCount(profile) > DEVICES_MAX) {
    throw new FieldError(root.sites.path, `must have at most ${DEVICES_MAX} devices in all`);
  }
  refuseSharedPrefixes(groups);
  return profile;
}

function groupOf(field: ProfileField, models: FleetProfile['models']): ProfileGroup {
  const { site, model, prefix, devices } = field.members(['site', 'model', 'prefix', 'devices']);
  const modelName = model.text(100);
  if (!Object.hasOwn(models, modelName)) {
    throw model.wrong(`must be one of the models: ${Object.keys(models).join(', ')}`);
  }
  return {
    site: site.identifier(),
    model: modelName,
    prefix: prefix.identifier(),
    devices: devices.whole([1, DEVICES_MAX]),
  };
}

/** Groups of one prefix, or of `pump-` and `pump-1`, would have devices of the same name. */
function refuseSharedPrefixes(groups: readonly ProfileGroup[]): void {
  for (const [place, { prefix }] of groups.entries()) {
    for (const other of groups.slice(0, place)) {
      const [short, long] = [prefix, other.prefix].sort((a, b) => a.length - b.length) as [string, string];
      if (long.startsWith(short) && /^\d*$/.test(long.slice(short.length))) {
        throw new FieldError(
          ['sites', place, 'prefix'],
          `${prefix} may give the same device names as ${other.prefix}`,
        );
      }
    }
  }
}

function metricsOf(field: ProfileField): MetricProcess[] {
  const items = field.items();
  if (items.length > METRICS_MAX) throw field.wrong(`must have at most ${METRICS_MAX} metrics`);
  const metrics: MetricProcess[] = [];
  for (const item of items) {
    const metric = metricOf(item);
    if (metrics.some(({ name }) => name === metric.name)) {
      throw new FieldError([...item.path, 'name'], `${metric.name} is there twice`);
    }
    metrics.push(metric);
  }
  return metrics;
}

function metricOf(field: ProfileField): MetricProcess {
  const { name, unit, level, deviceSpread, dailySwing, noise, decimals, min, max, drift, steps } =
    field.members([
      'name',
      'unit',
      'level',
      'deviceSpread',
      'dailySwing',
      'noise',
      'decimals',
      'min',
      'max',
      'drift',
      'steps',
    ]);
  const metric: MetricProcess = {
    name: name.identifier(),
    unit: unit.text(64),
    level: level.number(ANY),
    deviceSpread: deviceSpread.number(SPREAD, 0),
    dailySwing: dailySwing.number(SPREAD, 0),
    noise: noise.number(SPREAD, 0),
    decimals: decimals.whole([0, 9], 2),
    min: min.number(ANY, Number.NEGATIVE_INFINITY),
    max: max.number(ANY, Number.POSITIVE_INFINITY),
  };
  if (metric.min > metric.max) throw min.wrong('must not be above max');
  if (drift.isGiven) metric.drift = driftOf(drift);
  if (steps.isGiven) metric.steps = stepsOf(steps);
  return metric;
}

function driftOf(field: ProfileField): NonNullable<MetricProcess['drift']> {
  const { perDay, resetDays } = field.members(['perDay', 'resetDays']);
  return { perDay: perDay.number(ANY), resetDays: resetDays.number([0.001, 36_500]) };
}

function stepsOf(field: ProfileField): NonNullable<MetricProcess['steps']> {
  const { everyHours, size } = field.members(['everyHours', 'size']);
  return { everyHours: everyHours.number([0.001, 87_600]), size: size.number(SPREAD) };
}

function offlineOf(field: ProfileField, intervalMs: number): FleetProfile['offline'] {
  if (!field.isGiven) return { probability: 0, slotMs: intervalMs };
  const { probability, slotSeconds } = field.members(['probability', 'slotSeconds']);
  return { probability: probability.number(PROBABILITY), slotMs: slotSeconds.seconds([0.1, DAY_SECONDS]) };
}
