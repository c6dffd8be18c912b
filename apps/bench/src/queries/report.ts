import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { QueryCost } from './measure-queries.js';

const HOURLY_QUERY = '30 days by hour';
const HOURLY_REQUESTS_MAX = 2;
const HOURLY_READ_UNITS_MAX = 60;

const TEXT = `process-fn stores a site of devices with three metrics each, in hourly blocks, and one of them with a long history; analytics-fn then
answers, both as they are built. _Bytes read_ are those of DynamoDB's answers as JSON.`;

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
