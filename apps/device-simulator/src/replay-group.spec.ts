import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readManifest } from './replay-group.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-manifest-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function makeManifest(text: string): Promise<string> {
  const file = join(folder, 'manifest.json');
  await writeFile(file, text);
  return file;
}

describe('readManifest', () => {
  it('takes files relative to the manifest', async () => {
    const groups = [
      { file: 'data/a.csv', device: 'a', metric: 'm' },
      { file: '/abs/b.csv', device: 'b', metric: 'm', site: 's' },
    ];

    expect(await readManifest(await makeManifest(JSON.stringify(groups)))).toEqual([
      { ...groups[0], file: join(folder, 'data/a.csv') },
      groups[1],
    ]);
  });

  it.each([
    ['nonsense', 'is not JSON'],
    ['{}', 'must be a non-empty array of { file, device, metric, site? }'],
    ['[]', 'must be a non-empty array'],
    ['[7]', 'entry 1 must be an object with "file", "device", "metric", "site"'],
    [
      '[{"file":"f","device":"d","metric":"m"},{"file":"f","metric":"m"}]',
      'entry 2: "device" must be a non-empty',
    ],
    ['[{"file":"f","device":"a b","metric":"m"}]', 'entry 1: "device" must have 1 to 128 letters, digits'],
    ['[{"file":"f","device":"d","metric":"m","column":"v"}]', 'entry 1: there is no field "column"'],
    ['[{"file":"f","device":"d","metric":"m","site":""}]', 'entry 1: "site" must be a non-empty string'],
  ])('names what is wrong in %j', async (text, reason) => {
    await expect(readManifest(await makeManifest(text))).rejects.toMatchObject({
      name: 'ReplayError',
      message: expect.stringContaining(reason),
    });
  });

  it('says that there is no manifest', async () => {
    await expect(readManifest(join(folder, 'none.json'))).rejects.toThrow('none.json cannot be read: ENOENT');
  });
});
