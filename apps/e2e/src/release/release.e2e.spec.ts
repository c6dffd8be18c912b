import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  freePortBase,
  makeToken,
  root,
  startStack,
  waitUntilQueryable,
  type LocalStack,
} from '@weir/local-stack';
import { readmeExamples, writeExamples } from '../readme/readme-examples.js';
import { runProgram, type ProgramOutcome } from '../run-program.js';
import { consumerProject, type ConsumerProject } from './consumer-project.js';
import { npmSandbox, type NpmSandbox } from './npm-sandbox.js';
import { startRegistry, type PackageRegistry } from './package-registry.js';
import { copyRepository, git, IDENTITY } from './repository-copy.js';

const PACKAGES = ['@weir/aggregation', '@weir/analytics-client', '@weir/dynamo-repo', '@weir/ingest-client'];
const CLIENTS = ['@weir/analytics-client', '@weir/ingest-client'];

const scratch = mkdtempSync(join(tmpdir(), 'weir-release-test-'));
const copy = join(scratch, 'weir');
let registry: PackageRegistry;
let sandbox: NpmSandbox;

beforeAll(async () => {
  const port = await freePortBase();
  sandbox = npmSandbox(join(scratch, 'npm'), `http://127.0.0.1:${port}/`);
  await copyRepository(copy, sandbox.env);
  await askForReleases();
  await openRegistry({ refused: ['@weir/ingest-client'] });
  for (const name of ['openapi-fetch', 'openapi-typescript-helpers']) await publishInstalled(name);
}, 300_000);

afterAll(async () => {
  await registry?.stop();
  rmSync(scratch, { recursive: true, force: true });
}, 60_000);

/** Whether changesets are pending in the tree or not, in the copy one is, for every package. */
async function askForReleases(): Promise<void> {
  const folder = join(copy, '.changeset');
  for (const file of readdirSync(folder)) {
    if (file !== 'README.md' && file !== 'config.json') rmSync(join(folder, file));
  }
  const bumps = PACKAGES.map((name) => `'${name}': minor`);
  writeFileSync(join(folder, 'all.md'), ['---', ...bumps, '---', '', 'Everything is new.', ''].join('\n'));
  await git(copy, sandbox.env, 'add', '-A');
  await git(copy, sandbox.env, 'commit', '-qm', 'feat: everything');
}

async function openRegistry(options: { refused?: readonly string[] } = {}): Promise<void> {
  const port = Number(new URL(sandbox.registry).port);
  registry = await startRegistry({ folder: join(scratch, 'registry'), port, ...options });
}

/** Publishes what the workspace has installed, so that the registry needs no other one behind it. */
async function publishInstalled(name: string): Promise<void> {
  const folder = join(root, 'node_modules', name);
  const packed = await sandbox.npm(
    ['pack', folder, '--json', '--ignore-scripts', '--pack-destination', scratch],
    scratch,
  );
  const [{ filename }] = Object.values(JSON.parse(packed)) as [{ filename: string }];
  await sandbox.npm(['publish', join(scratch, filename), '--ignore-scripts'], scratch);
}

/** `npm run release` in the copy. */
function release(...args: string[]): Promise<ProgramOutcome> {
  const env = { ...sandbox.env, ...IDENTITY, NX_DAEMON: 'false' };
  return runProgram('npm', ['run', '-s', 'release', '--', ...args], { cwd: copy, env });
}

