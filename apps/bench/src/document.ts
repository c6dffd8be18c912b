import { requestsOf } from './metering/meter-reading.js';
import { DESIGNS } from './exactness/designs/index.js';
import type { CostsOfWorkload } from './exactness/measure-designs.js';
import { goalsOf, type Measurements } from './goals.js';
import type { StreamPayload } from './packing/payload.js';

/** Where and when a run was made. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly versions: string;
  readonly seconds: number;
}

type Row = readonly (string | number)[];

/** The document of one run, in Markdown. Every figure in it is of this run. */
export function documentOf(measured: Measurements, circumstances: Circumstances): string {
  return [
    HEAD,
    `Run of ${circumstances.date} on ${circumstances.machine}; ${circumstances.versions}; ${circumstances.seconds} seconds.`,
    '## Goals',
    table(
      ['goal', 'met', 'figure'],
      goalsOf(measured).map(({ goal, met, figure }) => [goal, met ? 'yes' : '**no**', figure]),
    ),
    '## What exactness costs',
    EXACTNESS,
    table(
      ['design', 'name', 'keeps the readings'],
      DESIGNS.map(({ title, name, keepsReadings }) => [title, name, keepsReadings ? 'yes' : 'no']),
    ),
    ...measured.exactness.flatMap(exactnessOf),
    '## Packing into Kinesis',
    PACKING,
    table(
      ['traffic', 'Weir', 'a record a reading', 'KPL, flushed a request', 'KPL, long-running'],
      measured.packing.map(({ traffic, readings, ...by }) => [
        traffic,
        ...[by.weir, by.recordAReading, by.aggregatedByRequest, by.aggregatedForLong].map((payload) =>
          payloadText(payload, readings),
        ),
      ]),
    ),
    '## Queries',
    QUERIES,
    table(
      ['engine', 'query', 'requests', 'read units', 'bytes read', 'bytes answered', 'answered', 'pages'],
      measured.queries.map((cost) => [
        cost.engine,
        cost.query,
        cost.requests,
        cost.readUnits,
        cost.storeBytes,
        cost.answerBytes,
        cost.answered,
        cost.pages,
      ]),
    ),
    '## Bundles',
    table(
      ['function', 'bytes', 'gzipped'],
      measured.bundles.map(({ project, bytes, gzipBytes }) => [project, bytes, gzipBytes]),
    ),
    '## Cold start',
    COLD_START,
    table(
      ['function', 'CPU ms', 'bare client', 'times the bare client', 'times an empty handler'],
      measured.loads.map(({ project, loadMs, bareClient, toBareClient, toEmpty }) => [
        project,
        loadMs.toFixed(1),
        bareClient,
        toBareClient.toFixed(2),
        toEmpty.toFixed(1),
      ]),
    ),
    '',
  ].join('\n\n');
}

const HEAD = `# Benchmarks

Written by \`npx nx run bench:all\`; do not edit. Except for CPU time, all figures are counts: they come out
the same on every machine. How they are measured is in [\`apps/bench\`](../apps/bench/src).`;

const EXACTNESS = `Every design gets the same Kinesis events, each device measuring once a minute, and runs against the same DynamoDB
engine through a proxy that adds up the capacity units of the answers. A failed condition is charged by the size of the item
that stands there, a cancelled transaction like one that went through. Before the measured time, one reading a device is stored, so that
containers are warm and there is a block to seal. _Faults_: 20 % of the batches are delivered again, half of them cut
elsewhere, and 1 % of the readings are sent twice. _Replay_: all of it comes once more under new sequence numbers. No design is killed half
way: that a record of idempotency and a counter can come apart then does not show here. Figures are per distinct reading; CPU time is that of
the design's process, and its first container's start is not in it.`;

const PACKING = `Payload units of 25 KB, and bytes of data, for 1,000 readings of three metrics. ingest-fn as it is built, against an
endpoint that counts. The Kinesis Producer Library (KPL) by its format, for one shard, with the largest record that it makes by default; its
records keep a device's order only as long as they are taken apart again by a consumer that knows the format.`;

const QUERIES = `process-fn stores a site of devices with three metrics each, in hourly blocks, and one of them with a long history; analytics-fn then
answers, both as they are built. _Bytes read_ are those of DynamoDB's answers as JSON.`;

const COLD_START = `CPU time of loading each function's module in fresh processes: medians, all by turns in one run, next to a handler that does
nothing and to a handler with nothing but the client of the service that the function cannot do without.`;

function exactnessOf({ engine, workload, settings, costs }: CostsOfWorkload): string[] {
  return [
    `### ${workload}: ${engine}`,
    `${settings.devices} devices, ${settings.hours} h, ${settings.metrics} metrics, seed ${settings.seed}.`,
    cheaperText(costs),
    table(
      ['design', 'write units', 'read units', 'requests', 'CPU µs', 'stored bytes', 'count error'],
      costs.map(({ design, readings, meter, cpuMicros, storedBytes, countError }) => [
        design,
        (meter.writeUnits / readings).toFixed(3),
        (meter.readUnits / readings).toFixed(3),
        (requestsOf(meter) / readings).toFixed(3),
        (cpuMicros / readings).toFixed(0),
        (storedBytes / readings).toFixed(0),
        `${(100 * countError).toFixed(2)} %`,
      ]),
    ),
  ];
}

function cheaperText(costs: CostsOfWorkload['costs']): string {
  const weir = costs.find(({ design }) => design === 'weir');
  const cheaper = costs.filter(({ meter }) => weir !== undefined && meter.writeUnits < weir.meter.writeUnits);
  if (cheaper.length === 0) return 'No other design takes fewer write units.';
  return `Fewer write units than Weir: ${cheaper.map(({ design }) => design).join(', ')}.`;
}

function payloadText({ payloadUnits, bytes }: StreamPayload, readings: number): string {
  const perThousand = (value: number): number => (1000 * value) / readings;
  return `${perThousand(payloadUnits).toFixed(1)} units, ${perThousand(bytes).toFixed(0)} bytes`;
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
