import { join } from 'node:path';
import { readFunctionProjects } from './function-projects.js';
import { FunctionWorkspace } from './testing/function-workspace.js';

let workspace: FunctionWorkspace;
beforeEach(() => {
  workspace = new FunctionWorkspace(['a-fn']);
});
afterEach(() => workspace.remove());

describe('the projects that functions are built from', () => {
  it('have the options of the shared target, the configuration file and their own', () => {
    workspace.addProject('tool', 'type:tool');
    workspace.write('apps/notes.txt', 'no project');
    workspace.write('apps/empty/readme.md', 'no project either');
    expect(readFunctionProjects(workspace.path)).toEqual([
      {
        name: 'a-fn',
        outputFolder: join(workspace.path, 'apps/a-fn/dist'),
        build: {
          absWorkingDir: workspace.path,
          entryPoints: ['apps/a-fn/src/handler.ts'],
          entryNames: '[dir]/[name]',
          tsconfig: join(workspace.path, 'apps/a-fn/tsconfig.json'),
          platform: 'node',
          target: 'node20',
          format: 'esm',
          bundle: true,
          minify: true,
          sourcemap: true,
          outExtension: { '.js': '.mjs' },
          external: [],
        },
      },
    ]);
  });

  it.each([
    ['nx.json', '{', /nx\.json cannot be read: .*JSON/],
    ['esbuild.config.cjs', 'throw new Error("no")', /esbuild\.config\.cjs cannot be loaded: no/],
    ['apps/a-fn/project.json', '{"name":"a-fn","tags":["type:function"]}', /project a-fn has no option main/],
  ])('are refused when %s is wrong', (file, text, message) => {
    workspace.write(file, text);
    expect(() => readFunctionProjects(workspace.path)).toThrow(message);
  });

  it('need a folder of apps', () => {
    workspace.delete('apps');
    expect(() => readFunctionProjects(workspace.path)).toThrow(/has no readable folder apps/);
  });
});
