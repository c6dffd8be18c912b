import { checkBundleSize } from './check-bundle-size.js';
import { checkFiles } from './check-files.js';
import { checkManifest } from './check-manifest.js';
import { checkTypes } from './check-types.js';
import { tarballBytes } from './packed-package.js';
import type { PackedPackage } from './packed-package.js';

export interface CheckOptions {
  /** The node_modules that hold what the packages depend on. */
  dependencies: string;
  /** Whether the packages have their changelogs already. */
  versioned: boolean;
}

/**
 * Everything that keeps a package from being published, a sentence each. The tools are asked only once the files are right,
 * for they would say the same again in their own words.
 */
export async function checkPackage(packed: PackedPackage, options: CheckOptions): Promise<string[]> {
  const files = checkFiles(packed.files, options.versioned);
  if (files.length > 0) return files;
  const tarball = tarballBytes(packed);
  const { bundleGzipBytesMax } = packed.settings;
  return [
    ...(await checkManifest(tarball)),
    ...(await checkTypes(tarball)),
    ...(bundleGzipBytesMax === undefined
      ? []
      : await checkBundleSize(packed.folder, bundleGzipBytesMax, options.dependencies)),
  ];
}
