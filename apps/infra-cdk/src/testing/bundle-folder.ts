import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionNames } from '../function-bundles.js';

/** A temporary folder of stand-in bundles: tests of the infrastructure do not wait for a build of functions and page. */
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
  const page = join(path, 'dashboard', 'dist');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Weir</title>\n');
  writeFileSync(join(page, 'assets', 'index-0a1b2c3d.js'), 'export {};\n');
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
