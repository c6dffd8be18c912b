import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { publicPackages, workspacePackages } from './public-packages.js';
import { runProgram } from './run-program.js';

/** The names of the changesets that no release has taken up. */
export function pendingChangesets(root: string): string[] {
  return readdirSync(join(root, '.changeset'))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -'.md'.length))
    .sort();
}

/**
 * Applies the pending changesets: versions, changelogs, the ranges of those that depend on them, and the lockfile, which
 * names the workspace's versions too.
 *
 * @returns `name@version` of every public package that has another version now.
 */
export function versionPackages(root: string): string[] {
  const before = new Set(publicIds(root));
  runProgram(join(root, 'node_modules/.bin/changeset'), ['version'], { cwd: root });
  const lockOnly = ['--package-lock-only', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  runProgram('npm', ['install', ...lockOnly], { cwd: root });
  return publicIds(root).filter((id) => !before.has(id));
}

/** What `changeset status` says that versioning would do. */
export function plannedVersions(root: string): string {
  return runProgram(join(root, 'node_modules/.bin/changeset'), ['status', '--verbose'], { cwd: root });
}

function publicIds(root: string): string[] {
  return publicPackages(workspacePackages(root)).map(
    ({ manifest }) => `${manifest.name}@${manifest.version}`,
  );
}
