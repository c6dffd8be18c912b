import { spawnSync } from 'node:child_process';

export interface ProgramResult {
  status: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** The folder to run in. */
  cwd: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
}

/**
 * Runs a program to its end, whatever that is.
 *
 * @throws when it cannot be started.
 */
export function tryProgram(
  program: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): ProgramResult {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (error !== undefined) throw error;
  return { status: status ?? 1, stdout, stderr };
}

/**
 * Runs a program and gives what it wrote to stdout.
 *
 * @throws with everything that it said when it fails.
 */
export function runProgram(program: string, args: readonly string[], options: RunOptions): string {
  const { status, stdout, stderr } = tryProgram(program, args, options);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stderr}${stdout}`);
}
