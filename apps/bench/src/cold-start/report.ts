import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { ColdStartTime, ComparedTime } from './measure-cold-start.js';

const RATIO_MAX = 1.5;

const TEXT = `Each function in fresh processes: CPU time of loading its module, and of that and its first invocation together. Medians, all by
turns in one run, next to a handler that does nothing and to one that makes a single request by the client that the function cannot
do without. As in the template, \`NODE_OPTIONS\` is \`--enable-source-maps\`, so that the functions' source maps, which the bare handlers
do not have, are read and count. The first invocation is about 60 readings of one device, answered as it should be, and not sampled for a
trace: ingest-fn accepts them, process-fn stores them as a new device's, and analytics-fn lists them; authorizer-fn fetches the issuer's key
and allows a token. What they call answers at once, from another process.`;

export const coldStartReport: PartReport<readonly ColdStartTime[]> = {
  section: (times) => [
    '## Cold start',
    TEXT,
    markdownTable(
      [
        'function',
        'bare client',
        ...['load, CPU ms', 'times the bare client', 'times an empty handler'],
        ...['with first invocation, CPU ms', 'times the bare client', 'times an empty handler'],
      ],
      times.map(({ project, bareClient, load, answered }) => [
        project,
        bareClient,
        ...cells(load),
        ...cells(answered),
      ]),
    ),
  ],
  // Of functions that need a client of AWS.
  goals: (times) =>
    times
      .filter(({ bareClient }) => bareClient !== 'fetch')
      .map(({ project, bareClient, load }) => ({
        goal: `${project}: loads in at most ${RATIO_MAX} times the CPU time of a bare ${bareClient} client`,
        met: load.toBareClient <= RATIO_MAX,
        figure: load.toBareClient.toFixed(2),
      })),
};

function cells({ cpuMs, toBareClient, toEmpty }: ComparedTime): string[] {
  return [cpuMs.toFixed(1), toBareClient.toFixed(2), toEmpty.toFixed(1)];
}
