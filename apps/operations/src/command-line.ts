import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BLOCK_MINUTES_ALLOWED } from '@weir/aggregation';
import { DEVICE_GROUPS } from '@weir/telemetry-schema';
import type { DeploymentOptions } from './deployment.js';
import type { LedgerOptions } from './ledger.js';
import {
  choiceOption,
  deviceOption,
  durationOption,
  rangeOption,
  timeOption,
  wholeNumberOption,
} from './option-values.js';
import type { QuarantineFilter } from './quarantine-listing.js';
import { OBJECT_REASONS } from './quarantined-object.js';
import type { RedriveOptions } from './redrive.js';
import type { ReplayOptions } from './replay.js';
import { UsageError } from './usage-error.js';
import type { VerifyOptions } from './verify.js';

/** What to do. */
export type Command =
  | { readonly name: 'quarantine list'; readonly filter: QuarantineFilter }
  | { readonly name: 'quarantine show'; readonly key: string }
  | {
      readonly name: 'quarantine redrive';
      /** Keys of objects, or what all of them have in common. */
      readonly choice: { readonly keys: readonly string[] } | QuarantineFilter;
      readonly options: RedriveOptions;
    }
  | { readonly name: 'replay'; readonly options: ReplayOptions }
  | { readonly name: 'verify'; readonly options: VerifyOptions }
  | { readonly name: 'ledger'; readonly options: LedgerOptions };

export interface CommandLine {
  readonly command: Command;
  readonly deployment: DeploymentOptions;
  readonly json: boolean;
}

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const COMMON = {
  json: flag,
  stage: text,
  stream: text,
  table: text,
  'archive-bucket': text,
  'quarantine-bucket': text,
  'block-minutes': text,
  'device-groups': text,
} as const;
const RANGE = { from: text, to: text } as const;
const FILTER = { ...COMMON, ...RANGE, reason: text, device: text } as const;

const STAGES = ['dev', 'staging', 'prod'] as const;
const RATE_DEFAULT = '5000';
const LAG_DEFAULT = '15m';

/** @throws UsageError naming the command or option that is unknown, missing or wrong. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [first = '', second = ''] = args;
  switch (first === 'quarantine' ? `${first} ${second}` : first) {
    case 'quarantine list': {
      const { values } = parse(args.slice(2), FILTER, 0);
      return { ...common(values), command: { name: 'quarantine list', filter: filterOf(values) } };
    }
    case 'quarantine show': {
      const { values, positionals } = parse(args.slice(2), COMMON, 1);
      const [key] = positionals;
      if (key === undefined) throw new UsageError('quarantine show needs the KEY of an object.');
      return { ...common(values), command: { name: 'quarantine show', key } };
    }
    case 'quarantine redrive':
      return parseRedrive(args.slice(2));
    case 'replay':
      return parseReplay(args.slice(1));
    case 'verify':
      return parseVerify(args.slice(1));
    case 'ledger':
      return parseLedger(args.slice(1));
    default:
      throw new UsageError(`There is no command ${[first, second].join(' ').trim() || '(none given)'}.`);
  }
}

function parseRedrive(args: readonly string[]): CommandLine {
  const kinds = { ...FILTER, all: flag, 'dry-run': flag, force: flag } as const;
  const { values, positionals } = parse(args, kinds, Infinity);
  const filter = filterOf(values);
  const filtered = Object.keys(filter).length > 0;
  if (positionals.length > 0 && (filtered || values.all === true)) {
    throw new UsageError('KEYs exclude filters and --all.');
  }
  if (filtered && values.all === true) throw new UsageError('--all excludes filters.');
  if (positionals.length === 0 && !filtered && values.all !== true) {
    throw new UsageError('quarantine redrive needs the KEYs of objects, filters, or --all.');
  }
  const options = { dryRun: values['dry-run'] === true, force: values.force === true };
  const choice = positionals.length > 0 ? { keys: positionals } : filter;
  return { ...common(values), command: { name: 'quarantine redrive', choice, options } };
}

function parseReplay(args: readonly string[]): CommandLine {
  const kinds = { ...COMMON, ...RANGE, after: text, device: texts, rate: text, 'dry-run': flag } as const;
  const { values } = parse(args, kinds, 0);
  const options: ReplayOptions = {
    range: rangeOption(values.from, values.to),
    deviceIds: (values.device ?? []).map(deviceOption),
    ratePerSecond: wholeNumberOption('rate', values.rate ?? RATE_DEFAULT, 1, 1_000_000),
    dryRun: values['dry-run'] === true,
    ...(values.after === undefined ? {} : { afterKey: values.after }),
  };
  return { ...common(values), command: { name: 'replay', options } };
}

function parseVerify(args: readonly string[]): CommandLine {
  const kinds = { ...COMMON, ...RANGE, device: texts, lag: text, repair: flag } as const;
  const { values } = parse(args, kinds, 0);
  const options: VerifyOptions = {
    range: rangeOption(values.from, values.to),
    deviceIds: (values.device ?? []).map(deviceOption),
    lagMs: durationOption('lag', values.lag ?? LAG_DEFAULT),
    repair: values.repair === true,
  };
  return { ...common(values), command: { name: 'verify', options } };
}

function parseLedger(args: readonly string[]): CommandLine {
  const { values } = parse(args, { ...COMMON, ...RANGE, lag: text }, 0);
  const options: LedgerOptions = {
    range: rangeOption(values.from, values.to),
    lagMs: durationOption('lag', values.lag ?? LAG_DEFAULT),
  };
  return { ...common(values), command: { name: 'ledger', options } };
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
  positionalsMax: number,
) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const extra = parsed.positionals[positionalsMax];
  if (extra !== undefined) throw new UsageError(`The argument ${extra} belongs to no option.`);
  return parsed;
}

interface CommonValues {
  readonly json?: boolean;
  readonly stage?: string;
  readonly stream?: string;
  readonly table?: string;
  readonly 'archive-bucket'?: string;
  readonly 'quarantine-bucket'?: string;
  readonly 'block-minutes'?: string;
  readonly 'device-groups'?: string;
}

function common(values: CommonValues): Pick<CommandLine, 'deployment' | 'json'> {
  const { stream, table, 'archive-bucket': archiveBucket, 'quarantine-bucket': quarantineBucket } = values;
  return {
    json: values.json === true,
    deployment: {
      stage: choiceOption('stage', values.stage ?? 'dev', STAGES),
      blockMinutes: choiceOption('block-minutes', values['block-minutes'] ?? '10', BLOCK_MINUTES_ALLOWED),
      deviceGroups: deviceGroupsOption(values['device-groups']),
      ...(stream === undefined ? {} : { stream }),
      ...(table === undefined ? {} : { table }),
      ...(archiveBucket === undefined ? {} : { archiveBucket }),
      ...(quarantineBucket === undefined ? {} : { quarantineBucket }),
    },
  };
}

function deviceGroupsOption(given: string | undefined): number {
  const { fallback, min, max } = DEVICE_GROUPS;
  return wholeNumberOption('device-groups', given ?? String(fallback), min, max);
}

interface FilterValues {
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly device?: string;
}

function filterOf({ from, to, reason, device }: FilterValues): QuarantineFilter {
  return {
    ...(from === undefined ? {} : { fromMs: timeOption('from', from) }),
    ...(to === undefined ? {} : { toMs: timeOption('to', to) }),
    ...(reason === undefined ? {} : { reason: choiceOption('reason', reason, OBJECT_REASONS) }),
    ...(device === undefined ? {} : { deviceId: deviceOption(device) }),
  };
}
