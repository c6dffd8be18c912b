import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { QueryCost } from './measure-queries.js';

const HOURLY_QUERY = '30 days by hour';
const HOURLY_REQUESTS_MAX = 2;
const HOURLY_READ_UNITS_MAX = 60;

const TEXT = `process-fn stores a site of devices with three metrics each, in hourly blocks, and one of them with a long history; analytics-fn then
answers, both as they are built. _Bytes read_ are those of DynamoDB's answers as JSON.`;

const LATENCY_TEXT = `And how long the answers take, all pages together, from the event to the end of the answer: in milliseconds, and by the median of
a strongly consistent GetItem by the SDK alone on the same engine, taken between the warm answers. Warm is a container that has
answered the same before; cold is the first answer of a new one, the load of its module included.`;

function latencyRow({ engine, query, latency }: QueryCost): string[][] {
  if (latency === undefined) return [];
  const { warm, cold, getItem } = latency;
  const ratio = (ms: number): string => `${ms.toFixed(1)} ms, ${(ms / getItem.p50Ms).toFixed(1)} ×`;
  return [
    [
      engine,
      query,
      ...[warm.p50Ms, warm.p99Ms, cold.p50Ms, cold.p99Ms].map(ratio),
      ...[getItem.p50Ms, getItem.p99Ms].map((ms) => `${ms.toFixed(1)} ms`),
    ],
  ];
}

export const queriesReport: PartReport<readonly QueryCost[]> = {
  section: (queries) => [
    '## Queries',
    TEXT,
    markdownTable(
      ['engine', 'query', 'requests', 'read units', 'bytes read', 'bytes answered', 'answered', 'pages'],
      queries.map((cost) => [
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
    LATENCY_TEXT,
    markdownTable(
      ['engine', 'query', 'warm p50', 'warm p99', 'cold p50', 'cold p99', 'GetItem p50', 'GetItem p99'],
      queries.flatMap(latencyRow),
    ),
  ],
  goals: (queries) =>
    queries
      .filter(({ query }) => query === HOURLY_QUERY)
      .flatMap(({ engine, query, requests, readUnits }) => [
        {
          goal: `${query}, ${engine}: at most ${HOURLY_REQUESTS_MAX} requests`,
          met: requests <= HOURLY_REQUESTS_MAX,
          figure: String(requests),
        },
        {
          goal: `${query}, ${engine}: at most ${HOURLY_READ_UNITS_MAX} read units`,
          met: readUnits <= HOURLY_READ_UNITS_MAX,
          figure: String(readUnits),
        },
      ]),
};
