import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import * as esbuild from 'esbuild';
import type { CodeReplacement } from '../engines/lambda/lambda-function.js';
import { readFunctionProjects } from './function-projects.js';
import { FunctionWorkspace } from './testing/function-workspace.js';
import { watchFunctions, type FunctionWatch } from './watch-functions.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let workspace: FunctionWorkspace;
let assets: string;
let watch: FunctionWatch;
/** What was handed over, as `function: text of its code`. */
let replaced: string[];
let notices: string[];
let answer: CodeReplacement;

const handlerOf = (library: string): string =>
  `import { answer } from '../../../libs/${library}.js';\nexport const handler = () => answer;\n`;

beforeEach(async () => {
  replaced = [];
  notices = [];
  answer = { kind: 'replaced', retired: Promise.resolve() };
  assets = mkdtempSync(join(tmpdir(), 'weir-assets-'));
  workspace = new FunctionWorkspace(['one-fn', 'two-fn']);
  workspace.write('libs/shared.ts', "export const answer = 'shared 1';");
  workspace.write('libs/alone.ts', "export const answer = 'alone 1';");
  workspace.write('apps/one-fn/src/handler.ts', handlerOf('shared'));
  workspace.write('apps/two-fn/src/handler.ts', handlerOf('alone'));
  watch = await watchFunctions({
    esbuild,
    functions: readFunctionProjects(workspace.path).map((project) => {
      const assetDir = join(assets, project.name);
      mkdirSync(assetDir);
      return { project, assetDir, lambda: { replaceCode: (folder) => replaceCode(project.name, folder) } };
    }),
    notify: (message) => notices.push(message),
  });
  await watch.watching;
  // The folders were empty, so each function got its first code.
  expect(replaced.splice(0).sort()).toEqual(['one-fn: shared 1', 'two-fn: alone 1']);
  notices.splice(0);
});
afterEach(async () => {
  await watch.close();
  workspace.remove();
  rmSync(assets, { recursive: true, force: true });
});

async function replaceCode(name: string, folder: string): Promise<CodeReplacement> {
  const code = readFileSync(join(folder, 'handler.mjs'), 'utf8');
  replaced.push(`${name}: ${/(shared|alone|other) \d/.exec(code)?.[0] ?? ''}`);
  return answer;
}

async function untilNotices(count: number): Promise<string[]> {
  while (notices.length < count) await delay(10);
  return notices.splice(0);
}

describe('watching the sources', () => {
  it('builds the functions that use a changed library, and no others', async () => {
    workspace.write('libs/alone.ts', "export const answer = 'alone 2';");
    expect(await untilNotices(1)).toEqual([expect.stringMatching(/^two-fn runs its new code \(\d+ ms\)\.$/)]);
    expect(replaced).toEqual(['two-fn: alone 2']);
  });

  it('follows imports to libraries that were not used before', async () => {
    workspace.write('libs/deep/other.ts', "export const answer = 'other 1';");
    workspace.write('apps/one-fn/src/handler.ts', handlerOf('deep/other'));
    await untilNotices(1);
    workspace.write('libs/deep/other.ts', "export const answer = 'other 2';");
    await untilNotices(1);
    expect(replaced).toEqual(['one-fn: other 1', 'one-fn: other 2']);
  });

  it('says where the sources are wrong, once, and takes the next state that is right', async () => {
    workspace.write('libs/shared.ts', 'export const = 1;');
    const [report] = await untilNotices(1);
    expect(report).toMatch(/^one-fn does not build, so it goes on as it was:\n[^]*libs\/shared\.ts:1:13/);
    workspace.write('libs/shared.ts', "export const answer = 'shared 3';");
    expect(await untilNotices(1)).toEqual([expect.stringMatching(/^one-fn runs its new code/)]);
    expect(replaced).toEqual(['one-fn: shared 3']);
  });

  it('does nothing but say so when the sources are again what runs', async () => {
    workspace.write('libs/shared.ts', 'export const = 1;');
    await untilNotices(1);
    workspace.write('libs/shared.ts', "export const answer = 'shared 1';");
    expect(await untilNotices(1)).toEqual(['one-fn builds again.']);
    expect(replaced).toEqual([]);
  });

  it('sees a folder that is removed and comes back, as when a branch is changed', async () => {
    workspace.write('libs/deep/other.ts', "export const answer = 'other 1';");
    workspace.write('apps/one-fn/src/handler.ts', handlerOf('deep/other'));
    await untilNotices(1);
    workspace.delete('libs/deep');
    expect(await untilNotices(1)).toEqual([expect.stringMatching(/^one-fn does not build/)]);
    workspace.write('libs/deep/other.ts', "export const answer = 'other 2';");
    expect(await untilNotices(1)).toEqual([expect.stringMatching(/^one-fn runs its new code/)]);
    workspace.write('libs/deep/other.ts', "export const answer = 'other 3';");
    await untilNotices(1);
    expect(replaced).toEqual(['one-fn: other 1', 'one-fn: other 2', 'one-fn: other 3']);
  });

  it('reports code that does not load, and removes it', async () => {
    answer = {
      kind: 'refused',
      error: { errorType: 'TypeError', errorMessage: 'no table', trace: ['    at x.ts:3'] },
    };
    workspace.write('libs/shared.ts', "export const answer = 'shared 4';");
    expect(await untilNotices(1)).toEqual([
      'one-fn does not load, so it goes on as it was:\nTypeError: no table\n    at x.ts:3',
    ]);
    while (existsSync(join(assets, 'one-fn.2'))) await delay(10);
    expect(existsSync(join(assets, 'one-fn.1'))).toBe(true);
  });

  it('removes code that no worker runs any more', async () => {
    let retire = (): void => undefined;
    answer = { kind: 'replaced', retired: new Promise((resolve) => (retire = resolve)) };
    workspace.write('libs/shared.ts', "export const answer = 'shared 5';");
    await untilNotices(1);
    expect(existsSync(join(assets, 'one-fn.1'))).toBe(true);
    retire();
    while (existsSync(join(assets, 'one-fn.1'))) await delay(10);
    expect(existsSync(join(assets, 'one-fn.2', 'handler.mjs'))).toBe(true);
  });

  it('writes maps that lead to the sources', async () => {
    workspace.write('libs/shared.ts', "export const answer = 'shared 6';");
    await untilNotices(1);
    const file = join(assets, 'one-fn.2', 'handler.mjs.map');
    const { sources } = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] };
    const paths = sources.map((source) => new URL(source, pathToFileURL(file)).pathname);
    expect(paths).toEqual(
      ['libs/shared.ts', 'apps/one-fn/src/handler.ts'].map((path) => join(workspace.path, path)),
    );
  });
});
