import { parseArgs } from 'node:util';

import { checkGroup } from './replay-group.js';
import type { ReplayGroup } from './replay-group.js';
import { UsageError } from './usage-error.js';

export interface FleetCommand {
  command: 'fleet';
  ingestUrl: string;
  /** Needed to put the fleet on a site. */
  analyticsUrl: string | undefined;
  token: string;
  devices: number;
  intervalMs: number;
  seed: number;
  site: string | undefined;
}

export interface ReplayCommand {
  command: 'replay';
  ingestUrl: string;
  analyticsUrl: string;
  statusUrl: string | undefined;
  token: string;
  source: { manifest: string } | { group: ReplayGroup };
  timestampColumn: string;
  valueColumn: string;
  ratePerSecond: number | undefined;
  batchReadings: number;
}

export interface SimulateCommand {
  command: 'simulate';
  ingestUrl: string;
  /** Without it devices are put on no site. */
  analyticsUrl: string | undefined;
  token: string;
  /** A file; without it `devices` boilers every `intervalMs`. */
  profile: string | undefined;
  devices: number;
  intervalMs: number;
  durationMs: number;
  seed: number;
  /** Where it is written what the aggregates must be. */
  oracle: string | undefined;
}

export type Command = FleetCommand | ReplayCommand | SimulateCommand;

export const USAGE = `Usage:
  device-simulator fleet --ingest-url URL --token TOKEN [--devices 5] [--interval-seconds 2] [--seed 1]
      [--site SITE --analytics-url URL]
  device-simulator simulate --ingest-url URL --token TOKEN [--analytics-url URL] [--devices 100] [--interval 10s]
      [--profile FILE.json] [--duration 5m] [--seed 1] [--oracle FILE.ndjson]
  device-simulator replay --ingest-url URL --analytics-url URL --token TOKEN [--status-url URL]
      (--file FILE.csv --device ID --metric NAME [--site SITE] | --manifest FILE.json)
      [--timestamp-column timestamp] [--value-column value] [--rate READINGS_PER_SECOND] [--batch 500]

The token may be given in the environment variable WEIR_TOKEN instead.
A manifest is a JSON array of { "file", "device", "metric", "site"? }; files are relative to it.
`;

const FLEET_OPTIONS = [
  'ingest-url',
  'analytics-url',
  'token',
  'devices',
  'interval-seconds',
  'seed',
  'site',
] as const;

const REPLAY_OPTIONS = [
  'ingest-url',
  'analytics-url',
  'status-url',
  'token',
  'file',
  'device',
  'metric',
  'site',
  'manifest',
  'timestamp-column',
  'value-column',
  'rate',
  'batch',
] as const;

const SIMULATE_OPTIONS = [
  'ingest-url',
  'analytics-url',
  'token',
  'devices',
  'interval',
  'profile',
  'duration',
  'seed',
  'oracle',
] as const;

type Values<Name extends string> = { [name in Name]?: string };

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageError naming the option that is missing, unknown or wrong; ReplayError on a bad device, metric or site.
 */
export function parseCommandLine(
  argv: readonly string[],
  environment: Record<string, string | undefined>,
): Command {
  const [command, ...rest] = argv;
  if (command === 'fleet') return fleetCommand(optionValues(rest, FLEET_OPTIONS), environment);
  if (command === 'replay') return replayCommand(optionValues(rest, REPLAY_OPTIONS), environment);
  if (command === 'simulate') return simulateCommand(optionValues(rest, SIMULATE_OPTIONS), environment);
  throw new UsageError(command === undefined ? 'A command is needed' : `There is no command "${command}"`);
}

function fleetCommand(
  values: Values<(typeof FLEET_OPTIONS)[number]>,
  environment: Record<string, string | undefined>,
): FleetCommand {
  const { site } = values;
  const analyticsUrl = values['analytics-url'];
  if (site !== undefined && analyticsUrl === undefined) {
    throw new UsageError('--site needs --analytics-url, where devices are put on sites');
  }
  return {
    command: 'fleet',
    ingestUrl: required(values, 'ingest-url'),
    analyticsUrl,
    token: tokenOf(values.token, environment),
    devices: number('--devices', values.devices ?? '5', { min: 1, max: 10_000, integer: true }),
    intervalMs:
      1000 * number('--interval-seconds', values['interval-seconds'] ?? '2', { min: 0.001, max: 86_400 }),
    seed: number('--seed', values.seed ?? '1', { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }),
    site,
  };
}

