import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkBundleSize } from './check-bundle-size.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-bundle-'));
  mkdirSync(join(folder, 'dist'));
  mkdirSync(join(folder, 'node_modules/needed'), { recursive: true });
  writeFileSync(
    join(folder, 'node_modules/needed/index.js'),
    `export const text = '${'0123456789'.repeat(9)}';`,
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const check = (module: string, gzipBytesMax: number): Promise<string[]> => {
  writeFileSync(join(folder, 'dist/index.js'), module);
  return checkBundleSize(folder, gzipBytesMax, join(folder, 'node_modules'));
};

describe('checkBundleSize', () => {
  it('counts what the module imports', async () => {
    const [finding] = await check("export * from 'needed';", 50);
    expect(finding).toMatch(/^it takes \d+ bytes in a browser \(minified, gzip\), and 50 is too many$/);
    expect(Number(/\d+/.exec(finding ?? '')?.[0])).toBeGreaterThan(50);
    expect(await check("export * from 'needed';", 500)).toEqual([]);
  });

  it.each(['node:zlib', 'absent'])('finds that browsers have no %s', async (module) => {
    const [finding] = await check(`export * from '${module}';`, 500);
    expect(finding).toContain(`Could not resolve "${module}"`);
  });
});
