import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workspaceRoot } from '@weir/local-stack';
import { EVENTS, loadFunction } from './load-function.js';
import { splitBundle } from './split-bundle.js';

/**
 * Measures what tracing adds to a cold start, in CPU time, which other work on the machine disturbs least: each function is
 * loaded and invoked once in fresh processes, sampled and not by turns, and the medians are printed.
 */

const RUNS = 21;
const root = workspaceRoot(process.cwd());

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function measure(project: string): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-load-'));
  try {
    const { entry } = await splitBundle(root, project, folder);
    const plain = [];
    const sampled = [];
    for (let run = 0; run < RUNS; run += 1) {
      plain.push(loadFunction(root, entry, project, false));
      sampled.push(loadFunction(root, entry, project, true));
    }
    const loadMs = median([...plain, ...sampled].map(({ startCpuMs }) => startCpuMs));
    const plainMs = median(plain.map(({ invocationCpuMs }) => invocationCpuMs));
    const sampledMs = median(sampled.map(({ invocationCpuMs }) => invocationCpuMs));
    return {
      'module load, CPU ms': loadMs.toFixed(1),
      'first invocation, not sampled': plainMs.toFixed(1),
      'first invocation, sampled': sampledMs.toFixed(1),
      'added by the tracer': `${((100 * (sampledMs - plainMs)) / loadMs).toFixed(0)} % of the load`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const rows: Record<string, object> = {};
for (const project of Object.keys(EVENTS)) rows[project] = await measure(project);
console.table(rows);
