import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The checkers that come from PyPI, or why they are not there. */
export type PythonTools =
  | { readonly kind: 'ready'; readonly program: (name: string) => string }
  | { readonly kind: 'absent'; readonly reason: string };

const requirements = join(import.meta.dirname, 'requirements.txt');
const onWindows = process.platform === 'win32';

/**
 * Installs the pinned requirements into a virtual environment of their own, outside the repository, once for each version of
 * Python and of the requirements. A machine without Python, pip or the way to PyPI is a machine without these checkers:
 * nothing else of Weir needs them.
 */
export function preparePythonTools(): PythonTools {
  const python = findPython();
  if (python === undefined) return { kind: 'absent', reason: 'there is no Python 3.10 or later' };
  const key = createHash('sha256')
    .update(`${python.version}\n`)
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, 16);
  const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'weir', `python-${key}`);
  const bin = join(folder, onWindows ? 'Scripts' : 'bin');
  const complete = join(folder, 'complete');
  if (!existsSync(complete)) {
    console.error(`Installing ${requirements} into ${folder} …`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const complaint =
      complaintOf(python.command, ['-m', 'venv', folder]) ??
      complaintOf(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    if (complaint !== undefined) return { kind: 'absent', reason: complaint };
    writeFileSync(complete, '');
  }
  return { kind: 'ready', program: (name) => join(bin, name) };
}

/** moto asks for 3.10. */
function findPython(): { readonly command: string; readonly version: string } | undefined {
  for (const command of ['python3', 'python']) {
    const { status, stdout } = spawnSync(
      command,
      ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3]); sys.exit(sys.version_info < (3, 10))'],
      { encoding: 'utf8' },
    );
    if (status === 0) return { command, version: stdout.trim() };
  }
  return undefined;
}

/** The last line of what a command that failed said; undefined when it did not fail. */
function complaintOf(command: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  const said = (stderr || stdout || error?.message || '').trim().split('\n').at(-1) ?? '';
  return `"${[command, ...args].join(' ')}" failed: ${said}`;
}

/** Says loudly what was not checked. With `--require` on the command line that is a failure. */
export function reportSkipped(what: string, reason: string): void {
  const required = process.argv.includes('--require');
  const line = '='.repeat(80);
  console.error(`${line}\nSKIPPED: ${what}, because ${reason}.\n${line}`);
  if (required) process.exitCode = 1;
}
