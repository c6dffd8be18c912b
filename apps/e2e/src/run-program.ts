import { spawn } from 'node:child_process';

export interface ProgramOutcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, whatever that is. It prints without colours, even where a terminal or Nx asks for them. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<ProgramOutcome> {
  const { FORCE_COLOR: _forced, ...inherited } = options.env ?? process.env;
  return new Promise((resolve, reject) => {
    const env = { ...inherited, NO_COLOR: '1' };
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/**
 * Runs a program that has to end well, and gives what it wrote to stdout.
 *
 * @throws with everything that it said when it fails.
 */
export async function succeed(...[program, args, options]: Parameters<typeof runProgram>): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, options);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
}
