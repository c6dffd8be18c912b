import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { CHANGESETS } from './changesets.js';
import type { ChangesetText } from './changeset-text.js';
import type { Repository } from './repository.js';

/** Writes a changeset as the workspace formats its files; answers its path relative to the root. */
export async function writeChangeset({ root }: Repository, { file, text }: ChangesetText): Promise<string> {
  const path = join(root, CHANGESETS, file);
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  return `${CHANGESETS}/${file}`;
}