function simulateCommand(
  values: Values<(typeof SIMULATE_OPTIONS)[number]>,
  environment: Record<string, string | undefined>,
): SimulateCommand {
  const { profile, devices, interval, oracle } = values;
  if (profile !== undefined && (devices !== undefined || interval !== undefined)) {
    throw new UsageError('--profile says itself how many devices there are and how often they measure');
  }
  return {
    command: 'simulate',
    ingestUrl: required(values, 'ingest-url'),
    analyticsUrl: values['analytics-url'],
    token: tokenOf(values.token, environment),
    profile,
    devices: number('--devices', devices ?? '100', { min: 1, max: 100_000, integer: true }),
    intervalMs: duration('--interval', interval ?? '10s'),
    durationMs: duration('--duration', values.duration ?? '5m'),
    seed: number('--seed', values.seed ?? '1', { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }),
    oracle,
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `500ms`, `10s`, `5m`, `1h`, from a tenth of a second to a week, in milliseconds. */
function duration(option: string, text: string): number {
  const [, digits = '', unit = ''] = /^([0-9]{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  const durationMs = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  if (durationMs >= 100 && durationMs <= 7 * 24 * 3_600_000) return durationMs;
  throw new UsageError(
    `${option} must be a duration such as 500ms, 10s, 5m or 1h, from 100ms to 168h, not "${text}"`,
  );
}

function replayCommand(
  values: Values<(typeof REPLAY_OPTIONS)[number]>,
  environment: Record<string, string | undefined>,
): ReplayCommand {
  const { rate } = values;
  return {
    command: 'replay',
    ingestUrl: required(values, 'ingest-url'),
    analyticsUrl: required(values, 'analytics-url'),
    statusUrl: values['status-url'],
    token: tokenOf(values.token, environment),
    source: replaySource(values),
    timestampColumn: values['timestamp-column'] ?? 'timestamp',
    valueColumn: values['value-column'] ?? 'value',
    ratePerSecond: rate === undefined ? undefined : number('--rate', rate, { min: 0.001, max: 1e9 }),
    batchReadings: number('--batch', values.batch ?? '500', { min: 1, max: 5000, integer: true }),
  };
}

function replaySource(values: Values<(typeof REPLAY_OPTIONS)[number]>): ReplayCommand['source'] {
  const { manifest, file, device, metric, site } = values;
  if (manifest !== undefined) {
    if ([file, device, metric, site].some((value) => value !== undefined)) {
      throw new UsageError('--manifest names files, devices, metrics and sites itself');
    }
    return { manifest };
  }
  const named = {
    file: required(values, 'file'),
    device: required(values, 'device'),
    metric: required(values, 'metric'),
  };
  return { group: checkGroup({ ...named, site }, 'The command line', (field) => `--${field}`) };
}

function optionValues<Name extends string>(args: string[], names: readonly Name[]): Values<Name> {
  const options: Record<string, { type: 'string' }> = {};
  for (const name of names) options[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ args, options, allowPositionals: false, strict: true });
    const result: Values<Name> = {};
    for (const name of names) {
      const value = values[name];
      if (typeof value === 'string') result[name] = value;
    }
    return result;
  } catch (error) {
    const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
    throw new UsageError(String(message));
  }
}

function required<Name extends string>(values: Values<Name>, name: Name): string {
  const value = values[name];
  if (value === undefined || value === '') throw new UsageError(`--${name} is needed`);
  return value;
}

function tokenOf(option: string | undefined, environment: Record<string, string | undefined>): string {
  const token = option ?? environment['WEIR_TOKEN'];
  if (token === undefined || token === '') throw new UsageError('--token is needed');
  return token;
}

function number(
  option: string,
  text: string,
  { min, max, integer = false }: { min: number; max: number; integer?: boolean },
): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= min && value <= max) || (integer && !Number.isInteger(value))) {
    const kind = integer ? 'an integer' : 'a number';
    throw new UsageError(`${option} must be ${kind} from ${min} to ${max}, not "${text}"`);
  }
  return value;
}
