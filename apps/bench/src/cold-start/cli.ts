import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureLoads } from './measure-load.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '21' }, json: { type: 'boolean', default: false } },
});
const measured = await measureLoads(wholeNumber('--runs', values.runs, 1, 1000));
if (values.json) console.log(JSON.stringify(measured));
else console.table(measured);
