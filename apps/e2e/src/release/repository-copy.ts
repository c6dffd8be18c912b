import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '@weir/local-stack';
import { succeed } from '../run-program.js';

/** Later than any lockfile, so that nothing is installed into the copy. */
const FAR_FUTURE_S = 4_000_000_000;

/**
 * Copies the working tree as it is, without what git ignores, into a repository of one commit on `main`. What is installed
 * is linked, the libraries to those of the copy.
 */
export async function copyRepository(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const files = (await succeed('git', listed, { cwd: root })).split('\0').filter((file) => file !== '');
  const present = files.filter((file) => existsSync(join(root, file)));
  for (const file of present) cpSync(join(root, file), join(folder, file), { force: true });
  linkInstalled(folder);
  await git(folder, env, 'init', '-q', '-b', 'main');
  await git(folder, env, 'add', '-A');
  await git(folder, env, 'commit', '-qm', 'all');
}

/** Runs git in a copy and gives what it says. */
export async function git(folder: string, env: NodeJS.ProcessEnv, ...args: string[]): Promise<string> {
  return (await succeed('git', args, { cwd: folder, env: { ...env, ...IDENTITY } })).trim();
}

/** Who commits in copies. */
export const IDENTITY = {
  GIT_AUTHOR_NAME: 'test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

function linkInstalled(folder: string): void {
  const installed = join(root, 'node_modules');
  const linked = join(folder, 'node_modules');
  mkdirSync(join(linked, '@weir'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name === '@weir' || name === '.cache' || name === '.package-lock.json') continue;
    symlinkSync(join(installed, name), join(linked, name));
  }
  for (const library of readdirSync(join(folder, 'libs'))) {
    symlinkSync(join(folder, 'libs', library), join(linked, '@weir', library));
    const own = join(root, 'libs', library, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(folder, 'libs', library, 'node_modules'));
  }
  const marker = join(linked, '.package-lock.json');
  writeFileSync(marker, '{}');
  utimesSync(marker, FAR_FUTURE_S, FAR_FUTURE_S);
}
