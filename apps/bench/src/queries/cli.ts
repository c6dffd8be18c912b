import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureQueries } from './measure-queries.js';

const { values } = parseArgs({
  options: {
    'site-devices': { type: 'string', default: '200' },
    'history-days': { type: 'string', default: '365' },
    json: { type: 'boolean', default: false },
  },
});
const measured = await measureQueries({
  siteDevices: wholeNumber('--site-devices', values['site-devices'], 1, 10_000),
  historyDays: wholeNumber('--history-days', values['history-days'], 1, 3650),
});
if (values.json) console.log(JSON.stringify(measured));
else console.table(measured);
