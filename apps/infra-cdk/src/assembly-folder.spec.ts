import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAssembly } from './assembly-folder.js';

describe('writeAssembly', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'weir-assembly-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (): void => {
    mkdirSync(join(folder, 'asset.new'), { recursive: true });
    writeFileSync(join(folder, 'cdk.out'), '{}');
  };

  it('leaves nothing of an earlier assembly', () => {
    writeFileSync(join(folder, 'cdk.out'), '{}');
    mkdirSync(join(folder, 'asset.old'));
    writeAssembly(folder, write);
    expect(readdirSync(folder).sort()).toEqual(['asset.new', 'cdk.out']);
  });

  it('accepts a folder that is empty or not there', () => {
    writeAssembly(folder, write);
    rmSync(folder, { recursive: true });
    writeAssembly(folder, write);
    expect(existsSync(join(folder, 'cdk.out'))).toBe(true);
  });

  it('leaves nothing half written, which the next one would not know for its own', () => {
    const failing = (): void => {
      mkdirSync(join(folder, 'asset.new'));
      throw new Error('the third stack is wrong');
    };
    expect(() => writeAssembly(folder, failing)).toThrow('the third stack is wrong');
    writeAssembly(folder, write);
    expect(existsSync(join(folder, 'cdk.out'))).toBe(true);
  });

  it('leaves a folder of other things alone', () => {
    writeFileSync(join(folder, 'letter.txt'), 'keep me');
    expect(() => writeAssembly(folder, write)).toThrow('holds something else than a cloud assembly');
    expect(readdirSync(folder)).toEqual(['letter.txt']);
  });
});
