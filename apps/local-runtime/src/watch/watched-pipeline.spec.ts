import { setTimeout as delay } from 'node:timers/promises';
import { copierSource, pipelineTemplate } from '../testing/pipeline-template.js';
import { TestPipeline } from '../testing/test-pipeline.js';
import { FunctionWorkspace } from './testing/function-workspace.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

let pipeline: TestPipeline;
let workspace: FunctionWorkspace;

beforeAll(() => {
  pipeline = new TestPipeline(pipelineTemplate);
});
afterAll(() => pipeline.remove());
beforeEach(() => {
  pipeline.begin();
  workspace = new FunctionWorkspace(['Copier']);
  workspace.write(
    'apps/Copier/src/handler.ts',
    `import { mark } from '../../../libs/mark.js';\n${copierSource.replace('S: text', 'S: mark + text')}`,
  );
  workspace.write('libs/mark.ts', "export const mark = 'old ';");
});
afterEach(async () => {
  await pipeline.end();
  workspace.remove();
});

async function untilNoticed(pattern: RegExp): Promise<void> {
  while (!pipeline.notices.some((notice) => pattern.test(notice))) await delay(20);
}

describe('a pipeline whose sources are watched', () => {
  it('loses no record while the code of its function changes under traffic', async () => {
    await pipeline.boot({ workspace: workspace.path, watch: true });
    await untilNoticed(/^Watching the sources of Copier\.$/);
    pipeline.notices.splice(0);

    const sent: string[] = [];
    const marks = ['newer ', 'newest '];
    for (const mark of marks) {
      await send(sent);
      workspace.write('libs/mark.ts', `export const mark = '${mark}';`);
      const swaps = pipeline.notices.length;
      while (pipeline.notices.length === swaps) await send(sent);
    }
    await send(sent);
    await pipeline.untilProcessed();

    expect(pipeline.notices).toEqual(marks.map(() => expect.stringMatching(/^Copier runs its new code/)));
    const stored = await pipeline.storedKeys();
    // A batch that was cut off may have been stored by the old code and by the new.
    expect(new Set(stored.map((key) => key.replace(/^\w+ /, '')))).toEqual(new Set(sent));
    expect(new Set(stored.map((key) => /^\w+/.exec(key)?.[0]))).toEqual(new Set(['old', 'newer', 'newest']));
  });

  it('goes on with the old code while the new does not load', async () => {
    await pipeline.boot({ workspace: workspace.path, watch: true });
    await untilNoticed(/^Watching/);
    workspace.write('libs/mark.ts', "export const mark = (() => { throw new Error('half done'); })();");
    await untilNoticed(
      /^Copier does not load, so it goes on as it was:\nError: half done\n.*libs\/mark\.ts:1:\d+/,
    );
    await pipeline.put(['a']);
    await pipeline.untilProcessed();
    expect(await pipeline.storedKeys()).toEqual(['old a']);
  });

  it('does not start when the workspace has no function of the template', async () => {
    workspace.delete('apps/Copier');
    workspace.addProject('Other', 'type:function');
    await expect(pipeline.boot({ workspace: workspace.path, watch: true })).rejects.toThrow(
      /^No project of .* that is tagged type:function has the name of a function/,
    );
  });
});

async function send(sent: string[]): Promise<void> {
  const texts = Array.from({ length: 5 }, (_, index) => `r${sent.length + index}`);
  await pipeline.put(texts);
  sent.push(...texts);
}
