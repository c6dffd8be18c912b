import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureThroughput } from './measure-throughput.js';

const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '15' },
    'warm-up': { type: 'string', default: '8' },
    json: { type: 'boolean', default: false },
  },
});
const { processing, ingesting } = await measureThroughput({
  counted: wholeNumber('--turns', values.turns, 1, 1000),
  warmUp: wholeNumber('--warm-up', values['warm-up'], 0, 1000),
});
if (values.json) console.log(JSON.stringify({ processing, ingesting }));
else {
  console.table(processing);
  console.table(ingesting);
}
