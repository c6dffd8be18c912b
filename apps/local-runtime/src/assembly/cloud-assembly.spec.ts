import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAssembly } from '../testing/synthetic-assembly.js';
import { parseTemplate, readCloudAssembly } from './cloud-assembly.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-cloud-assembly-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('readCloudAssembly', () => {
  it('reads stacks and finds the folder of each asset', () => {
    const directory = writeAssembly('weir', { Resources: {} }, { abc: 'export {}' });
    const assembly = readCloudAssembly(directory);
    expect(assembly.stacks.map(({ stackName }) => stackName)).toEqual(['weir']);
    expect(assembly.assets.get('abc.zip')).toBe(join(directory, 'asset.abc'));
    rmSync(directory, { recursive: true, force: true });
  });

  it('reads nested assemblies, and parameters given at synthesis', () => {
    mkdirSync(join(folder, 'assembly-dev'));
    const stack = {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: 't.json', stackName: 'inner', parameters: { Size: 3 } },
    };
    const nested = { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-dev' } };
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts: { nested } }));
    writeFileSync(join(folder, 'assembly-dev', 'manifest.json'), JSON.stringify({ artifacts: { stack } }));
    writeFileSync(join(folder, 'assembly-dev', 't.json'), JSON.stringify({ Resources: {} }));
    expect(readCloudAssembly(folder).stacks).toEqual([
      {
        directory: expect.stringMatching(/assembly-dev$/),
        stackName: 'inner',
        template: { Resources: {} },
        parameters: { Size: '3' },
      },
    ]);
  });

  it('says which file is missing or broken', () => {
    expect(() => readCloudAssembly(folder)).toThrow(/cannot be read: .*manifest\.json/);
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect(() => readCloudAssembly(folder)).toThrow(/manifest\.json is not JSON/);
    writeFileSync(join(folder, 'manifest.json'), '{}');
    expect(() => readCloudAssembly(folder)).toThrow(/holds no stack/);
  });
});

describe('parseTemplate', () => {
  it.each([
    [{ Transform: 'x', Resources: {} }, /section Transform is not supported/],
    [{ Resources: { A: { Type: 'T', UpdatePolicy: {} } } }, /s\/A: the resource attribute UpdatePolicy/],
    [{ Resources: { A: {} } }, /s\/A: the resource has no Type/],
    [{ Parameters: { P: {} }, Resources: {} }, /s: the parameter P has no Type/],
    [
      { Parameters: { P: { Type: 'String', Surprise: 1 } }, Resources: {} },
      /s: parameter P: the attribute Surprise is not supported/,
    ],
    [{}, /has no Resources/],
  ])('refuses %j', (document, message) => {
    expect(() => parseTemplate('s', document)).toThrow(message);
  });
});
