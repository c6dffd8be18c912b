import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearAssembly } from './assembly-folder.js';

describe('clearAssembly', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-assembly-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('removes an earlier assembly with all its assets', () => {
    writeFileSync(join(folder, 'cdk.out'), '{}');
    mkdirSync(join(folder, 'asset.old'));
    clearAssembly(folder);
    expect(existsSync(folder)).toBe(false);
  });

  it('accepts a folder that is empty or not there', () => {
    clearAssembly(folder);
    clearAssembly(join(folder, 'absent'));
    expect(existsSync(folder)).toBe(true);
  });

  it('leaves a folder of other things alone', () => {
    writeFileSync(join(folder, 'letter.txt'), 'keep me');
    expect(() => clearAssembly(folder)).toThrow('holds something else than a cloud assembly');
    expect(readdirSync(folder)).toEqual(['letter.txt']);
  });
});
