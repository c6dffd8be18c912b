import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { TemporaryWorkspace } from './testing/temporary-workspace.js';

const ANALYTICS = 'openapi/analytics.v1.yaml';
const INGEST = 'openapi/ingest.v1.yaml';
const CLIENT = '@weir/analytics-client';
const MANIFEST = 'libs/analytics-client/package.json';

let workspace: TemporaryWorkspace;

beforeAll(() => {
  workspace = new TemporaryWorkspace();
}, 60_000);

beforeEach(() => workspace.reset());

afterAll(() => workspace.remove());

function addOptionalParameter(): void {
  workspace.edit(
    ANALYTICS,
    '        - name: siteId\n          in: query\n',
    '        - name: model\n          in: query\n          schema: { type: string }\n        - name: siteId\n          in: query\n',
  );
}

function removeResponseProperty(): void {
  workspace.edit(
    ANALYTICS,
    "        lastSeen:\n          $ref: '#/components/schemas/Timestamp'\n        latest:",
    '        latest:',
  );
}

interface ReportOfContract {
  readonly contract: string;
  readonly base: { readonly commit: string; readonly reason: string };
  readonly bump: string;
  readonly findings: readonly { readonly pointer: string; readonly rule: string }[];
  readonly needs: readonly {
    readonly package: string;
    readonly needed: string;
    readonly announced: string;
  }[];
}

function contracts(stdout: string): Record<string, ReportOfContract> {
  const { contracts } = JSON.parse(stdout) as { contracts: ReportOfContract[] };
  return Object.fromEntries(contracts.map((report) => [report.contract, report]));
}

