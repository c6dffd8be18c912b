import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build } from 'esbuild';

/**
 * Says whether a package is larger in a browser than it may be: bundled from what is published, with everything that it
 * imports, minified and compressed. What browsers do not have, such as `node:zlib`, is a finding too.
 *
 * @param dependencies the node_modules that hold what the package depends on.
 */
export async function checkBundleSize(
  folder: string,
  gzipBytesMax: number,
  dependencies: string,
): Promise<string[]> {
  const result = await build({
    entryPoints: [join(folder, 'dist/index.js')],
    nodePaths: [dependencies],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    logLevel: 'silent',
  }).catch((error: Error) => error);
  if (result instanceof Error) return [`it cannot be bundled for browsers: ${result.message}`];
  const bundle = result.outputFiles[0]?.contents ?? new Uint8Array();
  const gzipBytes = gzipSync(bundle, { level: 9 }).length;
  return gzipBytes < gzipBytesMax
    ? []
    : [`it takes ${gzipBytes} bytes in a browser (minified, gzip), and ${gzipBytesMax} is too many`];
}
