import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parse } from 'yaml';

const root = resolve(__dirname, '../..');
const FOLDER = '.github/workflows';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly file: string;
  readonly text: string;
  readonly permissions?: unknown;
  readonly concurrency?: unknown;
  readonly on: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = globSync(`${FOLDER}/*.yml`, { cwd: root })
  .sort()
  .map((file): Workflow => {
    const text = readFileSync(join(root, file), 'utf8');
    return { ...(parse(text) as Workflow), file: basename(file), text };
  });
const jobs = workflows.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, job]) => [`${file}: ${name}`, job] as const),
);
const runs = jobs.flatMap(([name, { steps = [] }]) =>
  steps.flatMap(({ run }) => (run === undefined ? [] : run.split('\n').map((line) => [name, line] as const))),
);

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const targets = Object.fromEntries(
  globSync(['{apps,libs}/*/project.json', 'openapi/project.json', 'tools/project.json'], { cwd: root }).map(
    (file) => {
      const project = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
        name: string;
        targets: Record<string, { configurations?: Record<string, unknown> }>;
      };
      return [project.name, project.targets];
    },
  ),
);

/** Everything that the lines of the workflows call by a pattern. */
function called(pattern: RegExp): string[][] {
  return runs.flatMap(([, line]) => [...line.matchAll(pattern)].map((match) => match.slice(1)));
}

describe('the workflows', () => {
  it('are the four that the documentation names', () => {
    expect(workflows.map(({ file }) => file)).toEqual([
      'ci.yml',
      'deploy-stage.yml',
      'deploy.yml',
      'release.yml',
    ]);
  });

  it.each(workflows.map((workflow) => [workflow.file, workflow] as const))(
    '%s pins every action to a commit and names its version',
    (_file, { text }) => {
      const used = text.split('\n').filter((line) => /^\s*(-\s+)?uses:/.test(line));
      expect(used.length).toBeGreaterThan(0);
      for (const line of used) {
        expect(line).toMatch(
          /uses: (\.\/\.github\/workflows\/[\w-]+\.yml|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/,
        );
      }
    },
  );

  it('pin one action to one commit everywhere', () => {
    const pins = new Set(
      workflows.flatMap(({ text }) => text.match(/[\w./-]+@[0-9a-f]{40} # v[\d.]+/g) ?? []),
    );
    const actions = [...pins].map((pin) => pin.split('@')[0]);
    expect(new Set(actions).size).toBe(actions.length);
  });

  it.each(workflows.map((workflow) => [workflow.file, workflow] as const))(
    '%s grants nothing by default',
    (_file, { permissions }) => {
      expect(permissions).toEqual({});
    },
  );

  it.each(jobs)('%s says what it may do and how long it may take', (_name, job) => {
    expect(Object.keys(job.permissions ?? {})).not.toEqual([]);
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
    else expect(existsSync(join(root, job.uses))).toBe(true);
  });

  it.each(jobs)('%s leaves no credentials in the work tree', (_name, { steps = [] }) => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))) {
      expect(step.with).toMatchObject({ 'persist-credentials': false });
    }
  });

  it.each(jobs)('%s hands no expression to a shell, where it could be code', (_name, { steps = [] }) => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('do not overlap where they change something', () => {
    const changing = workflows.filter(({ file }) => file !== 'deploy.yml');
    expect(changing.filter(({ concurrency }) => concurrency === undefined)).toEqual([]);
  });

  it('use no stored secret', () => {
    expect(workflows.filter(({ text }) => /\bsecrets\b/.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('run npm scripts that exist', () => {
    const names = called(/npm run ([\w:-]+)/g).flat();
    const inActions = workflows.flatMap(({ text }) =>
      [...text.matchAll(/script: npm run ([\w:-]+)/g)].map(([, name]) => name),
    );
    expect([...names, ...inActions].length).toBeGreaterThan(0);
    expect([...names, ...inActions].filter((name) => scripts[name as string] === undefined)).toEqual([]);
  });

  it('run Nx targets and configurations that exist', () => {
    const calls = called(/nx run ([\w-]+):([\w-]+)(?: --configuration (\w+))?/g) as [
      string,
      string,
      string?,
    ][];
    expect(calls.length).toBeGreaterThan(0);
    for (const [project, target, configuration] of calls) {
      const found = targets[project]?.[target];
      expect({ project, target, found: found !== undefined }).toEqual({ project, target, found: true });
      if (configuration !== undefined)
        expect(Object.keys(found?.configurations ?? {})).toContain(configuration);
    }
  });

  it('run affected targets that some project has', () => {
    const names = called(/nx affected -t ([\w,-]+)/g).flatMap(([list]) => (list as string).split(','));
    const all = new Set(Object.values(targets).flatMap((ofProject) => Object.keys(ofProject)));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !all.has(name))).toEqual([]);
  });

  it('run programs that exist, for every stage that exists', () => {
    const files = called(/tsx (\S+\.ts)/g).flat();
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const stages = workflows.flatMap(({ jobs }) =>
      Object.values(jobs as Record<string, { with?: { stage?: string } }>).flatMap(
        (job) => job.with?.stage ?? [],
      ),
    );
    expect(stages).toEqual(Object.keys(targets['infra-cdk']?.['deploy']?.configurations ?? {}));
  });
});
