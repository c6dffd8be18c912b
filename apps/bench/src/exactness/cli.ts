import { parseArgs } from 'node:util';
import { requestsOf } from '../metering/meter-reading.js';
import { wholeNumber } from '../whole-number.js';
import { DESIGNS } from './designs/index.js';
import { measureDesigns, type CostsOfWorkload } from './measure-designs.js';
import { workloadsOf } from './workloads.js';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    workload: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const all = workloadsOf(
  wholeNumber('--devices', values.devices, 1, 100_000),
  wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
);
const chosen = Object.entries(all).filter(([name]) => name.includes(values.workload));
if (chosen.length === 0) {
  throw new Error(`--workload "${values.workload}" is part of none of: ${Object.keys(all).join('; ')}`);
}
const measured: CostsOfWorkload[] = [];
const designs = DESIGNS.map(({ name }) => name);
const toStderr = (message: string): boolean => process.stderr.write(`${message}\n`);
for await (const one of measureDesigns(Object.fromEntries(chosen), designs, toStderr)) {
  measured.push(one);
  if (!values.json) print(one);
}
if (values.json) console.log(JSON.stringify(measured));

function print({ engine, workload, settings, costs }: CostsOfWorkload): void {
  console.log(
    `\n${workload}: ${settings.devices} devices, ${settings.hours} h, seed ${settings.seed}, ${engine}`,
  );
  const rows = costs.map(({ design, readings, meter, cpuMicros, storedBytes, countError }) => [
    design,
    {
      'write units': (meter.writeUnits / readings).toFixed(3),
      'read units': (meter.readUnits / readings).toFixed(3),
      requests: (requestsOf(meter) / readings).toFixed(3),
      'CPU µs': (cpuMicros / readings).toFixed(0),
      'stored bytes': (storedBytes / readings).toFixed(0),
      'count error': `${(100 * countError).toFixed(2)} %`,
    },
  ]);
  console.table(Object.fromEntries(rows));
}
