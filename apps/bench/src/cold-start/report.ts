import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { LoadTime } from './measure-load.js';

const RATIO_MAX = 1.5;

const TEXT = `CPU time of loading each function's module in fresh processes: medians, all by turns in one run, next to a handler that does
nothing and to a handler with nothing but the client of the service that the function cannot do without.`;

export const coldStartReport: PartReport<readonly LoadTime[]> = {
  section: (loads) => [
    '## Cold start',
    TEXT,
    markdownTable(
      ['function', 'CPU ms', 'bare client', 'times the bare client', 'times an empty handler'],
      loads.map(({ project, loadMs, bareClient, toBareClient, toEmpty }) => [
        project,
        loadMs.toFixed(1),
        bareClient,
        toBareClient.toFixed(2),
        toEmpty.toFixed(1),
      ]),
    ),
  ],
  // Of functions that need a client of AWS.
  goals: (loads) =>
    loads
      .filter(({ bareClient }) => bareClient !== 'empty')
      .map(({ project, bareClient, toBareClient }) => ({
        goal: `${project}: loads in at most ${RATIO_MAX} times the CPU time of a bare ${bareClient} client`,
        met: toBareClient <= RATIO_MAX,
        figure: toBareClient.toFixed(2),
      })),
};
