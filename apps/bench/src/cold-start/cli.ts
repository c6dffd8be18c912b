import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { measureColdStarts } from './measure-cold-start.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '21' }, json: { type: 'boolean', default: false } },
});
const measured = await measureColdStarts(wholeNumber('--runs', values.runs, 1, 1000));
if (values.json) console.log(JSON.stringify(measured));
else
  console.table(
    measured.flatMap(({ project, bareClient, load, answered }) => [
      { project, bareClient, until: 'loaded', ...load },
      { project, bareClient, until: 'answered', ...answered },
    ]),
  );
