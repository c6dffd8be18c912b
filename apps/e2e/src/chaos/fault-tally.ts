import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultKindOf } from './fault-schedule.js';

/**
 * How often each kind of fault was applied, over all lives of a runtime, from the log that it writes as it goes: what it
 * counts itself dies with it.
 */
export function tallyFaults(dataDir: string): ReadonlyMap<string, number> {
  const tally = new Map<string, number>();
  for (const name of ['faults.ndjson.1', 'faults.ndjson']) {
    const file = join(dataDir, 'logs', name);
    if (!existsSync(file)) continue;
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const kind = line === '' ? undefined : kindOfLine(line);
      if (kind !== undefined) tally.set(kind, (tally.get(kind) ?? 0) + 1);
    }
  }
  return tally;
}

/** A line that a SIGKILL cut short is none. */
function kindOfLine(line: string): string | undefined {
  try {
    const { message } = JSON.parse(line) as { message: string };
    return faultKindOf(JSON.parse(message) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}
