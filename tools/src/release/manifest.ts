/** As much of a package.json as a release looks at. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  exports?: Exports;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  scripts?: Record<string, string>;
  repository?: unknown;
  /** What this repository says about the package to its own tools. */
  weir?: {
    /** How large the package may be in a browser: minified, compressed, all that it imports included. */
    bundleGzipBytesMax?: number;
  };
}

export type Exports = string | null | { [key: string]: Exports };

/** What whoever installs the package installs with it. */
export function installedWith(manifest: Manifest): [name: string, range: string][] {
  return Object.entries({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  });
}
