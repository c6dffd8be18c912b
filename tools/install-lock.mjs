/** Lets one process at a time install into this folder: two `npm ci` at once would break `node_modules`. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/**
 * Waits until nobody else holds the lock, and holds it. The file names its holder's process, and a lock whose process is
 * gone counts for nothing, so a killed one keeps nobody waiting.
 *
 * @param {string} file the lock
 * @param {(processId: string) => void} onWait told once for each process that is waited for
 * @returns {Promise<() => void>} what gives the lock back
 */
export async function holdInstallLock(file, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  let waitedFor;
  for (;;) {
    if (create(file)) return () => rmSync(file, { force: true });
    const holder = holderOf(file);
    if (holder === undefined) continue;
    if (!isAlive(holder) && takeOver(file, holder)) return () => rmSync(file, { force: true });
    if (isAlive(holder) && holder !== waitedFor) onWait((waitedFor = holder));
    await sleep(POLL_MS);
  }
}

/** Makes the file with its content in one step, so that nobody sees one without a holder. */
function create(file) {
  const draft = writeDraft(file);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Of several that find the same dead holder only one may take its place, hence a lock around the second look. */
function takeOver(file, deadHolder) {
  const guard = `${file}.takeover`;
  if (!create(guard)) {
    const holder = holderOf(guard);
    if (holder !== undefined && !isAlive(holder)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (holderOf(file) !== deadHolder) return false;
    renameSync(writeDraft(file), file);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function writeDraft(file) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, String(process.pid));
  return draft;
}

/** What the file says, which is a process id unless somebody else wrote it. */
function holderOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
}

function isAlive(holder) {
  const processId = Number(holder);
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
