import { runPart } from '../testing/run-part.js';
import type { QueryCost } from './measure-queries.js';

/** dynoxide is built for one platform. */
const here = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;

here(
  'analytics-fn needs these requests and read units for three days of three devices',
  async () => {
    const measured = await runPart<QueryCost[]>('queries', '--site-devices', '3', '--history-days', '3');
    const costs = measured
      .filter(({ engine }) => engine === 'dynoxide')
      .map(({ query, requests, readUnits, answered }) => [query, { requests, readUnits, answered }]);
    expect(Object.fromEntries(costs)).toEqual({
      'registry entry of a device': { requests: 1, readUnits: 1, answered: 1 },
      'latest of the devices of a site': { requests: 4, readUnits: 3.5, answered: 3 },
      'one day of readings': { requests: 3, readUnits: 4, answered: 1440 },
      '30 days by hour': { requests: 5, readUnits: 8, answered: 72 },
      'one year by day': { requests: 6, readUnits: 7, answered: 3 },
      'a site for a day, by hour': { requests: 13, readUnits: 15.5, answered: 24 },
    });
  },
  120_000,
);
