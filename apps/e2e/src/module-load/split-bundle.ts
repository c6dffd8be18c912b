import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Metafile } from 'esbuild';

/** A function's bundle in pieces: what is imported on demand is a file of its own, as inside the real bundle it is evaluated on its own. */
export interface SplitBundle {
  readonly entry: string;
  /** By the name of the file: its size, and the packages with code in it. */
  readonly pieces: ReadonlyMap<string, Piece>;
}

export interface Piece {
  readonly bytes: number;
  readonly packages: ReadonlySet<string>;
}

/** Bundles a function as its build does (esbuild.function.config.cjs), but into pieces. */
export async function splitBundle(root: string, project: string, folder: string): Promise<SplitBundle> {
  const shared = createRequire(join(root, 'package.json'))('./esbuild.function.config.cjs') as BuildOptions;
  const { metafile } = await build({
    ...shared,
    absWorkingDir: root,
    entryPoints: [join(root, 'apps', project, 'src/handler.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    metafile: true,
    logLevel: 'error',
  });
  const pieces = Object.entries(metafile.outputs).map(
    ([path, output]) => [basename(path), pieceOf(output)] as const,
  );
  return { entry: join(folder, 'handler.mjs'), pieces: new Map(pieces) };
}

function pieceOf({ bytes, inputs }: Metafile['outputs'][string]): Piece {
  const packages = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput === 0 ? [] : [packageOf(path)],
  );
  return { bytes, packages: new Set(packages) };
}

/** `node_modules/@a/b/c.js` is of `@a/b`, `libs/x/src/y.ts` of `libs/x`. */
function packageOf(path: string): string {
  const [, installed] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path) ?? [];
  return installed ?? path.split('/').slice(0, 2).join('/');
}
