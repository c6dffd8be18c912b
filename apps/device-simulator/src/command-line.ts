import { parseArgs } from 'node:util';

import type { FleetChoice } from './fleet-choice.js';
import { DEVICES_MAX } from './profile.js';
import { checkGroup } from './replay-group.js';
import type { ReplayGroup } from './replay-group.js';
import { UsageError } from './usage-error.js';

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

export interface SimulateCommand extends FleetChoice {
  command: 'simulate';
  ingestUrl: string;
  /** Without it devices are put on no site. */
  analyticsUrl: string | undefined;
  token: string;
  /** When it begins; now without it. */
  startMs: number | undefined;
  /** Infinity for a fleet that runs until it is stopped. */
  durationMs: number;
  /** So much of the time before is told first. */
  historyMs: number;
  seed: number;
  /** Where it is written what the aggregates must be. */
  oracle: string | undefined;
}

export interface CheckCommand {
  command: 'check';
  analyticsUrl: string;
  statusUrl: string | undefined;
  token: string;
  oracle: string;
}

export type Command = ReplayCommand | SimulateCommand | CheckCommand;

export const USAGE = `Usage:
  device-simulator simulate --ingest-url URL --token TOKEN [--analytics-url URL]
      [--profile FILE.yaml] [--devices N] [--interval 10s] [--prefix TEXT] [--seed 1]
      [--duration 5m|forever] [--start TIME] [--history 2h] [--oracle FILE.ndjson]
  device-simulator check FILE.ndjson --analytics-url URL --token TOKEN [--status-url URL]
  device-simulator replay --ingest-url URL --analytics-url URL --token TOKEN [--status-url URL]
      (--file FILE.csv --device ID --metric NAME [--site SITE] | --manifest FILE.json)
      [--timestamp-column timestamp] [--value-column value] [--rate READINGS_PER_SECOND] [--batch 500]

The token may be given in the environment variable WEIR_TOKEN instead.
A manifest is a JSON array of { "file", "device", "metric", "site"? }; files are relative to it.
`;

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
  'profile',
  'devices',
  'interval',
  'prefix',
  'seed',
  'duration',
  'start',
  'history',
  'oracle',
] as const;

const CHECK_OPTIONS = ['analytics-url', 'status-url', 'token'] as const;

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
  if (command === 'replay') return replayCommand(optionValues(rest, REPLAY_OPTIONS), environment);
  if (command === 'simulate') return simulateCommand(optionValues(rest, SIMULATE_OPTIONS), environment);
  if (command === 'check') return checkCommand(rest, environment);
  throw new UsageError(command === undefined ? 'A command is needed' : `There is no command "${command}"`);
}

function simulateCommand(
  values: Values<(typeof SIMULATE_OPTIONS)[number]>,
  environment: Record<string, string | undefined>,
): SimulateCommand {
  const { profile, devices, interval, prefix, start, history, oracle } = values;
  return {
    command: 'simulate',
    ingestUrl: required(values, 'ingest-url'),
    analyticsUrl: values['analytics-url'],
    token: tokenOf(values.token, environment),
    profile,
    devices:
      devices === undefined
        ? undefined
        : number('--devices', devices, { min: 1, max: DEVICES_MAX, integer: true }),
    intervalMs: interval === undefined ? undefined : duration('--interval', interval),
    // The built-in fleet may be running already, under its own names.
    prefix: prefixOf(prefix ?? (profile === undefined ? 'sim-' : '')),
    seed: number('--seed', values.seed ?? '1', { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true }),
    durationMs:
      values.duration === 'forever'
        ? Number.POSITIVE_INFINITY
        : duration('--duration', values.duration ?? '5m'),
    startMs: start === undefined ? undefined : startOf(start),
    historyMs: history === undefined ? 0 : duration('--history', history),
    oracle,
  };
}

function checkCommand(args: string[], environment: Record<string, string | undefined>): CheckCommand {
  const [oracle, ...rest] = args;
  if (oracle === undefined || oracle.startsWith('-')) {
    throw new UsageError('check needs the file that --oracle has written');
  }
  const values = optionValues(rest, CHECK_OPTIONS);
  return {
    command: 'check',
    analyticsUrl: required(values, 'analytics-url'),
    statusUrl: values['status-url'],
    token: tokenOf(values.token, environment),
    oracle,
  };
}

function prefixOf(text: string): string {
  if (/^[A-Za-z0-9._:-]{0,20}$/.test(text)) return text;
  throw new UsageError(`--prefix must be at most 20 of the characters A-Z a-z 0-9 . _ : -, not "${text}"`);
}

function startOf(text: string): number {
  const startMs = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (startMs >= START_MIN_MS) return startMs;
  throw new UsageError(`--start must be a time since 2000 such as 2026-11-01T12:00:00Z, not "${text}"`);
}

/** The earliest time that the API takes, and a day for clocks that are late. */
const START_MIN_MS = Date.UTC(2000, 0, 2);
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
