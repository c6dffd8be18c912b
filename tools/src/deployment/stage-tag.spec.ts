import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StageTag } from './stage-tag.js';

let folder: string;
let clone: string;

function git(cwd: string, ...args: string[]): string {
  const identity = [
    '-c',
    'user.name=test',
    '-c',
    'user.email=test@example.invalid',
    '-c',
    'commit.gpgsign=false',
  ];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
}

function commit(): string {
  git(clone, 'commit', '-q', '--allow-empty', '-m', 'more');
  return git(clone, 'rev-parse', 'HEAD');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-deployment-'));
  clone = join(folder, 'clone');
  git(folder, 'init', '-q', '--bare', 'remote');
  git(folder, 'init', '-q', '-b', 'main', 'clone');
  git(clone, 'remote', 'add', 'origin', join(folder, 'remote'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the tag of what a stage runs', () => {
  it('is not there before the first deployment', () => {
    commit();
    const tag = new StageTag(clone, 'dev');
    expect([tag.commit(), tag.isAncestorOfHead()]).toEqual([undefined, false]);
  });

  it('follows HEAD forwards and backwards, here and at the remote, stage by stage', () => {
    const first = commit();
    const [dev, prod] = [new StageTag(clone, 'dev'), new StageTag(clone, 'prod')];
    dev.moveToHead('origin');
    prod.moveToHead('origin');
    const second = commit();
    dev.moveToHead('origin');
    expect([dev.commit(), prod.commit()]).toEqual([second, first]);
    expect(prod.isAncestorOfHead()).toBe(true);

    git(clone, 'checkout', '-q', first);
    expect(dev.isAncestorOfHead()).toBe(false);
    dev.moveToHead('origin');
    expect(dev.commit()).toBe(first);
    expect(git(join(folder, 'remote'), 'rev-parse', 'refs/tags/deployed/dev')).toBe(first);
  });

  it('stays where the remote cannot be reached, so that nothing is recorded by half unnoticed', () => {
    commit();
    git(clone, 'remote', 'set-url', 'origin', join(folder, 'nowhere'));
    expect(() => new StageTag(clone, 'dev').moveToHead('origin')).toThrow('nowhere');
  });
});
