import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const WORKSPACE = resolve(__dirname, '../../..');
const COPIED = [
  'nx.json',
  'package.json',
  'tsconfig.base.json',
  '.prettierrc.json',
  '.changeset/config.json',
  '.changeset/README.md',
  'openapi/package.json',
  'openapi/*.yaml',
  'openapi/{generate,guard}/*.ts',
  '{apps,libs}/*/package.json',
  '{apps,libs}/*/src/generated/*',
];

export interface GuardRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the guard needs of this workspace, in a git repository of its own on the branch `change`, one commit above `main`. */
export class TemporaryWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'weir-guard-'));

  constructor() {
    for (const path of globSync(COPIED, { cwd: WORKSPACE })) {
      cpSync(join(WORKSPACE, path), join(this.root, path));
    }
    for (const modules of ['node_modules', 'openapi/node_modules']) {
      if (!existsSync(join(WORKSPACE, modules))) continue;
      symlinkSync(join(WORKSPACE, modules), join(this.root, modules));
    }
    this.write('.gitignore', 'node_modules\n');
    this.git('init', '-q', '-b', 'main');
    this.commit('base');
    this.git('tag', 'start');
    this.reset();
  }

  /** Back to what the constructor made. */
  reset(): void {
    this.git('checkout', '-q', '-f', '-B', 'main', 'start');
    for (const tag of this.git('tag')
      .split('\n')
      .filter((tag) => tag !== '' && tag !== 'start'))
      this.git('tag', '-d', tag);
    this.git('checkout', '-q', '-B', 'change');
    this.git('clean', '-qfd');
    this.git('commit', '-q', '--allow-empty', '-m', 'begin a change');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  git(...args: string[]): string {
    const identity = [
      '-c',
      'user.name=test',
      '-c',
      'user.email=test@example.invalid',
      '-c',
      'commit.gpgsign=false',
    ];
    return execFileSync('git', [...identity, ...args], { cwd: this.root, encoding: 'utf8', stdio: 'pipe' });
  }

  commit(message: string): void {
    this.git('add', '-A');
    this.git('commit', '-qm', message);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Replaces the first occurrence of a text that must be there. */
  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} has no ${JSON.stringify(from)}`);
    this.write(
      path,
      text.replace(from, () => to),
    );
  }

  changeset(name: string, bumps: Readonly<Record<string, string>>): void {
    const lines = Object.entries(bumps).map(([affected, bump]) => `'${affected}': ${bump}`);
    this.write(`.changeset/${name}.md`, ['---', ...lines, '---', '', 'A change.', ''].join('\n'));
  }

  changesets(): string[] {
    return globSync('.changeset/*.md', { cwd: this.root })
      .filter((path) => !path.endsWith('README.md'))
      .sort();
  }

  guard(...args: string[]): GuardRun {
    const tsx = join(WORKSPACE, 'node_modules/.bin/tsx');
    const { status, stdout, stderr } = spawnSync(tsx, [join(this.root, 'openapi/guard/cli.ts'), ...args], {
      cwd: this.root,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }
}
