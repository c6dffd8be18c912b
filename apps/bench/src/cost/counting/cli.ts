import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import type { CountedUnits } from '../counted-units.js';
import { countAccepting } from './count-accepting.js';
import { countBlocksOf, countStoring } from './count-storing.js';

/**
 * Counts what the cost model reckons with, and writes it beside the model; with `--json` prints it instead, and with
 * `--hourly-blocks` no more than what hourly blocks of three metrics take.
 */

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    'hourly-blocks': { type: 'boolean', default: false },
  },
});
if (values['hourly-blocks']) {
  console.log(JSON.stringify(await countBlocksOf(60, 3)));
  process.exit();
}
const FILE = fileURLToPath(new URL('../counted-units.json', import.meta.url));

const { logBytesARequest, cpuMicros: ingest, ...accepting } = await countAccepting();
const { storing, cpuMicros, logBytesABatch } = await countStoring();
const counted: CountedUnits = {
  date: new Date().toISOString().slice(0, 10),
  storing,
  ...accepting,
  logBytes: { aRequest: logBytesARequest, aBatch: logBytesABatch },
  cpuMicros: { ingest, process: cpuMicros },
};
if (values.json) console.log(JSON.stringify(counted));
else {
  const style = { ...(await resolveConfig(FILE)), parser: 'json' };
  writeFileSync(FILE, await format(JSON.stringify(counted), style));
  console.log(`Written: ${FILE}`);
}
