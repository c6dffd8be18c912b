import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { checkPackage } from './check-package.js';
import { packPackage } from './packed-package.js';
import type { PackedPackage } from './packed-package.js';
import type { WorkspacePackage } from './public-packages.js';
import type { Registry } from './registry.js';
import type { Repository } from './repository.js';
import { runProgram } from './run-program.js';

export interface PublishOptions {
  root: string;
  /** In the order in which they are published. */
  packages: readonly WorkspacePackage[];
  repository: Repository;
  /** Nothing is looked up where it is missing, which only a dry run may leave out. */
  registry: Registry | undefined;
  dryRun: boolean;
  /** Whether the packages have the versions and changelogs that they will be published with. */
  versioned: boolean;
  say: (line: string) => void;
}

/**
 * Publishes what the registry lacks. Everything is built, packed and checked before the first package goes out, each
 * package goes out after those that it depends on, and what is there already stays: so a release that broke off is
 * finished by running it again.
 *
 * @throws when a check finds anything, naming the package and the finding; then nothing has been published.
 */
export async function publishPackages(options: PublishOptions): Promise<void> {
  const { packages, registry, say } = options;
  const missing = packages.filter(
    ({ manifest }) => registry?.versions(manifest.name).includes(manifest.version) !== true,
  );
  const scratch = mkdtempSync(join(tmpdir(), 'weir-release-'));
  try {
    const packed = await packAndCheck(missing, scratch, options);
    for (const entry of packages) {
      const id = `${entry.manifest.name}@${entry.manifest.version}`;
      const ready = packed.get(entry);
      if (ready === undefined) say(`${id} is published already`);
      else if (options.dryRun) say(`${id} would be published: ${ready.files.length} files`);
      else {
        registry?.publish(ready);
        say(`${id} is published`);
      }
      if (!options.dryRun) tagRelease(entry, ready !== undefined, options);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function packAndCheck(
  missing: readonly WorkspacePackage[],
  scratch: string,
  { root, repository, versioned }: PublishOptions,
): Promise<Map<WorkspacePackage, PackedPackage>> {
  const packed = new Map<WorkspacePackage, PackedPackage>();
  if (missing.length === 0) return packed;
  build(root, missing);
  const findings: string[] = [];
  for (const entry of missing) {
    const ready = packPackage(entry, { root, scratch, gitHead: repository.head() });
    const found = await checkPackage(ready, { dependencies: join(root, 'node_modules'), versioned });
    findings.push(...found.map((finding) => `${entry.manifest.name}: ${finding}`));
    packed.set(entry, ready);
  }
  if (findings.length > 0) throw new Error(`Nothing was published:\n${findings.join('\n')}`);
  return packed;
}

/** From nothing: what an earlier build left in `dist` must not be published. */
function build(root: string, packages: readonly WorkspacePackage[]): void {
  for (const { folder } of packages) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  const projects = packages.map(({ folder }) => relative(root, folder).replaceAll('\\', '/')).join(',');
  runProgram(
    join(root, 'node_modules/.bin/nx'),
    ['run-many', '-t', 'build', '-p', projects, '--output-style=static'],
    {
      cwd: root,
      env: { NX_DAEMON: 'false' },
    },
  );
}

/** Tags the commit that the package was built from, which after an earlier release that broke off is not always this one. */
function tagRelease(
  { manifest: { name, version } }: WorkspacePackage,
  justNow: boolean,
  { repository, registry, say }: PublishOptions,
): void {
  const tag = `${name}@${version}`;
  if (repository.hasTag(tag)) return;
  const commit = justNow ? repository.head() : registry?.gitHead(name, version);
  if (commit === undefined) {
    say(`${tag} is not tagged: the registry does not say which commit it was built from`);
    return;
  }
  repository.tag(tag, commit);
  say(`${tag} is tagged`);
}
