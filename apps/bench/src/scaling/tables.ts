import type { Traffic } from '../cost/cost-model.js';
import { markdownTable } from '../markdown-table.js';
import { demandOf, usesOf } from './demand.js';
import { QUOTAS, QUOTAS_AS_OF } from './quotas.js';

const DEVICES = [1e4, 1e6, 1e8];
const INTERVALS_SECONDS = [60, 10];
const METRICS = 3;
const WAYS = [
  { sent: 'each reading by itself', perBatch: 1, perGateway: 1 },
  { sent: 'ten of a device', perBatch: 10, perGateway: 1 },
  { sent: 'ten of each of 100', perBatch: 10, perGateway: 100 },
];

/** The tables of docs/scaling.md, by the name of the place where each stands. */
export function scalingTables(): Readonly<Record<string, string>> {
  return { quotas: quotaTable(), demand: demandTable(), directory: directoryTable() };
}

function quotaTable(): string {
  const rows = Object.values(QUOTAS).map(({ service, what, value, unit, raised, source }) => [
    service,
    `[${what}](${source})`,
    `${whole(value)}${unit.startsWith('/') ? unit : ` ${unit}`}`.trim(),
    raised,
  ]);
  return markdownTable(['service', 'what', `default as of ${QUOTAS_AS_OF}`, 'raised'], rows);
}

function demandTable(): string {
  const head = [
    'devices',
    'every',
    'a request',
    'readings/s',
    'requests/s',
    'executions at once',
    'shards',
    'write units/s',
    'tightest default quota',
  ];
  const rows = DEVICES.flatMap((devices) =>
    INTERVALS_SECONDS.flatMap((intervalSeconds) =>
      WAYS.map(({ sent, ...together }) => {
        const traffic: Traffic = {
          devices,
          intervalSeconds,
          metrics: METRICS,
          freshnessSeconds: 2,
          athenaGib: 0,
          ...together,
        };
        const demand = demandOf(traffic);
        return [
          whole(devices),
          `${intervalSeconds} s`,
          sent,
          whole(demand.readings),
          whole(demand.requests),
          `${whole(demand.ingesting)} + ${whole(demand.processing)}`,
          whole(demand.shards),
          whole(demand.writeUnits),
          tightest(usesOf(demand)),
        ];
      }),
    ),
  );
  return markdownTable(head, rows);
}

function tightest([first]: ReturnType<typeof usesOf>): string {
  if (first === undefined) throw new Error('no quota is used');
  const { what } = QUOTAS[first.quota];
  const share = first.share < 1 ? `${Math.ceil(100 * first.share)} %` : `**${whole(first.share)} ×**`;
  return `${what.replace(/,.*/, '')}: ${share}`;
}

/** How long it takes at least until every device of a new fleet is in the directory. */
function directoryTable(): string {
  const rows = DEVICES.map((devices) => {
    const seconds = devices / QUOTAS.partitionWrites.value;
    const duration =
      seconds < 120
        ? `${seconds} s`
        : seconds < 7_200
          ? `${(seconds / 60).toFixed(0)} min`
          : `${(seconds / 3_600).toFixed(0)} h`;
    return [whole(devices), duration];
  });
  return markdownTable(['new devices', 'in the directory after'], rows);
}

function whole(value: number): string {
  const rounded = value >= 100 ? Number(value.toPrecision(3)) : Math.ceil(value);
  return rounded.toLocaleString('en-US');
}
