import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
let copy: string;

function git(...args: string[]): string {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', [...identity, ...args], { cwd: copy, encoding: 'utf8' });
}

/** Which projects `nx affected` would run the targets of, between the last two commits. */
function affectedProjects(): string[] {
  const targets = ['lint', 'typecheck', 'test', 'build'].flatMap((target) => ['--withTarget', target]);
  const output = execFileSync(
    join(root, 'node_modules/.bin/nx'),
    ['show', 'projects', '--affected', '--base=HEAD~1', '--head=HEAD', '--json', ...targets],
    {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NX_DAEMON: 'false', NX_WORKSPACE_ROOT_PATH: copy },
    },
  );
  return (JSON.parse(output) as string[]).sort();
}

function commitChangeOf(file: string): void {
  appendFileSync(join(copy, file), '\n');
  git('commit', '-qam', `touch ${file}`);
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'weir-affected-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  for (const file of files
    .toString()
    .split('\0')
    .filter((name) => name !== '')) {
    cpSync(join(root, file), join(copy, file), { force: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  git('init', '-q', '-b', 'main');
  git('add', '-A', '--', '.', ':!node_modules');
  git('commit', '-qm', 'all');
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('nx affected', () => {
  it('takes a change of libs/aggregation to exactly its dependents', () => {
    commitChangeOf('libs/aggregation/src/window.ts');
    expect(affectedProjects()).toEqual([
      'aggregation',
      'analytics-fn',
      'bench',
      'device-blocks',
      'dynamo-repo',
      'e2e',
      'infra-cdk',
      'operations',
      'process-fn',
    ]);
  }, 120_000);

  it('takes a change of a contract to exactly what is generated from it or serves it', () => {
    commitChangeOf('openapi/analytics.v1.yaml');
    expect(affectedProjects()).toEqual([
      'analytics-client',
      'analytics-fn',
      'archive-query',
      'authorizer-fn',
      'bench',
      'client-core',
      'dashboard',
      'device-blocks',
      'device-simulator',
      'e2e',
      'envelope-stream',
      'infra-cdk',
      'ingest-client',
      'ingest-fn',
      'openapi',
      'operations',
      'process-fn',
      'rest-api',
      'telemetry-schema',
    ]);
  }, 120_000);

  it('takes a change of the dashboard to what deploys and drives it', () => {
    commitChangeOf('apps/dashboard/src/main.ts');
    expect(affectedProjects()).toEqual(['bench', 'dashboard', 'e2e', 'infra-cdk']);
  }, 120_000);
});

describe('a deployment', () => {
  function isDue(): boolean {
    const cli = join(copy, 'tools/src/deployment/cli.ts');
    const output = execFileSync(join(root, 'node_modules/.bin/tsx'), [cli, 'due', 'dev'], {
      cwd: copy,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(output).toMatch(/^due=(true|false)\n$/);
    return output === 'due=true\n';
  }

  it('is due from the first commit that changes what runs since the last successful one, until it succeeds', () => {
    expect(isDue()).toBe(true);
    git('tag', '--force', 'deployed/dev');
    commitChangeOf('docs/architecture.md');
    expect(isDue()).toBe(false);
    commitChangeOf('libs/aggregation/src/window.ts');
    commitChangeOf('docs/architecture.md');
    expect(isDue()).toBe(true);
    git('tag', '--force', 'deployed/dev');
    expect(isDue()).toBe(false);
  }, 120_000);
});
