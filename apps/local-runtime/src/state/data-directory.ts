import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { identifyProcess, isRunning, type ProcessIdentity } from '../processes/process-identity.js';
import { RuntimeError, systemCode } from '../runtime-error.js';
import { ProcessLedger } from './process-ledger.js';

/** Version of what stands in a data directory; it grows when older content can no longer be read. */
const layoutVersion = '2';
const versionFile = 'weir-data-version';
const lockFile = 'runtime.lock';
const ledgerFile = 'children.json';

/** A data directory that this process alone may use. */
export interface LockedDataDirectory {
  readonly path: string;
  readonly ledger: ProcessLedger;
  /** Ids of processes of an earlier, killed runtime that were ended. */
  readonly endedLeftovers: readonly number[];
  /** Gives the directory up. */
  release(): void;
}

/**
 * Makes sure that the directory is one of Weir's and of this version, creating it when it does not exist or is empty.
 * Needs no lock. Returns its absolute path.
 *
 * @throws RuntimeError `data_directory_version`.
 */
export function prepareDataDirectory(directory: string): string {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true });
  const version = readVersion(path);
  if (version === undefined) {
    requireEmpty(path);
    writeNew(join(path, versionFile), layoutVersion);
  } else if (version !== layoutVersion) {
    throw new RuntimeError(
      'data_directory_version',
      `${path} was written by another version of Weir (layout ${version}, this one is ${layoutVersion}): start with --fresh to clear it, or use another --data-dir.`,
    );
  }
  return path;
}

/**
 * Takes the directory for this process: locks it, and ends the processes that an earlier, killed runtime left behind.
 * With `fresh` everything in it is removed but `keep` (which survives only if the directory is of this version).
 *
 * @throws RuntimeError `data_directory_in_use` when another runtime uses it, `data_directory_version`.
 */
export function lockDataDirectory(
  directory: string,
  options: { readonly fresh: boolean; readonly keep: readonly string[] },
): LockedDataDirectory {
  const path = resolve(directory);
  if (!options.fresh || readVersion(path) === undefined) prepareDataDirectory(path);
  const lock = join(path, lockFile);
  takeLock(path, lock);
  try {
    const ledger = new ProcessLedger(join(path, ledgerFile));
    const endedLeftovers = ledger.endLeftovers();
    if (options.fresh) clear(path, options.keep);
    return { path, ledger, endedLeftovers, release: () => rmSync(lock, { force: true }) };
  } catch (error) {
    rmSync(lock, { force: true });
    throw error;
  }
}

function clear(path: string, keep: readonly string[]): void {
  const kept = new Set([lockFile, ...(readVersion(path) === layoutVersion ? [versionFile, ...keep] : [])]);
  for (const name of readdirSync(path)) {
    if (!kept.has(name)) rmSync(join(path, name), { recursive: true, force: true });
  }
  if (!existsSync(join(path, versionFile))) writeNew(join(path, versionFile), layoutVersion);
}

/** The lock names its process with the moment it started, so that a dead one is never taken for a living one. */
function takeLock(path: string, lock: string): void {
  const own = identifyProcess(process.pid);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    if (writeNew(lock, JSON.stringify(own))) return;
    const holder = readHolder(lock);
    if (holder !== undefined && isRunning(holder)) {
      throw new RuntimeError(
        'data_directory_in_use',
        `Another Weir (process ${holder.pid}) uses ${path}: stop it, or start with another --data-dir and --port-base.`,
      );
    }
    rmSync(lock, { force: true });
  }
  throw new RuntimeError(
    'data_directory_in_use',
    `Another Weir is starting in ${path}: stop it, or use another --data-dir.`,
  );
}

function readHolder(lock: string): ProcessIdentity | undefined {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return undefined; // Cut off while it was written: nobody holds it.
  }
}

function readVersion(path: string): string | undefined {
  try {
    return readFileSync(join(path, versionFile), 'utf8').trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** `--fresh` deletes what is in the directory, so it must never become one that holds somebody's files. */
function requireEmpty(path: string): void {
  const foreign = readdirSync(path).find((name) => name !== lockFile);
  if (foreign === undefined) return;
  throw new RuntimeError(
    'data_directory_version',
    `${path} is no data directory of Weir, since it holds ${foreign}: use an empty or new directory as --data-dir.`,
  );
}

/** Writes a file that must not exist yet; returns whether it was this call that created it. */
function writeNew(file: string, content: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx');
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  writeSync(descriptor, content);
  closeSync(descriptor);
  return true;
}
