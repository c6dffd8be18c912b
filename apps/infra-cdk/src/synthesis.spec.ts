import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { functionNames } from './function-bundles.js';

const projectFolder = resolve(__dirname, '..');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-synth-'));
  writeFileSync(
    join(folder, 'no-network.mjs'),
    `import { Socket } from 'node:net';
     Socket.prototype.connect = () => { throw new Error('somebody was asked over the network'); };`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs Node.js in the project's folder without a network. */
function offline(...args: string[]): { status: number | null; output: string } {
  const block = ['--import', join(folder, 'no-network.mjs')];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...block, ...args], {
    cwd: projectFolder,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('the synthesis', () => {
  it('of prod asks nobody anything, and its functions are assets below 1 MB', () => {
    const assembly = join(folder, 'cdk.out');
    const app = [
      '--conditions=@weir/source',
      '--import',
      'tsx',
      'bin/app.ts',
      '-c',
      'stage=prod',
      '-o',
      assembly,
    ];
    expect(offline(...app)).toMatchObject({ status: 0 });
    const functions = readdirSync(assembly, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(assembly, entry.name, 'handler.mjs')))
      .map(({ name }) => ({ name, bytes: compressedBytes(join(assembly, name)) }));
    expect(functions).toHaveLength(functionNames.length);
    expect(functions.filter(({ bytes }) => bytes >= 1_000_000)).toEqual([]);
  });

  it('would be seen to ask', () => {
    const { status, output } = offline(
      '-e',
      "fetch('http://127.0.0.1:4999').catch((e) => { throw e.cause; })",
    );
    expect(status).toBe(1);
    expect(output).toContain('somebody was asked over the network');
  });
});

/** About what the files of a folder take in the zip that is uploaded. */
function compressedBytes(path: string): number {
  return readdirSync(path)
    .map((file) => deflateRawSync(readFileSync(join(path, file))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}
