import { parseArgs } from 'node:util';
import { bundleSizes } from './bundle-size.js';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const measured = await bundleSizes();
if (values.json) console.log(JSON.stringify(measured));
else
  for (const { packages, ...size } of measured) {
    console.table([size]);
    console.table(Object.fromEntries(Object.entries(packages).slice(0, 12)));
  }
