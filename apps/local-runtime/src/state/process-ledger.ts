import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { identifyProcess, killProcess, type ProcessIdentity } from '../processes/process-identity.js';
import { systemCode } from '../runtime-error.js';

/**
 * The children of the runtime, kept in a file, so that the next start can end those that outlived a runtime which was
 * killed. Only processes whose start matches the recorded one are ever ended.
 */
export class ProcessLedger {
  private recorded = '[]';

  constructor(private readonly path: string) {}

  /** Records these processes in place of the earlier ones; does nothing when they are the same. */
  record(pids: readonly number[]): void {
    const identities = [...pids].sort((a, b) => a - b).flatMap((pid) => identifyProcess(pid) ?? []);
    const text = JSON.stringify(identities);
    if (text === this.recorded) return;
    const temporary = `${this.path}.tmp`;
    writeFileSync(temporary, text);
    renameSync(temporary, this.path);
    this.recorded = text;
  }

  /** Ends what an earlier runtime left behind; returns the ids of the processes it ended. */
  endLeftovers(): number[] {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
    return parseIdentities(text)
      .filter((identity) => killProcess(identity))
      .map(({ pid }) => pid);
  }
}

/** A damaged file names no process for certain, so it names none. */
function parseIdentities(text: string): ProcessIdentity[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isIdentity) : [];
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'started' in value &&
    typeof value.started === 'string'
  );
}
