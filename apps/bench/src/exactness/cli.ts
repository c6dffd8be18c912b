import { parseArgs } from 'node:util';
import { wholeNumber } from '../whole-number.js';
import { keepResult } from './kept-result.js';
import { countedUnits } from './measured-cost.js';
import { measureDesigns, type CostsOfWorkload } from './measure-designs.js';
import { workloadsOf } from './workloads.js';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '20' },
    runs: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    workload: { type: 'string', multiple: true, default: [''] },
    engine: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});
const all = workloadsOf(
  wholeNumber('--devices', values.devices, 1, 100_000),
  wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
);
const isChosen = (name = ''): boolean => values.workload.some((part) => name.includes(part));
const chosen = all.filter(
  ({ name, replayed }) => isChosen(name) || (replayed !== undefined && isChosen(replayed)),
);
if (chosen.length === 0) {
  const names = all.flatMap(({ name, replayed = [] }) => [name, replayed].flat());
  throw new Error(`--workload "${values.workload.join(', ')}" is part of none of: ${names.join('; ')}`);
}
const result = await measureDesigns(chosen, {
  runs: wholeNumber('--runs', values.runs, 1, 99),
  engine: values.engine,
  onProgress: (message) => process.stderr.write(`${message}\n`),
});
const shown = { ...result, measured: result.measured.filter(({ workload }) => isChosen(workload)) };
if (shown.measured.length === 0) {
  const absent = result.absent.map(({ engine, reason }) => `${engine}: ${reason}`);
  throw new Error(`--engine "${values.engine}" is part of no engine that runs here. ${absent.join('; ')}`);
}
if (values.keep) await keepResult(shown);
if (values.json) console.log(JSON.stringify(shown));
else {
  shown.measured.forEach(print);
  for (const { engine, reason } of shown.absent) console.log(`\nNot on ${engine}: ${reason}.`);
}

function print({ engine, workload, settings, costs }: CostsOfWorkload): void {
  console.log(
    `\n${workload}: ${settings.devices} devices, ${settings.hours} h, seed ${settings.seed}, ${engine}`,
  );
  const rows = costs.map((cost) => {
    const { writeUnits, readUnits, requests, storedBytes, countError } = countedUnits(cost);
    return [
      cost.design,
      {
        'write units': writeUnits.toFixed(3),
        'read units': readUnits.toFixed(3),
        requests: requests.toFixed(3),
        'CPU µs': (cost.cpuMicros / cost.readings).toFixed(0),
        'stored bytes': storedBytes.toFixed(0),
        'count error': `${(100 * countError).toFixed(2)} %`,
      },
    ];
  });
  console.table(Object.fromEntries(rows));
}
