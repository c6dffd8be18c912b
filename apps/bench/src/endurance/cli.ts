import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureThroughput } from '../end-to-end/measure-throughput.js';
import { withPipeline } from '../end-to-end/pipeline.js';
import { wholeNumber } from '../whole-number.js';
import { keepRun, type EnduranceRun } from './endurance-run.js';
import { idlePercent, timeStart } from './measure-rest.js';
import { summarizeMemory } from './memory-record.js';
import { enduranceReport } from './report.js';

/**
 * Sends a million readings through the local pipeline and watches its memory; too long for `bench:all`, whose document shows
 * the run that was kept last. Ends with 1 where something is beyond its goal. Needs Linux.
 */
const { values } = parseArgs({
  options: {
    readings: { type: 'string', default: '1000000' },
    starts: { type: 'string', default: '3' },
    'idle-seconds': { type: 'string', default: '30' },
    'no-keep': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const readings = wholeNumber('--readings', values.readings, 10_000, 100_000_000);
const starts = wholeNumber('--starts', values.starts, 1, 100);
const idleMs = 1000 * wholeNumber('--idle-seconds', values['idle-seconds'], 1, 3_600);

const date = new Date().toISOString().slice(0, 10);
const startsMs: number[] = [];
for (let start = 0; start < starts; start += 1) startsMs.push(await timeStart());
const run = await withPipeline(async (pipeline): Promise<EnduranceRun> => {
  const afterStart = await idlePercent(pipeline.infoUrl, idleMs);
  const { throughput, usage } = await measureThroughput(pipeline, readings);
  return {
    date,
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    cores: availableParallelism(),
    startsMs,
    idlePercent: { afterStart, afterLoad: await idlePercent(pipeline.infoUrl, idleMs) },
    throughput,
    memory: summarizeMemory(usage.samples),
  };
});
const goals = enduranceReport.goals(run);
if (values.json) console.log(JSON.stringify(run));
else {
  console.log(enduranceReport.section(run).join('\n\n'));
  console.table(goals);
}
if (!values['no-keep']) console.error(`Kept: ${await keepRun(run)}`);
process.exitCode = goals.every(({ met }) => met) ? 0 : 1;
