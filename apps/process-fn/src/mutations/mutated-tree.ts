import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit, Mutation } from './mutations.js';

/** A copy of the workspace's sources in which a suite can be run, with the installed packages of the original. */
export interface MutatedTree {
  readonly root: string;
  readonly remove: () => void;
}

/**
 * Applies an edit to the text of its file.
 *
 * @throws Error when the text to find does not occur exactly once
 */
export function applyEdit(text: string, { file, find, replace }: Edit): string {
  const occurrences = text.split(find).length - 1;
  if (occurrences !== 1) throw new Error(`${file}: occurs ${occurrences} times, not once: ${find}`);
  return text.replace(find, () => replace);
}

/** Copies the workspace's files as they are now, breaks them as a mutation says, and links what is installed. */
export function createMutatedTree(root: string, { edits }: Mutation): MutatedTree {
  const copy = mkdtempSync(join(tmpdir(), 'weir-mutation-'));
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
  });
  for (const file of files
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  linkPackages(root, copy);
  for (const edit of edits) {
    const path = join(copy, edit.file);
    writeFileSync(path, applyEdit(readFileSync(path, 'utf8'), edit));
  }
  return { root: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

/** The workspace's own packages must be those of the copy, so their links are made anew; they are relative. */
function linkPackages(root: string, copy: string): void {
  const own = '@weir';
  mkdirSync(join(copy, 'node_modules', own), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== own) symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  for (const name of readdirSync(join(root, 'node_modules', own))) {
    symlinkSync(readlinkSync(join(root, 'node_modules', own, name)), join(copy, 'node_modules', own, name));
  }
  for (const folder of ['apps', 'libs']) {
    for (const project of readdirSync(join(root, folder))) {
      const packages = join(root, folder, project, 'node_modules');
      if (existsSync(packages)) symlinkSync(packages, join(copy, folder, project, 'node_modules'));
    }
  }
}
