import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Throughput } from '../end-to-end/measure-throughput.js';
import type { RoleMemory } from './memory-record.js';

/** A long run of the local pipeline. */
export interface EnduranceRun {
  /** UTC. */
  readonly date: string;
  readonly machine: string;
  readonly cores: number;
  /** Each from `npm start` to ready, in milliseconds. */
  readonly startsMs: readonly number[];
  /** Of one core, while nothing is sent. */
  readonly idlePercent: { readonly afterStart: number; readonly afterLoad: number };
  readonly throughput: Throughput;
  readonly memory: readonly RoleMemory[];
}

const KEPT = fileURLToPath(new URL('./last-run.json', import.meta.url));

/** The last run that was kept, for the document; undefined where none was. */
export function keptRun(): EnduranceRun | undefined {
  return existsSync(KEPT) ? (JSON.parse(readFileSync(KEPT, 'utf8')) as EnduranceRun) : undefined;
}

/** @returns where it is kept */
export async function keepRun(run: EnduranceRun): Promise<string> {
  const options = { ...(await resolveConfig(KEPT)), parser: 'json' };
  writeFileSync(KEPT, await format(JSON.stringify(run, null, 2), options));
  return KEPT;
}