describe('a release', () => {
  it('only says which versions it would give when asked to', async () => {
    const { code, stdout, stderr } = await release('version', '--dry-run');

    expect([code, stderr]).toEqual([0, '']);
    for (const name of PACKAGES) expect(stdout).toMatch(new RegExp(`${name} -> \\d`));
    expect(await git(copy, sandbox.env, 'status', '--porcelain')).toBe('');
    await expectPublished([]);
  }, 300_000);

  it('leaves out neither what is not committed nor changesets that are pending', async () => {
    const skipping = await release('publish', '--registry', sandbox.registry);
    writeFileSync(join(copy, 'docs/draft.md'), '# Draft\n');
    const dirty = await release('--registry', sandbox.registry);
    rmSync(join(copy, 'docs/draft.md'));

    expect([skipping.code, skipping.stderr]).toEqual([
      1,
      expect.stringContaining('Changesets are pending (all)'),
    ]);
    expect([dirty.code, dirty.stderr]).toEqual([1, expect.stringContaining('docs/draft.md')]);
    expect(await git(copy, sandbox.env, 'status', '--porcelain')).toBe('');
    await expectPublished([]);
  }, 300_000);

  it('that breaks off has published what others need, and says why', async () => {
    const { code, stderr } = await release('--registry', sandbox.registry);

    expect(code).toBe(1);
    expect(stderr).toContain('npm publish');
    await expectPublished(PACKAGES.filter((name) => name !== '@weir/ingest-client'));
  }, 300_000);

  it('is finished by running it again, from a later commit too', async () => {
    const versions = publicVersions();
    const released = await git(copy, sandbox.env, 'rev-parse', 'HEAD');
    await git(copy, sandbox.env, 'tag', '-d', `@weir/aggregation@${versions['@weir/aggregation']}`);
    writeFileSync(join(copy, 'docs/later.md'), '# Later\n');
    await git(copy, sandbox.env, 'add', '-A');
    await git(copy, sandbox.env, 'commit', '-qm', 'docs: later');
    await registry.stop();
    await openRegistry();

    const planned = await release('--dry-run', '--registry', sandbox.registry);
    const { code, stdout, stderr } = await release('--registry', sandbox.registry);

    expect(planned.stdout.match(/ would be published: \d+ files$/gm)).toHaveLength(1);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/ is published$/gm)).toHaveLength(1);
    expect(stdout.match(/ is published already$/gm)).toHaveLength(3);
    await expectPublished(PACKAGES);
    for (const name of PACKAGES) {
      const at = await git(copy, sandbox.env, 'rev-parse', `${name}@${versions[name]}^{commit}`);
      if (name !== '@weir/ingest-client') expect([name, at]).toEqual([name, released]);
    }
    expect(await git(copy, sandbox.env, 'tag')).toBe(
      PACKAGES.map((name) => `${name}@${versions[name]}`).join('\n'),
    );
  }, 300_000);

  it('that is complete changes nothing', async () => {
    const head = await git(copy, sandbox.env, 'rev-parse', 'HEAD');

    const { code, stdout } = await release('--registry', sandbox.registry);

    expect(code).toBe(0);
    expect(stdout.match(/ is published already$/gm)).toHaveLength(4);
    expect(stdout).not.toMatch(/ is published$|is tagged/m);
    expect(await git(copy, sandbox.env, 'rev-parse', 'HEAD')).toBe(head);
    expect(await git(copy, sandbox.env, 'status', '--porcelain')).toBe('');
  }, 300_000);

  it('publishes nothing while a check finds anything, and names every finding', async () => {
    editJson('libs/analytics-client/package.json', (manifest) => {
      manifest['version'] = '7.0.0';
      manifest['weir'] = { bundleGzipBytesMax: 2000 };
    });
    editJson('libs/ingest-client/package.json', (manifest) => {
      manifest['version'] = '7.0.0';
      manifest['exports'] = { '.': { types: './dist/types.d.ts', default: './dist/index.js' } };
    });
    editJson('libs/aggregation/package.json', (manifest) => {
      manifest['version'] = String(manifest['version']).replace(/\d+$/, '99');
    });
    editJson('libs/aggregation/tsconfig.build.json', (config) => {
      config['exclude'] = ['src/**/*.spec.ts'];
    });
    await git(copy, sandbox.env, 'commit', '-qam', 'fix: four mistakes');

    const { code, stderr } = await release('publish', '--registry', sandbox.registry);
    await git(copy, sandbox.env, 'reset', '-q', '--hard', 'HEAD~1');

    expect(code).toBe(1);
    const findings = stderr.split('\n').filter((line) => line.startsWith('@weir/'));
    expect(findings).toEqual(
      expect.arrayContaining([
        '@weir/aggregation: dist/testing/device-hours.js does not belong into the tarball',
        expect.stringMatching(/^@weir\/analytics-client: it takes 5\d{3} bytes in a browser/),
        expect.stringMatching(/^@weir\/ingest-client: .*dist\/types\.d\.ts.*does not exist/),
        expect.stringMatching(/^@weir\/ingest-client: its types: .*bundler/),
      ]),
    );
    await expectPublished(PACKAGES);
  }, 300_000);
});

