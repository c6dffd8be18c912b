import { runPart } from '../testing/run-part.js';
import type { QueryCost } from './measure-queries.js';

/** dynoxide is built for one platform. */
const here = process.platform === 'linux' && process.arch === 'x64' ? it : it.skip;

here(
  'analytics-fn needs these requests and read units for three days of three devices',
  async () => {
    const measured = await runPart<QueryCost[]>(
      'queries',
      ...['--site-devices', '3', '--history-days', '3'],
      ...['--warm-runs', '0', '--cold-runs', '0'],
    );
    const costs = measured
      .filter(({ engine }) => engine === 'dynoxide')
      .map(({ query, requests, readUnits, answered }) => [query, { requests, readUnits, answered }]);
    expect(Object.fromEntries(costs)).toEqual({
      'registry entry of a device': { requests: 1, readUnits: 1, answered: 1 },
      // The list, and the newest block of each.
      'latest of the devices of a site': { requests: 4, readUnits: 3.5, answered: 3 },
      'one day of readings': { requests: 1, readUnits: 2, answered: 1440 },
      // The head, and the days.
      '30 days by hour': { requests: 2, readUnits: 5, answered: 72 },
      // The head, the hours of the current day, and the months.
      'one year by day': { requests: 3, readUnits: 4, answered: 3 },
      // The list, and of each device the head and the day.
      'a site for a day, by hour': { requests: 7, readUnits: 9.5, answered: 24 },
    });
  },
  120_000,
);
