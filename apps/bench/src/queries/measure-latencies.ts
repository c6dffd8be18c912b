import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleAs, bundleOf } from '../bundles.js';
import { messageOf } from '../child-process.js';
import { percentile } from '../percentile.js';
import type { Question } from './ask-api.js';
import type { TimingOrder, Timings } from './timing-process.js';

/** How many answers are timed. */
export interface Repetitions {
  /** Of each query by one container that has answered it before. */
  readonly warm: number;
  /** Of each query by a new container. */
  readonly cold: number;
}

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How long a query takes from the event to the answer, all pages together. */
export interface QueryLatency {
  readonly warm: Percentiles;
  /** A container's first answer, the load of its module included. */
  readonly cold: Percentiles;
  /** A strongly consistent GetItem by the SDK alone, between the warm answers. */
  readonly getItem: Percentiles;
}

/** Asks an engine without the metering proxy, which takes time itself. */
export async function measureLatencies(
  questions: Readonly<Record<string, Question>>,
  place: Pick<TimingOrder, 'environment' | 'timeMs'>,
  { warm, cold }: Repetitions,
): Promise<Record<string, QueryLatency>> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const program = join(folder, 'timing-process.mjs');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const source = fileURLToPath(new URL('./timing-process.ts', import.meta.url));
    await bundleAs('esbuild.function.config.cjs', { entryPoints: [source] }, program);
    const order = { ...place, bundle: bundleOf('analytics-fn').href };
    const names = Object.keys(questions);
    const warmTimings = await time(program, { ...order, questions: Object.values(questions), rounds: warm });
    const coldMs = new Map<string, number[]>(names.map((name) => [name, []]));
    for (let run = 0; run < cold; run += 1) {
      for (const [name, question] of Object.entries(questions)) {
        const { firstMs } = await time(program, { ...order, questions: [question], rounds: 0 });
        coldMs.get(name)?.push(firstMs);
      }
    }
    const getItem = percentilesOf(warmTimings.getItemMs);
    return Object.fromEntries(
      names.map((name, index) => [
        name,
        {
          warm: percentilesOf(warmTimings.roundsMs[index] ?? []),
          cold: percentilesOf(coldMs.get(name) ?? []),
          getItem,
        },
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function time(program: string, order: TimingOrder): Promise<Timings> {
  const child = fork(program, { execArgv: [] });
  child.send(order);
  return messageOf<Timings>(child);
}

function percentilesOf(valuesMs: readonly number[]): Percentiles {
  return { p50Ms: percentile(valuesMs, 0.5), p99Ms: percentile(valuesMs, 0.99) };
}
