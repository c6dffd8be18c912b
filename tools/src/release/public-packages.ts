import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import semver from 'semver';

import { installedWith } from './manifest.js';
import type { Manifest } from './manifest.js';

export interface WorkspacePackage {
  /** Absolute. */
  folder: string;
  manifest: Manifest;
}

/** Reads every package of the workspace, in the order of their folders. */
export function workspacePackages(root: string): WorkspacePackage[] {
  const { workspaces } = readJson(join(root, 'package.json')) as { workspaces: string[] };
  return workspaces
    .flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }))
    .sort()
    .map((file) => ({
      folder: join(root, dirname(file)),
      manifest: readJson(join(root, file)) as Manifest,
    }));
}

/**
 * The packages to publish, each after those that it depends on.
 *
 * @throws when one depends on a package that is not published, on another version than the workspace has, or on itself in
 *   the end.
 */
export function publicPackages(packages: readonly WorkspacePackage[]): WorkspacePackage[] {
  const byName = new Map(packages.map((entry) => [entry.manifest.name, entry]));
  const ordered: WorkspacePackage[] = [];
  const visit = (entry: WorkspacePackage, path: readonly string[]): void => {
    const { name } = entry.manifest;
    if (path.includes(name)) throw new Error(`Packages depend on each other: ${[...path, name].join(' → ')}`);
    if (ordered.includes(entry)) return;
    for (const [dependency, range] of installedWith(entry.manifest)) {
      const needed = byName.get(dependency);
      if (needed === undefined) continue;
      requirePublishable(name, needed.manifest, range);
      visit(needed, [...path, name]);
    }
    ordered.push(entry);
  };
  for (const entry of packages) if (entry.manifest.private !== true) visit(entry, []);
  return ordered;
}

function requirePublishable(dependent: string, needed: Manifest, range: string): void {
  const what = `${dependent} depends on ${needed.name}@${range}`;
  if (needed.private === true) throw new Error(`${what}, which is private and never published`);
  if (range === '*' || !semver.satisfies(needed.version, range)) {
    throw new Error(
      `${what}, but the workspace has ${needed.version}: the range must say so, as ^${needed.version} does`,
    );
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
