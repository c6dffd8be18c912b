import { markdownTable } from './markdown-table.js';
import type { Goal } from './part-report.js';

/** Where and when a run was made. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly seconds: number;
}

const HEAD = `# Benchmarks

Written by \`npx nx run bench:all\`; do not edit. Except for times, rates and memory, all figures are counts: they come out
the same on every machine. How they are measured is in [\`apps/bench\`](../apps/bench/src).`;

/** The document of one run, in Markdown. */
export function documentOf(
  goals: readonly Goal[],
  sections: readonly string[],
  circumstances: Circumstances,
): string {
  return [
    HEAD,
    `Run of ${circumstances.date} on ${circumstances.machine}; ${circumstances.versions}; ${circumstances.seconds} seconds.`,
    '## Goals',
    markdownTable(
      ['goal', 'met', 'figure'],
      goals.map(({ goal, met, figure }) => [goal, met ? 'yes' : '**no**', figure]),
    ),
    ...sections,
    '',
  ].join('\n\n');
}
