import { resolve } from 'node:path';
import type { DynamodbChoice } from '../engines/dynamodb/dynamodb-engine.js';
import { engineOptionKinds, parseEngineOptions, type EngineOptions } from './engine-options.js';
import { parseFaultChoice, type FaultChoice } from './fault-options.js';
import { parseInspectChoices, type InspectChoice } from './inspect-options.js';
import { OptionValues, parsePortBase } from './option-values.js';
import { UsageError } from './usage-error.js';

/** A replay of recorded readings, as the simulator takes it. */
export interface ReplayOptions {
  /** The simulator's arguments that say what is replayed, and how. */
  readonly args: readonly string[];
  /** Stop everything when it is done, and end with its exit code. */
  readonly exit: boolean;
}

export interface StartOptions {
  readonly assembly: string;
  readonly fresh: boolean;
  readonly portBase: number;
  readonly dataDir: string;
  readonly dynamodb: DynamodbChoice;
  readonly engines: EngineOptions;
  /** Parameter values; `{issuer}` and `{jwksUri}` in them stand for the local issuer's. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly explain: boolean;
  /** Print what functions may call, and end. */
  readonly explainRoles: boolean;
  /** Path of the simulator's program; without it no fleet is started. */
  readonly simulator?: string;
  readonly replay?: ReplayOptions;
  readonly faults?: FaultChoice;
  /** Absolute path of the workspace that the functions are built in. */
  readonly workspace?: string;
  /** Build functions anew when their sources change; there is a workspace then. */
  readonly watch: boolean;
  readonly inspect: readonly InspectChoice[];
  /** Let functions call what their roles do not allow. */
  readonly ignoreRoles: boolean;
  /** Absolute path of the folder of the page that is shown at the info port. */
  readonly dashboard?: string;
}

/** What the options are read with. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of the data directory and the assembly begin. */
  readonly cwd: string;
  /** Where the user called npm: relative paths of recordings begin there. */
  readonly callerCwd: string;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const optionKinds = {
  ...engineOptionKinds,
  assembly: text,
  dashboard: text,
  'data-dir': text,
  device: text,
  'dynamodb-endpoint': text,
  'dynamodb-engine': text,
  exit: flag,
  explain: flag,
  'explain-roles': flag,
  'fault-seed': text,
  faults: text,
  fresh: flag,
  'ignore-roles': flag,
  inspect: { type: 'string', multiple: true },
  metric: text,
  'no-simulator': flag,
  parameter: { type: 'string', multiple: true },
  'port-base': text,
  rate: text,
  replay: text,
  'replay-manifest': text,
  simulator: text,
  site: text,
  'timestamp-column': text,
  'value-column': text,
  watch: flag,
  workspace: text,
} as const;

/** @throws UsageError naming the option that is unknown, missing or wrong. */
export function parseStartOptions(args: readonly string[], surroundings: Surroundings): StartOptions {
  const values = OptionValues.parse(args, optionKinds);
  const assembly = values.text('assembly');
  if (assembly === undefined)
    throw new UsageError('--assembly is needed: the folder of the synthesised template (cdk.out).');
  const simulator = values.text('simulator');
  const dashboard = values.text('dashboard');
  const replay = replayOptions(values, surroundings.callerCwd);
  const faults = parseFaultChoice(values, surroundings.callerCwd);
  if (replay !== undefined && simulator === undefined)
    throw new UsageError('--replay needs --simulator, its program.');
  if (replay !== undefined && values.flag('no-simulator')) {
    throw new UsageError('--replay and --no-simulator exclude each other.');
  }
  return {
    assembly: resolve(surroundings.cwd, assembly),
    fresh: values.flag('fresh'),
    portBase: parsePortBase(values.text('port-base')),
    dataDir: resolve(surroundings.cwd, values.text('data-dir') ?? '.weir'),
    dynamodb: dynamodbChoice(values, surroundings.environment),
    engines: parseEngineOptions(values),
    parameters: parameterValues(values.texts('parameter')),
    explain: values.flag('explain'),
    explainRoles: values.flag('explain-roles'),
    ...(simulator === undefined || values.flag('no-simulator')
      ? {}
      : { simulator: resolve(surroundings.cwd, simulator) }),
    ...(dashboard === undefined ? {} : { dashboard: resolve(surroundings.cwd, dashboard) }),
    ...(replay === undefined ? {} : { replay }),
    ...(faults === undefined ? {} : { faults }),
    inspect: parseInspectChoices(values.texts('inspect')),
    ignoreRoles: values.flag('ignore-roles'),
    ...workspaceChoice(values, surroundings.cwd),
  };
}

function workspaceChoice(values: OptionValues, cwd: string): Pick<StartOptions, 'watch' | 'workspace'> {
  const workspace = values.text('workspace');
  const watch = values.flag('watch');
  if (workspace !== undefined) return { watch, workspace: resolve(cwd, workspace) };
  if (!watch) return { watch };
  throw new UsageError(
    '--watch needs --workspace: the folder of the projects that the functions are built from.',
  );
}

function dynamodbChoice(values: OptionValues, environment: Surroundings['environment']): DynamodbChoice {
  const url = values.text('dynamodb-endpoint');
  const engine = values.text('dynamodb-engine');
  if (url !== undefined) {
    if (engine !== undefined)
      throw new UsageError('--dynamodb-endpoint and --dynamodb-engine exclude each other.');
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new UsageError(`--dynamodb-endpoint must be an http or https URL, not ${url}.`);
    }
    return { kind: 'endpoint', url };
  }
  if (engine === undefined || engine === 'dynoxide') return { kind: 'dynoxide' };
  if (engine === 'dynamodb-local')
    return { kind: 'dynamodb-local', jar: environment.WEIR_DYNAMODB_LOCAL_JAR };
  throw new UsageError(`--dynamodb-engine must be dynoxide or dynamodb-local, not ${engine}.`);
}

function parameterValues(assignments: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new UsageError(`--parameter must be Name=value, not ${assignment}.`);
    parameters[assignment.slice(0, equals)] = assignment.slice(equals + 1);
  }
  return parameters;
}

const columnOptions = ['timestamp-column', 'value-column', 'rate'] as const;
const fileOptions = ['device', 'metric', 'site'] as const;

function replayOptions(values: OptionValues, callerCwd: string): ReplayOptions | undefined {
  const file = values.text('replay');
  const manifest = values.text('replay-manifest');
  const names = [...fileOptions, ...columnOptions];
  if (file === undefined && manifest === undefined) {
    const stray = [...names, 'exit'].find((name) => values.text(name) !== undefined || values.flag(name));
    if (stray !== undefined) throw new UsageError(`--${stray} belongs to a --replay, which is not given.`);
    return undefined;
  }
  const pass = (options: readonly string[]): string[] =>
    options.flatMap((name) => {
      const value = values.text(name);
      return value === undefined ? [] : [`--${name}`, value];
    });
  if (manifest !== undefined) {
    const stray = ['replay', ...fileOptions].find((name) => values.text(name) !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} and --replay-manifest exclude each other.`);
    const args = ['--manifest', resolve(callerCwd, manifest), ...pass(columnOptions)];
    return { args, exit: values.flag('exit') };
  }
  const missing = ['device', 'metric'].find((name) => values.text(name) === undefined);
  if (missing !== undefined) throw new UsageError(`--replay needs --${missing}.`);
  return { args: ['--file', resolve(callerCwd, file ?? ''), ...pass(names)], exit: values.flag('exit') };
}
