import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionNames } from '../function-bundles.js';

/** A temporary folder of stand-in bundles: tests of the infrastructure do not wait for a build of the functions. */
export interface BundleFolder {
  readonly path: string;
  remove(): void;
}

export function makeBundleFolder(): BundleFolder {
  const path = mkdtempSync(join(tmpdir(), 'weir-infra-'));
  for (const name of functionNames) {
    mkdirSync(join(path, name, 'dist'), { recursive: true });
    writeFileSync(join(path, name, 'dist', 'handler.mjs'), `export const handler = () => '${name}';\n`);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
