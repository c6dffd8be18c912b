import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '@weir/local-stack';
import { succeed } from '../run-program.js';
import { readmeExamples, writeExamples } from './readme-examples.js';

const bin = join(root, 'node_modules/.bin');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-readme-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of the clients run against a real API, with the packages as published: see `release.e2e.spec.ts`. */
describe.each([
  ['aggregation', 1],
  ['dynamo-repo', 2],
])('the README of %s', (name, count) => {
  const examples = readmeExamples(join(root, 'libs', name, 'README.md'));

  it('has examples that compile, and print what it says', async () => {
    expect(examples).toHaveLength(count);
    const files = writeExamples(folder, name, examples);
    const config = join(folder, `tsconfig.${name}.json`);
    const compilerOptions = { noEmit: true };
    writeFileSync(
      config,
      JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files }),
    );
    await succeed(join(bin, 'tsc'), ['-p', config], { cwd: folder });
    for (const [index, { output }] of examples.entries()) {
      if (output === undefined) continue;
      const args = ['--conditions=@weir/source', '--import=tsx', files[index] ?? ''];
      expect(await succeed(join(bin, 'node'), args, { cwd: folder })).toBe(output);
    }
  }, 60_000);
});
