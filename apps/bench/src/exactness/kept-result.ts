import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { ExactnessResult } from './measure-designs.js';

/** The last run of the full size, which takes longer than a run of the whole benchmark may. */
export interface KeptResult extends ExactnessResult {
  /** When it was made, such as `2026-01-31`. */
  readonly date: string;
  readonly machine: string;
}

const FILE = fileURLToPath(new URL('./kept-result.json', import.meta.url));

/** Keeps a result beside the benchmark. */
export async function keepResult(result: ExactnessResult): Promise<void> {
  const kept: KeptResult = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    ...result,
  };
  const style = { ...(await resolveConfig(FILE)), parser: 'json' };
  writeFileSync(FILE, await format(JSON.stringify(kept), style));
}

/** What was kept last; undefined where nothing was. */
export function keptResult(): KeptResult | undefined {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as KeptResult) : undefined;
}
