import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const tools = resolve(__dirname, '..');
let folder: string;
let log: string;
let lock: string;

/** A workspace whose installation and whose programs write down that they ran, with a lockfile that npm made. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-install-'));
  log = join(folder, 'log');
  lock = join(folder, '.nx/install.lock');
  mkdirSync(join(folder, 'tools'));
  mkdirSync(join(folder, 'programs'));
  for (const file of ['run.mjs', 'install-lock.mjs']) {
    if (existsSync(join(tools, file))) cpSync(join(tools, file), join(folder, 'tools', file));
  }
  const note = (text: string): string =>
    `require('node:fs').appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(`${text}\n`)});`;
  const pause = 'setTimeout(() => {';
  writeFileSync(
    join(folder, 'install.cjs'),
    `${note('install begins')} ${pause} ${note('install ends')} }, 300);`,
  );
  writeFileSync(join(folder, 'programs/prettier.cjs'), `#!/usr/bin/env node\n${note('command')}\n`);
  writeFileSync(join(folder, 'programs/other.cjs'), '#!/usr/bin/env node\n');
  const bin = { prettier: 'prettier.cjs', eslint: 'other.cjs', nx: 'other.cjs' };
  writeJson('programs/package.json', { name: 'programs', version: '1.0.0', bin });
  const scripts = { postinstall: 'node install.cjs' };
  writeJson('package.json', {
    name: 'test',
    version: '1.0.0',
    private: true,
    workspaces: ['programs'],
    scripts,
  });
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--package-lock-only', '--offline', '--ignore-scripts'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(stderr);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeJson(file: string, content: object): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}

function startCommand(): { ended: Promise<number | null>; output: () => string } {
  const child = spawn(process.execPath, ['tools/run.mjs', 'fix'], { cwd: folder });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    ended: once(child, 'close').then(([code]) => code as number | null),
    output: () => Buffer.concat(chunks).toString(),
  };
}

const lines = (): string[] => readFileSync(log, 'utf8').trim().split('\n');

describe('commands that start while an installation is due', () => {
  it('install once, and none begins before that has ended', async () => {
    const commands = [startCommand(), startCommand(), startCommand()];

    const codes = await Promise.all(commands.map(({ ended }) => ended));

    expect([codes, commands.map(({ output }) => output())]).toEqual([[0, 0, 0], expect.anything()]);
    expect(lines()).toEqual(['install begins', 'install ends', 'command', 'command', 'command']);
    expect(existsSync(lock)).toBe(false);
  }, 60_000);

  it('wait for another one that installs, and say for which', async () => {
    mkdirSync(join(folder, '.nx'));
    writeFileSync(lock, String(process.pid));
    const { ended, output } = startCommand();
    while (!output().includes(`process ${process.pid}`))
      await new Promise((proceed) => setTimeout(proceed, 20));
    expect(existsSync(log)).toBe(false);

    rmSync(lock);

    expect(await ended).toBe(0);
    expect(lines()).toEqual(['install begins', 'install ends', 'command']);
  }, 60_000);

  it.each([
    ['from one that was killed', () => String(spawnSync(process.execPath, ['--version']).pid)],
    ['what no process wrote', () => ''],
  ])(
    'take over %s',
    async (_what, holder) => {
      mkdirSync(join(folder, '.nx'));
      writeFileSync(lock, holder());

      const codes = await Promise.all([startCommand(), startCommand()].map(({ ended }) => ended));

      expect(codes).toEqual([0, 0]);
      expect(lines()).toEqual(['install begins', 'install ends', 'command', 'command']);
    },
    60_000,
  );
});
