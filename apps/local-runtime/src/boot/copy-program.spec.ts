import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { createLambdaFunction, type LambdaFunction } from '../engines/lambda/lambda-function.js';
import { buildPrograms, type BuiltPrograms } from '../testing/built-programs.js';
import { readFunctionProjects } from '../watch/function-projects.js';
import { FunctionWorkspace } from '../watch/testing/function-workspace.js';
import { copyProgram } from './copy-program.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

let programs: BuiltPrograms;
let workspace: FunctionWorkspace;
let folder: string;
let lambda: LambdaFunction | undefined;

beforeAll(() => {
  programs = buildPrograms();
});
afterAll(() => programs.remove());
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'weir-copy-')));
  workspace = new FunctionWorkspace(['a-fn']);
  workspace.write(
    'libs/limits.ts',
    "\nexport function refuse(): never {\n  throw new RangeError('too far');\n}\n",
  );
  workspace.write(
    'apps/a-fn/src/handler.ts',
    "import { refuse } from '../../../libs/limits.js';\nexport const handler = async () => refuse();\n",
  );
});
afterEach(async () => {
  await lambda?.close();
  workspace.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('a copied bundle', () => {
  it('has stack traces that lead to the sources it was built from', async () => {
    const [project] = readFunctionProjects(workspace.path);
    if (project === undefined) throw new Error('There is no project.');
    buildSync({ ...project.build, outdir: project.outputFolder });
    const assetDir = join(folder, 'elsewhere', 'deep', 'a-fn');
    await copyProgram(project.outputFolder, assetDir, project.outputFolder);
    lambda = createLambdaFunction({
      functionName: 'a-fn',
      region: 'eu-west-1',
      accountId: '123456789012',
      assetDir,
      handler: 'handler.handler',
      environment: {},
      timeoutSeconds: 10,
      memoryMb: 256,
      tracing: 'PassThrough',
      workerPath: programs.entries.worker,
      onLog: () => undefined,
    });
    const { payload } = await lambda.invoke('{}');
    const { errorType, trace } = JSON.parse(payload) as { errorType: string; trace: string[] };
    expect(errorType).toBe('RangeError');
    expect(trace.join('\n')).toContain(`(${join(workspace.path, 'libs/limits.ts')}:3:`);
    expect(trace.join('\n')).toContain(`${join(workspace.path, 'apps/a-fn/src/handler.ts')}:2:`);
  });
});
