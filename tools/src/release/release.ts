import type { ReleaseOptions } from './options.js';
import { publicPackages, workspacePackages } from './public-packages.js';
import { publishPackages } from './publish-packages.js';
import { npmRegistry } from './registry.js';
import { gitRepository } from './repository.js';
import { pendingChangesets, plannedVersions, versionPackages } from './version-packages.js';

/**
 * Releases the public packages of the repository at `root`. Any step that was done already is left out, so that running it
 * again finishes what broke off.
 *
 * @throws when something uncommitted would get into a release, when changesets are pending that the version step was not
 *   asked to apply, and with whatever a step fails with.
 */
export async function release(
  root: string,
  options: ReleaseOptions,
  say: (line: string) => void,
): Promise<void> {
  const repository = gitRepository(root);
  if (!options.dryRun) requireCommitted(repository.uncommitted());
  if (options.version && options.dryRun && pendingChangesets(root).length > 0) say(plannedVersions(root));
  if (options.version && !options.dryRun) {
    const versioned = pendingChangesets(root).length === 0 ? [] : versionPackages(root);
    say(
      versioned.length === 0 ? 'No changeset asks for another version' : `Versions: ${versioned.join(', ')}`,
    );
    if (options.publish && repository.uncommitted().length > 0) {
      repository.commitAll(['chore: release packages', '', ...versioned.map((id) => `- ${id}`)].join('\n'));
    }
  }
  if (!options.publish) return;
  const pending = pendingChangesets(root);
  if (pending.length > 0 && !options.dryRun) {
    throw new Error(`Changesets are pending (${pending.join(', ')}): they need the version step first`);
  }
  await publishPackages({
    root,
    packages: publicPackages(workspacePackages(root)),
    repository,
    registry: options.registry === undefined ? undefined : npmRegistry(options.registry, root),
    dryRun: options.dryRun,
    versioned: pending.length === 0,
    say,
  });
}

function requireCommitted(uncommitted: readonly string[]): void {
  if (uncommitted.length === 0) return;
  throw new Error(
    `These files are not as committed, and a release is made of commits: ${uncommitted.join(', ')}`,
  );
}
