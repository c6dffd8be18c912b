import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Suite } from './mutations.js';

/** What a suite made of a mutated tree. */
export interface Verdict {
  readonly red: boolean;
  /** Names the seed or the test that failed, and how. Empty if none did. */
  readonly sign: string;
}

interface SuiteCommand {
  readonly project: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What in its output says first how it failed. */
  readonly sign: RegExp;
}

const COMMANDS: Readonly<Record<Suite, SuiteCommand>> = {
  simulator: {
    project: 'apps/process-fn',
    program: 'tsx',
    args: [
      '--conditions=@weir/source',
      'src/simulation/command.ts',
      '--runs=20000',
      '--seed=1',
      '--no-shrink',
    ],
    sign: /^Seed (?<name>\d+) goes wrong:\n {2}(?<how>.*)$/m,
  },
  'store contract': {
    project: 'libs/dynamo-repo',
    program: 'jest',
    args: ['contract'],
    sign: /^ {2}● (?<name>.*)$/m,
  },
};

/** Runs a suite in the workspace at `root`, to its end. */
export function runSuite(suite: Suite, root: string): Verdict {
  const { project, program, args, sign } = COMMANDS[suite];
  const { status, stdout, stderr, error } = spawnSync(join(root, 'node_modules', '.bin', program), args, {
    cwd: join(root, project),
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error) throw error;
  const output = `${stdout}${stderr}`;
  const { name, how } = sign.exec(output)?.groups ?? {};
  if (status !== 0 && name === undefined) throw new Error(`${suite} could not be run: ${output}`);
  return { red: status !== 0, sign: [name, how].filter(Boolean).join(': ') };
}