describe('openapi:guard', () => {
  it('asks for nothing where no contract changed', () => {
    const { status, stdout } = workspace.guard();
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('Every change is announced.'),
    });
  });

  it('demands exactly a minor changeset for the SDK where an optional query parameter is added', () => {
    addOptionalParameter();
    const refused = workspace.guard('--json');
    expect(refused.status).toBe(1);
    const reports = contracts(refused.stdout);
    expect(reports[ANALYTICS]).toMatchObject({
      bump: 'minor',
      findings: [{ pointer: '/paths/~1v1~1devices/get/parameters/0', rule: 'optional-parameter-added' }],
      needs: [{ package: CLIENT, needed: 'minor', announced: 'none' }],
    });
    expect(reports[INGEST]).toMatchObject({ bump: 'none', findings: [], needs: [] });

    workspace.changeset('small', { [CLIENT]: 'patch' });
    const small = workspace.guard();
    expect(small.status).toBe(1);
    expect(small.stdout).toContain(
      `refused: ${CLIENT} needs a changeset with minor, but only patch is announced by .changeset/small.md.`,
    );

    workspace.changeset('enough', { [CLIENT]: 'minor' });
    const accepted = workspace.guard();
    expect({ status: accepted.status, stdout: accepted.stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining(`ok: ${CLIENT} needs minor, and minor is announced`),
    });
  }, 60_000);

  it('refuses the removal of an optional response property until a major changeset exists', () => {
    removeResponseProperty();
    workspace.changeset('minor', { [CLIENT]: 'minor', '@weir/ingest-client': 'major' });
    const refused = workspace.guard();
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain(
      'major  /components/schemas/DeviceSummary/properties/lastSeen removed [GET /v1/devices]',
    );
    expect(refused.stdout).toContain('response-property-removed: Clients may read it, required or not.');
    expect(refused.stdout).toContain(`refused: ${CLIENT} needs a changeset with major, but only minor`);

    workspace.changeset('major', { [CLIENT]: 'major' });
    expect(workspace.guard().status).toBe(0);
  }, 60_000);

  it('counts no changeset that the base has already', () => {
    workspace.git('checkout', '-q', 'main');
    workspace.changeset('merged', { [CLIENT]: 'major' });
    workspace.commit('an earlier change');
    workspace.git('checkout', '-q', '-B', 'change');
    workspace.git('commit', '-q', '--allow-empty', '-m', 'begin a change');
    addOptionalParameter();
    expect(workspace.guard().status).toBe(1);
  }, 60_000);

  it('writes the changeset, replaces it when more changes, and then has nothing to write', () => {
    addOptionalParameter();
    const first = workspace.guard('--write');
    expect(first.status).toBe(0);
    const [file, ...others] = workspace.changesets();
    expect(others).toEqual([]);
    expect(first.stderr).toContain(`Written: ${file}`);
    expect(workspace.read(file as string)).toContain(`'${CLIENT}': minor`);
    expect(workspace.read(file as string)).toContain(
      '- minor: `/paths/~1v1~1devices/get/parameters/0 (query model)` added (optional-parameter-added).',
    );

    removeResponseProperty();
    expect(workspace.guard().status).toBe(1);
    expect(workspace.guard('--write').status).toBe(0);
    expect(workspace.changesets()).toEqual([file]);
    expect(workspace.read(file as string)).toContain(`'${CLIENT}': major`);
    expect(workspace.read(file as string)).toContain(
      '`/components/schemas/DeviceSummary/properties/lastSeen` removed',
    );

    const third = workspace.guard('--write');
    expect({ status: third.status, stderr: third.stderr }).toEqual({ status: 0, stderr: '' });
    const prettier = resolve(__dirname, '../../node_modules/.bin/prettier');
    execFileSync(prettier, ['--check', join(workspace.root, file as string)], { stdio: 'pipe' });
  }, 60_000);

  it('compares a change that is not committed yet with the commit that it is made on', () => {
    workspace.git('checkout', '-q', '-B', 'change', 'main');
    addOptionalParameter();
    const { status, stdout } = workspace.guard('--json');
    expect(status).toBe(1);
    expect(contracts(stdout)[ANALYTICS]).toMatchObject({
      base: { reason: 'HEAD, on which the contracts are being changed' },
      bump: 'minor',
    });
    expect(workspace.guard('--write').status).toBe(0);
  }, 60_000);

  it('compares the default branch itself with the last release, where a raised version counts', () => {
    workspace.git('checkout', '-q', 'main');
    const lost = workspace.guard();
    expect(lost.status).toBe(2);
    expect(lost.stderr).toContain('name a commit with --base');

    const { version } = JSON.parse(workspace.read(MANIFEST)) as { version: string };
    workspace.git('tag', `@weir/ingest-client@${version}`);
    workspace.git('tag', `${CLIENT}@${version}`);
    addOptionalParameter();
    workspace.commit('more');
    const refused = workspace.guard('--json');
    expect(refused.status).toBe(1);
    const reports = contracts(refused.stdout);
    expect(reports[ANALYTICS]?.base.reason).toBe(`the last release, ${CLIENT}@${version}`);
    expect(reports[INGEST]?.base.reason).toBe(`the last release, @weir/ingest-client@${version}`);

    const [major, minor] = version.split('.').map(Number) as [number, number];
    workspace.edit(MANIFEST, `"version": "${version}"`, `"version": "${major}.${minor + 1}.0"`);
    expect(workspace.guard().status).toBe(0);
    removeResponseProperty();
    expect(workspace.guard().status).toBe(1);
  }, 60_000);

  it('takes a new contract for additive, and one that is gone for breaking', () => {
    workspace.git('mv', ANALYTICS, 'openapi/analytics.v2.yaml');
    workspace.edit('openapi/generate/output-table.ts', ANALYTICS, 'openapi/analytics.v2.yaml');
    const { status, stdout } = workspace.guard('--json');
    expect(status).toBe(1);
    const reports = contracts(stdout);
    expect(reports['openapi/analytics.v2.yaml']).toMatchObject({
      bump: 'minor',
      findings: [{ rule: 'contract-added' }],
      needs: [{ package: CLIENT, needed: 'minor' }],
    });
    expect(reports[ANALYTICS]).toMatchObject({
      bump: 'major',
      findings: [{ rule: 'contract-removed' }],
      needs: [{ package: CLIENT, needed: 'major' }],
    });
  }, 60_000);

  it.each([
    ['an unknown base', ['--base', 'nowhere'], '--base: nowhere names no commit of this repository'],
    ['an unknown option', ['--what'], "Unknown option '--what'"],
  ])('refuses %s', (_name, args, message) => {
    const { status, stderr } = workspace.guard(...args);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });

  it.each([
    [
      '.changeset/odd.md',
      '---\n"@weir/analytics-client": huge\n---\n',
      '.changeset/odd.md: could not parse changeset',
    ],
    [ANALYTICS, 'openapi: [', `${ANALYTICS} is not YAML`],
    [INGEST, '- a list', `${INGEST} is not an OpenAPI document`],
  ])('refuses %s where it cannot be read, by name', (file, text, message) => {
    workspace.write(file, text);
    const { status, stderr } = workspace.guard();
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  });

  it('explains itself', () => {
    const { status, stdout } = workspace.guard('--help');
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('--write') });
  });
});
