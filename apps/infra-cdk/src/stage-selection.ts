import { parseArgs } from 'node:util';
import { assemblyFolderOf } from './assembly-folder.js';
import { ConfigError, stageConfig, type StageConfig } from './stage-config.js';

/** What the command line and the environment ask for. */
export interface StageSelection {
  readonly config: StageConfig;
  /** Where the cloud assembly goes, relative to the project's folder. */
  readonly outputFolder: string;
}

/**
 * Reads `-c stage=<stage>` (or the environment's WEIR_STAGE; dev by default), further `-c <field>=<value>` overrides
 * of single settings, and `-o <folder>`. Each stage has a folder of its own, so that one never overwrites another.
 * The environment's WEIR_SETTINGS holds overrides too, with spaces between them, for commands that synthesise on their
 * way to something else; the command line goes before it.
 *
 * @throws ConfigError naming the field and the reason.
 */
export function selectStage(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StageSelection {
  const values = readArguments(args);
  const ofEnvironment = (environment['WEIR_SETTINGS'] ?? '').split(/\s+/).filter((setting) => setting !== '');
  const settings = { ...settingsIn(ofEnvironment), ...settingsIn(values.context) };
  const { stage = environment['WEIR_STAGE'] ?? 'dev', ...overrides } = settings;
  const config = stageConfig(stage, overrides);
  return { config, outputFolder: values.output ?? assemblyFolderOf(config.stage) };
}

function settingsIn(assignments: readonly string[]): Record<string, string> {
  const pairs = assignments.map((assignment) => {
    const equals = assignment.indexOf('=');
    if (equals < 1) throw new ConfigError(assignment, 'must have the form <field>=<value>');
    return [assignment.slice(0, equals), assignment.slice(equals + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

function readArguments(args: readonly string[]): { context: string[]; output?: string } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        context: { type: 'string', short: 'c', multiple: true, default: [] },
        output: { type: 'string', short: 'o' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError('arguments', (error as Error).message);
  }
}
