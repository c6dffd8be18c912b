import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { bundleAs, bundleOf, FUNCTIONS } from '../bundles.js';

/** The code of one function as it is deployed. */
export interface BundleSize {
  readonly project: string;
  /** Of all files but the source map, which is there for stack traces. */
  readonly bytes: number;
  /** At gzip's default level, each file by itself. */
  readonly gzipBytes: number;
  /** Bytes in the bundle by package, the heaviest first. */
  readonly packages: Readonly<Record<string, number>>;
  /** By the name of a module that esbuild.function.config.cjs replaces: the packages that import it. */
  readonly importers: Readonly<Record<string, readonly string[]>>;
}

/** The file that stands in for a module, by the name of the module. */
const REPLACEMENTS = {
  '@aws-sdk/credential-provider-node': 'libs/environment/src/lambda-credentials.ts',
  semver: 'libs/observability/src/no-version-check.ts',
  'cls-hooked': 'libs/observability/src/continuation-local-storage.ts',
};

/** The built bundles of all functions. */
export function bundleSizes(): Promise<BundleSize[]> {
  return Promise.all(
    FUNCTIONS.map(async (project) => {
      const folder = fileURLToPath(new URL('.', bundleOf(project)));
      const files = readdirSync(folder)
        .filter((name) => !name.endsWith('.map'))
        .map((name) => readFileSync(join(folder, name)));
      const metafile = await metafileOf(project);
      return {
        project,
        bytes: sum(files.map((file) => file.byteLength)),
        gzipBytes: sum(files.map((file) => gzipSync(file).byteLength)),
        packages: packagesOf(metafile),
        importers: importersOf(metafile),
      };
    }),
  );
}

async function metafileOf(project: string): Promise<Metafile> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const handler = fileURLToPath(new URL(`../../../${project}/src/handler.ts`, import.meta.url));
    const outfile = join(folder, 'handler.mjs');
    return await bundleAs('esbuild.function.config.cjs', { entryPoints: [handler] }, outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packagesOf({ outputs }: Metafile): Record<string, number> {
  const bytes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs))
      if (bytesInOutput > 0) bytes.set(packageOf(path), (bytes.get(packageOf(path)) ?? 0) + bytesInOutput);
  return Object.fromEntries([...bytes].sort(([, one], [, other]) => other - one));
}

function importersOf({ inputs }: Metafile): Record<string, string[]> {
  const importersOfFile = (file: string): string[] =>
    Object.entries(inputs).flatMap(([path, { imports }]) =>
      imports.some((imported) => imported.path.endsWith(file)) ? [packageOf(path)] : [],
    );
  return Object.fromEntries(
    Object.entries(REPLACEMENTS).map(([name, file]) => [name, [...new Set(importersOfFile(file))].sort()]),
  );
}

/** `…/node_modules/@a/b/c.js` is of `@a/b`, `…/libs/x/src/y.ts` of `libs/x`. */
function packageOf(path: string): string {
  const [, installed, own] =
    /(?:.*node_modules\/((?:@[^/]+\/)?[^/]+))|((?:apps|libs)\/[^/]+)/.exec(path) ?? [];
  return installed ?? own ?? path;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
