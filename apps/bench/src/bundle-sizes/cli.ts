import { parseArgs } from 'node:util';
import { bundleSizes } from './bundle-size.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const measured = bundleSizes();
if (values.json) console.log(JSON.stringify(measured));
else console.table(measured);
