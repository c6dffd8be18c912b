import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import type { Manifest } from './manifest.js';
import { publishedManifest, repositoryOf } from './published-manifest.js';
import type { WorkspacePackage } from './public-packages.js';
import { runProgram } from './run-program.js';

/** A package as whoever installs it gets it. */
export interface PackedPackage {
  manifest: Manifest;
  /** The workspace's own settings for it, which are not in the tarball. */
  settings: NonNullable<Manifest['weir']>;
  /** A folder that holds what the tarball holds. */
  folder: string;
  tarballFile: string;
  /** Paths in the tarball, below its `package/`. */
  files: string[];
}

export interface PackOptions {
  root: string;
  /** Takes the package's files and its tarball. */
  scratch: string;
  gitHead: string;
}

/**
 * Packs a package from a folder of its own, to which only what is published is copied, so that neither a forgotten file
 * nor what the repository needs for itself can get into the tarball.
 *
 * @throws when it is not built, or has no README.
 */
export function packPackage(entry: WorkspacePackage, { root, scratch, gitHead }: PackOptions): PackedPackage {
  const { name, version } = entry.manifest;
  const folder = join(scratch, name.replace('/', '-'));
  mkdirSync(folder);
  for (const part of ['dist', 'README.md']) {
    const source = join(entry.folder, part);
    if (!existsSync(source)) throw new Error(`${name} has no ${part} (${relative(root, source)})`);
    cpSync(source, join(folder, part), { recursive: true });
  }
  const changelog = join(entry.folder, 'CHANGELOG.md');
  if (existsSync(changelog)) cpSync(changelog, join(folder, 'CHANGELOG.md'));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const repository = repositoryOf(process.env, relative(root, entry.folder).replaceAll('\\', '/'));
  const manifest = publishedManifest(entry.manifest, { gitHead, ...(repository && { repository }) });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const output = runProgram('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], {
    cwd: folder,
  });
  const packed = packReport(output, `${name}@${version}`);
  return {
    manifest,
    settings: entry.manifest.weir ?? {},
    folder,
    tarballFile: join(scratch, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}

interface PackReport {
  filename: string;
  files: { path: string }[];
}

/** npm answers with a list, or in later versions with an object by package name. */
function packReport(output: string, id: string): PackReport {
  const parsed = JSON.parse(output) as PackReport[] | Record<string, PackReport>;
  const [report] = Object.values(parsed);
  if (report === undefined) throw new Error(`npm pack says nothing about ${id}`);
  return report;
}

/** The tarball's bytes. */
export function tarballBytes({ tarballFile }: PackedPackage): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(tarballFile));
}
