import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { EndToEnd } from './measure-end-to-end.js';
import type { Throughput } from './measure-throughput.js';

/** Of the cores; from here on there is nothing left to be had. */
const BUSY_SHARE = 0.85;

const TEXT = `The template that is deployed, run on this machine as \`npm start\` runs it, gateways, tokens and archive included.
_Queryable_ is the end of the first answer of a query that has the reading; single readings of known devices,
at any moment of the batching window. Unlike counts, these figures are of this machine, which the senders share.`;

export const endToEndReport: PartReport<EndToEnd> = {
  section: ({ cores, latencies, throughput }) => [
    '## End to end',
    TEXT,
    markdownTable(
      ['batching window', 'readings', 'accepted, p50', 'p99', 'queryable, p50', 'p99'],
      latencies.map(({ windowSeconds, samples, accepted, queryable }) => [
        `${windowSeconds} s`,
        samples,
        ...[accepted.p50, accepted.p99, queryable.p50, queryable.p99].map((ms) => `${ms.toFixed(0)} ms`),
      ]),
    ),
    throughputText(throughput, cores),
    cpuTable(throughput),
  ],
  goals: ({ latencies, throughput: { readings, queryable } }) => [
    ...latencies.map(({ windowSeconds, queryable: { p50 } }) => ({
      goal: `POST to queryable with a batching window of ${windowSeconds} s: within the window and a second, p50`,
      met: p50 <= 1000 * (windowSeconds + 1),
      figure: `${p50.toFixed(0)} ms`,
    })),
    {
      goal: 'everything that was accepted under full load is queryable',
      met: queryable === readings,
      figure: `${queryable} of ${readings}`,
    },
  ],
};

/** What was sent, how fast it went, and what bounds it. */
export function throughputText(throughput: Throughput, cores: number): string {
  const { readings, acceptedPerSecond, processedPerSecond, busyCores, cpuPerMillion } = throughput;
  const [most] = Object.entries(cpuPerMillion).sort(([, a], [, b]) => b - a);
  const bound =
    busyCores >= BUSY_SHARE * cores
      ? `The cores bound it, most of all ${most?.[0] ?? 'nothing'}.`
      : `So it waited for other work of the machine, or for itself; by CPU alone it would be ${grouped((1e6 * cores) / cpuSeconds(throughput))} readings/s.`;
  return `${grouped(readings)} readings of three metrics, ten of each of 100 devices a request, as fast as they are taken:
**${grouped(acceptedPerSecond)} readings/s accepted, ${grouped(processedPerSecond)} readings/s accepted and processed**, while ${busyCores.toFixed(1)} of ${cores}
cores were busy with it. ${bound} What a million readings cost in CPU:`;
}

/** What each process spends on a million readings, the most expensive first. */
export function cpuTable(throughput: Throughput): string {
  const total = cpuSeconds(throughput);
  const rows = Object.entries(throughput.cpuPerMillion).sort(([, a], [, b]) => b - a);
  return markdownTable(
    ['process', 'CPU seconds', 'share'],
    [...rows, ['all', total] as const].map(([role, seconds]) => [
      role,
      seconds.toFixed(0),
      `${((100 * seconds) / total).toFixed(0)} %`,
    ]),
  );
}

/** Of all processes, for a million readings. */
function cpuSeconds({ cpuPerMillion }: Throughput): number {
  return Object.values(cpuPerMillion).reduce((sum, seconds) => sum + seconds, 0);
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
