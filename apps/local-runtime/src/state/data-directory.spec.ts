import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isRunning } from '../processes/process-identity.js';
import { lockDataDirectory, prepareDataDirectory } from './data-directory.js';

let path: string;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'weir-data-')), 'data');
});
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }));

const keepNothing = { fresh: false, keep: [] };

describe('a data directory', () => {
  it('belongs to one runtime at a time', () => {
    const first = lockDataDirectory(path, keepNothing);
    expect(() => lockDataDirectory(path, keepNothing)).toThrow(
      /Another Weir \(process \d+\) uses .*--data-dir and --port-base/,
    );
    first.release();
    lockDataDirectory(path, keepNothing).release();
  });

  it('is taken over from a runtime that is dead, even if its id is in use again', () => {
    prepareDataDirectory(path);
    writeFileSync(join(path, 'runtime.lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
    lockDataDirectory(path, keepNothing).release();
    writeFileSync(join(path, 'runtime.lock'), '{"pid":');
    lockDataDirectory(path, keepNothing).release();
  });

  it('of another version is refused, and cleared with fresh', () => {
    prepareDataDirectory(path);
    writeFileSync(join(path, 'weir-data-version'), '0');
    writeFileSync(join(path, 'old'), '');
    expect(() => lockDataDirectory(path, keepNothing)).toThrow(/another version of Weir .*--fresh/);
    lockDataDirectory(path, { fresh: true, keep: ['old'] }).release();
    expect(readdirSync(path)).toEqual(['weir-data-version']);
  });

  it('loses everything but what is kept with fresh', () => {
    prepareDataDirectory(path);
    mkdirSync(join(path, 'kinesis'));
    writeFileSync(join(path, 'kinesis', 'log'), '');
    writeFileSync(join(path, 'key'), '');
    lockDataDirectory(path, { fresh: true, keep: ['key'] }).release();
    expect(readdirSync(path).sort()).toEqual(['key', 'weir-data-version']);
  });

  it('is never a folder with files of somebody else', () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'thesis.txt'), '');
    expect(() => lockDataDirectory(path, { fresh: true, keep: [] })).toThrow(
      /no data directory of Weir, since it holds thesis.txt/,
    );
    expect(existsSync(join(path, 'thesis.txt'))).toBe(true);
  });

  it('ends what a killed runtime left behind, and nothing else', async () => {
    const leftover = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await Promise.all([once(leftover, 'spawn'), once(stranger, 'spawn')]);
    const ended = once(leftover, 'exit');
    const strangerPid = stranger.pid ?? 0;
    lockDataDirectory(path, keepNothing).ledger.record([leftover.pid ?? 0]);
    rmSync(join(path, 'runtime.lock'));

    const next = lockDataDirectory(path, keepNothing);
    expect(next.endedLeftovers).toEqual([leftover.pid]);
    expect((await ended)[1]).toBe('SIGKILL');

    writeFileSync(
      join(path, 'children.json'),
      JSON.stringify([{ pid: strangerPid, started: 'another time' }]),
    );
    expect(next.ledger.endLeftovers()).toEqual([]);
    const identity = identifyProcess(strangerPid);
    expect(identity !== undefined && isRunning(identity)).toBe(true);
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
    expect(identity !== undefined && isRunning(identity)).toBe(false);
    next.release();
  });
});
