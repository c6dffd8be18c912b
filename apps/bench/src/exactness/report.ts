import { markdownTable } from '../markdown-table.js';
import { requestsOf } from '../metering/meter-reading.js';
import type { Goal, PartReport } from '../part-report.js';
import { DESIGNS } from './designs/index.js';
import type { CostsOfWorkload } from './measure-designs.js';

const WRITE_UNITS_BESIDE = 0.1;

const TEXT = `Every design gets the same Kinesis events, each device measuring once a minute, and runs against the same DynamoDB
engine through a proxy that adds up the capacity units of the answers. A failed condition is charged by the size of the item
that stands there, a cancelled transaction like one that went through. Before the measured time, one reading a device is stored, so that
containers are warm and there is a block to seal. _Faults_: 20 % of the batches are delivered again, half of them cut
elsewhere, and 1 % of the readings are sent twice. _Replay_: all of it comes once more under new sequence numbers. No design is killed half
way: that a record of idempotency and a counter can come apart then does not show here. Figures are per distinct reading; CPU time is that of
the design's process, and its first container's start is not in it.`;

export const exactnessReport: PartReport<readonly CostsOfWorkload[]> = {
  section: (exactness) => [
    '## What exactness costs',
    TEXT,
    markdownTable(
      ['design', 'name', 'keeps the readings'],
      DESIGNS.map(({ title, name, keepsReadings }) => [title, name, keepsReadings ? 'yes' : 'no']),
    ),
    ...exactness.flatMap(exactnessOf),
  ],
  goals: (exactness) => [...exactness.flatMap(writeGoal), errorGoal(exactness)],
};

function exactnessOf({ engine, workload, settings, costs }: CostsOfWorkload): string[] {
  return [
    `### ${workload}: ${engine}`,
    `${settings.devices} devices, ${settings.hours} h, ${settings.metrics} metrics, seed ${settings.seed}.`,
    cheaperText(costs),
    markdownTable(
      ['design', 'write units', 'read units', 'requests', 'CPU µs', 'stored bytes', 'count error'],
      costs.map(({ design, readings, meter, cpuMicros, storedBytes, countError }) => [
        design,
        (meter.writeUnits / readings).toFixed(3),
        (meter.readUnits / readings).toFixed(3),
        (requestsOf(meter) / readings).toFixed(3),
        (cpuMicros / readings).toFixed(0),
        (storedBytes / readings).toFixed(0),
        `${(100 * countError).toFixed(2)} %`,
      ]),
    ),
  ];
}

function cheaperText(costs: CostsOfWorkload['costs']): string {
  const weir = costs.find(({ design }) => design === 'weir');
  const cheaper = costs.filter(({ meter }) => weir !== undefined && meter.writeUnits < weir.meter.writeUnits);
  if (cheaper.length === 0) return 'No other design takes fewer write units.';
  return `Fewer write units than Weir: ${cheaper.map(({ design }) => design).join(', ')}.`;
}

/** Three metrics and nothing sent twice, as the goal says. */
function writeGoal({ engine, workload, settings, costs }: CostsOfWorkload): Goal[] {
  const weir = costs.find(({ design }) => design === 'weir');
  if (weir === undefined || settings.metrics !== 3 || settings.faults) return [];
  const most = 1 / settings.perBatch + WRITE_UNITS_BESIDE;
  const units = weir.meter.writeUnits / weir.readings;
  return [
    {
      goal: `${workload}, ${engine}: at most ${most.toFixed(2)} write units a reading`,
      met: units <= most,
      figure: units.toFixed(3),
    },
  ];
}

function errorGoal(exactness: readonly CostsOfWorkload[]): Goal {
  const errors = exactness.flatMap(({ costs }) =>
    costs.filter(({ design }) => design === 'weir').map(({ countError }) => countError),
  );
  const worst = Math.max(...errors);
  return {
    goal: 'no count error in any workload',
    met: worst === 0,
    figure: `${(100 * worst).toFixed(2)} % at most, in ${errors.length} runs`,
  };
}
