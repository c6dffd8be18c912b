import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseChangesetFile } from '@changesets/parse';
import type { Bump } from './bump.js';
import { GuardError, type Repository } from './repository.js';

export const CHANGESETS = '.changeset';

/** What one changeset announces. */
export interface Changeset {
  readonly file: string;
  readonly bumps: ReadonlyMap<string, Bump>;
}

/**
 * The changesets of the work tree that a commit does not have. Those that it has announce what was merged before.
 *
 * @throws {GuardError} naming a file that is no changeset
 */
export function changesetsSince(repository: Repository, commit: string): Changeset[] {
  const folder = join(repository.root, CHANGESETS);
  if (!existsSync(folder)) return [];
  const known = new Set(repository.filesAt(commit, CHANGESETS));
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name.toLowerCase() !== 'readme.md')
    .map((name) => `${CHANGESETS}/${name}`)
    .filter((file) => !known.has(file))
    .map((file) => read(repository, file));
}

function read({ root }: Repository, file: string): Changeset {
  try {
    const { releases } = parseChangesetFile(readFileSync(join(root, file), 'utf8'));
    return { file, bumps: new Map(releases.map(({ name, type }) => [name, type])) };
  } catch (error) {
    throw new GuardError(`${file}: ${(error as Error).message}`);
  }
}
