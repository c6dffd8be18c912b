import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { reasonOf, systemCode } from '../runtime-error.js';

/** A process that is told apart from a later one with the same id by the moment it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. */
  readonly started: string;
}

/** Identifies a running process, or returns undefined when there is none with the id (or it is a zombie). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether exactly this process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/**
 * Ends exactly this process, at once. Returns whether it was running.
 */
export function killProcess(identity: ProcessIdentity): boolean {
  if (!isRunning(identity)) return false;
  sendKill(identity.pid);
  return true;
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself in between.
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

/**
 * Field 22 of /proc/PID/stat, the start in clock ticks since boot, with the id of the boot.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
function startedOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined;
    throw error;
  }
  // The command in parentheses may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${fields[19] ?? ''}`;
}

function startedElsewhere(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' ? undefined : line;
  } catch (error) {
    // ps ends with 1 when there is no such process.
    if (typeof error === 'object' && error !== null && 'status' in error && error.status === 1)
      return undefined;
    throw new Error(`The process ${pid} cannot be looked up: ${reasonOf(error)}`, { cause: error });
  }
}