describe('what is published', () => {
  it('has nothing of the repository’s own, and its origin', async () => {
    const head = await git(
      copy,
      sandbox.env,
      'rev-parse',
      `@weir/dynamo-repo@${publicVersions()['@weir/dynamo-repo']}^{commit}`,
    );
    for (const name of PACKAGES) {
      const manifest = JSON.parse(await sandbox.npm(['view', name, '--json'], scratch)) as Record<
        string,
        unknown
      >;
      expect(JSON.stringify(manifest['exports'])).not.toMatch(/@weir\/source|src\//);
      for (const field of ['devDependencies', 'scripts', 'weir']) expect(manifest[field] ?? {}).toEqual({});
      if (name === '@weir/dynamo-repo') {
        expect(manifest['gitHead']).toBe(head);
        expect(manifest['dependencies']).toMatchObject({
          '@weir/aggregation': `^${publicVersions()['@weir/aggregation']}`,
        });
      }
    }
  }, 60_000);
});

describe('the clients, installed from the registry', () => {
  const dataDir = join(scratch, 'stack');
  let stack: LocalStack;
  let token: string;
  let javascript: ConsumerProject;
  let typescript: ConsumerProject;

  beforeAll(async () => {
    const portBase = await freePortBase();
    stack = await startStack({ dataDir, portBase });
    [javascript, typescript] = await Promise.all([
      consumerProject(join(scratch, 'javascript'), CLIENTS, sandbox),
      consumerProject(join(scratch, 'typescript'), CLIENTS, sandbox),
    ]);
    token = await makeToken({ dataDir, portBase });
  }, 300_000);

  afterAll(() => stack?.stop(), 60_000);

  it('bring nothing but openapi-fetch', () => {
    const installed = readdirSync(join(javascript.folder, 'node_modules'))
      .filter((name) => !name.startsWith('.'))
      .sort();
    expect(installed).toEqual(['@weir', 'openapi-fetch', 'openapi-typescript-helpers']);
    for (const name of CLIENTS) {
      const folder = join(javascript.folder, 'node_modules', name);
      expect(readdirSync(folder).sort()).toEqual([
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'dist',
        'package.json',
      ]);
      expect(readdirSync(join(folder, 'dist')).sort()).toEqual(['index.d.ts', 'index.js', 'index.js.map']);
    }
  });

  it('send and query from an empty project of ES modules', async () => {
    const file = javascript.write(
      'ingest.js',
      `import { createIngestClient } from '@weir/ingest-client';
       const client = createIngestClient({
         baseUrl: '${stack.ingestUrl}',
         token: '${token}',
         onRejected: (reading, rejection) => console.log(reading, rejection),
         maxBatchReadings: 50,
       });
       for (let index = 0; index < 120; index += 1) {
         const timestamp = Date.UTC(2026, 9, 1, 0, index);
         await client.send({ deviceId: 'installed-1', timestamp, metrics: { level: index } });
       }
       await client.close();
       console.log(client.stats.accepted, client.stats.requests >= 3);`,
    );
    expect(await javascript.run(file)).toBe('120 true\n');
    await waitUntilQueryable(stack.infoUrl);
    const query = javascript.write(
      'query.js',
      `import { createAnalyticsClient } from '@weir/analytics-client';
       const client = createAnalyticsClient({ baseUrl: '${stack.analyticsUrl}', token: async () => '${token}' });
       const day = { from: '2026-10-01T00:00:00Z', to: '2026-10-02T00:00:00Z', limit: 1 };
       for await (const { start, count, avg } of client.aggregates({
         deviceId: 'installed-1', metric: 'level', resolution: '1h', ...day,
       })) console.log(start, count, avg);`,
    );
    expect(await javascript.run(query)).toBe(
      '2026-10-01T00:00:00.000Z 60 29.5\n2026-10-01T01:00:00.000Z 60 89.5\n',
    );
  }, 60_000);

  it('have READMEs whose examples compile, and print what they say', async () => {
    const replacements = {
      'http://127.0.0.1:4001': stack.ingestUrl,
      'http://127.0.0.1:4002': stack.analyticsUrl,
      'eyJ…': token,
    };
    const files = new Map<string, string | undefined>();
    for (const name of ['ingest-client', 'analytics-client']) {
      const examples = readmeExamples(join(typescript.folder, 'node_modules/@weir', name, 'README.md'));
      expect(examples.length).toBeGreaterThanOrEqual(3);
      writeExamples(typescript.folder, name, examples, replacements).forEach((file, index) =>
        files.set(file, examples[index]?.output),
      );
    }
    await expectTypechecked([...files.keys()]);
    for (const [file, output] of files) {
      if (file.includes('analytics-client')) await waitUntilQueryable(stack.infoUrl);
      expect([file, await typescript.run(file)]).toEqual([file, output]);
    }
  }, 60_000);

  it('have types that refuse what the contract does not know', async () => {
    const file = typescript.write(
      'mistakes.ts',
      `import { createAnalyticsClient } from '@weir/analytics-client';
       const client = createAnalyticsClient({ baseUrl: '', token: '' });
       client.aggregates({ deviceId: 'a', metric: 'm', resolution: '2h', from: 0, to: 1 });
       for await (const window of client.devices()) window.colour;`,
    );
    const { code, stdout } = await typescript.typecheck({ ...STRICT, ...BROWSER }, [file]);
    expect(code).not.toBe(0);
    expect(stdout.match(/mistakes\.ts\(\d+/g)).toEqual(['mistakes.ts(3', 'mistakes.ts(4']);
  }, 60_000);

  const STRICT = { strict: true, noEmit: true, target: 'es2022', verbatimModuleSyntax: true };
  const BROWSER = {
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: [],
  };
  const NODE = {
    module: 'node16',
    moduleResolution: 'node16',
    lib: ['es2022'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };

  /** With the packages' own declarations checked too: for a bundler with a browser's types, and for Node with Node's. */
  async function expectTypechecked(files: readonly string[]): Promise<void> {
    for (const surroundings of [BROWSER, NODE]) {
      const { code, stdout } = await typescript.typecheck({ ...STRICT, ...surroundings }, files);
      expect([stdout, code]).toEqual(['', 0]);
    }
  }
});

function publicVersions(): Record<string, string> {
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const file = join(copy, 'libs', name.replace('@weir/', ''), 'package.json');
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
    }),
  );
}

async function expectPublished(names: readonly string[]): Promise<void> {
  const versions = publicVersions();
  const published: string[] = [];
  for (const name of PACKAGES) {
    const { code, stdout } = await sandbox.tryNpm(['view', name, 'version', '--json'], scratch);
    if (code === 0 && JSON.parse(stdout) === versions[name]) published.push(name);
  }
  expect(published).toEqual(names);
}

function editJson(file: string, edit: (content: Record<string, unknown>) => void): void {
  const path = join(copy, file);
  const content = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  edit(content);
  writeFileSync(path, JSON.stringify(content, undefined, 2));
}
