import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureQueries } from './measure-queries.js';

const { values } = parseArgs({
  options: {
    'site-devices': { type: 'string', default: '200' },
    'history-days': { type: 'string', default: '365' },
    'warm-runs': { type: 'string', default: '50' },
    'cold-runs': { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
  },
});
const measured = await measureQueries(
  {
    siteDevices: wholeNumber('--site-devices', values['site-devices'], 1, 10_000),
    historyDays: wholeNumber('--history-days', values['history-days'], 1, 3650),
  },
  {
    warm: wholeNumber('--warm-runs', values['warm-runs'], 0, 10_000),
    cold: wholeNumber('--cold-runs', values['cold-runs'], 0, 10_000),
  },
);
if (values.json) console.log(JSON.stringify(measured));
else console.dir(measured, { depth: null });
