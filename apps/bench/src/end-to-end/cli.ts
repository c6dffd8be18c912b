import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureEndToEnd } from './measure-end-to-end.js';
import { endToEndReport } from './report.js';

const { values } = parseArgs({
  options: {
    readings: { type: 'string', default: '100000' },
    samples: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
  },
});
const measured = await measureEndToEnd({
  cores: availableParallelism(),
  readings: wholeNumber('--readings', values.readings, 1_000, 100_000_000),
  samples: wholeNumber('--samples', values.samples, 1, 10_000),
});
console.log(values.json ? JSON.stringify(measured) : endToEndReport.section(measured).join('\n\n'));
