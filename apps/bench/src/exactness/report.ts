import { markdownTable } from '../markdown-table.js';
import type { Goal, PartReport } from '../part-report.js';
import { DESIGNS } from './designs/index.js';
import { engineDifferences } from './engine-differences.js';
import { keptResult } from './kept-result.js';
import { countedUnits, type CountedUnits, type MeasuredCost } from './measured-cost.js';
import type { CostsOfWorkload, ExactnessResult } from './measure-designs.js';

const WRITE_UNITS_BESIDE = 0.1;

const TEXT = `Every design gets the same Kinesis events, each device measuring once a minute and sending by itself, and runs against the
same DynamoDB engine through a proxy that adds up the capacity units of the answers. A failed condition is charged by the size of the item
that stands there, a cancelled transaction like one that went through. Before the measured time, one reading a device is stored, so that
containers are warm and there is a block to seal. _Faults_: 20 % of the batches are delivered again, half of them cut
elsewhere, and 1 % of the readings are sent twice. _Replay_: all of it comes once more under new sequence numbers, to a new container; what it takes
is added to the figures before it. No design is killed half
way: that a record of idempotency and a counter can come apart then does not show here. Figures are per distinct reading; CPU time is that of
the design's process, and its first container's start is not in it. Weir's figures include the readings, the hour and the day with minimum, maximum and
quantiles; those of the other designs, a count and a sum of each metric for the hour.`;

export const exactnessReport: PartReport<ExactnessResult> = {
  section: (result) => {
    const kept = keptResult();
    return [
      '## What exactness costs',
      TEXT,
      markdownTable(
        ['design', 'name', 'keeps the readings', 'lacks'],
        DESIGNS.map(({ title, name, keepsReadings, lacks }) => [
          title,
          name,
          keepsReadings ? 'yes' : 'no',
          lacks,
        ]),
      ),
      ...resultText(result),
      ...(kept === undefined
        ? []
        : [
            `### With ${devicesOf(kept)} devices`,
            `A run of its own, which takes longer than the rest together (\`npx nx run bench:exactness-full\`): ${kept.date}, ${kept.machine}.`,
            ...resultText(kept),
          ]),
    ];
  },
  goals: ({ measured }) => [...measured.flatMap(writeGoal), errorGoal(measured), ...engineGoals(measured)],
};

function devicesOf({ measured }: ExactnessResult): string {
  return Math.max(...measured.map(({ settings }) => settings.devices)).toLocaleString('en');
}

function resultText({ runs, absent, measured }: ExactnessResult): string[] {
  const engines = [...new Set(measured.map(({ engine }) => engine))];
  const workloads = [...new Set(measured.map(({ workload }) => workload))];
  const order =
    engines.length > 1 ? ` Where engines differ, figures stand in the order ${engines.join(' / ')}.` : '';
  const medians =
    runs > 1 ? `CPU time is the median of ${runs} runs; all other figures were the same in all.` : 'One run.';
  return [
    `On ${engines.join(' and ')}. ${medians}${order}`,
    ...absent.map(({ engine, reason }) => `**Not on ${engine}:** ${reason}.`),
    ...workloads.flatMap((name) => workloadText(measured.filter(({ workload }) => workload === name))),
    ...differencesText(measured),
  ];
}

/** One workload on each engine. */
function workloadText(byEngine: readonly CostsOfWorkload[]): string[] {
  const [{ workload, settings, costs }] = byEngine as readonly [CostsOfWorkload];
  const cell = (design: string, figure: (cost: MeasuredCost) => string): string => {
    const figures = byEngine.map((each) => figure(each.costs.find((cost) => cost.design === design)!));
    return new Set(figures).size === 1 ? figures[0]! : figures.join(' / ');
  };
  const counted = (unit: keyof CountedUnits, digits: number) => (cost: MeasuredCost) =>
    countedUnits(cost)[unit].toFixed(digits);
  return [
    `#### ${workload}`,
    `${settings.devices} device${settings.devices === 1 ? '' : 's'}, ${settings.hours} h, ${settings.metrics} metrics, seed ${settings.seed}. ${cheaperText(costs)}`,
    markdownTable(
      ['design', 'write units', 'read units', 'requests', 'CPU µs', 'stored bytes', 'count error'],
      costs.map(({ design }) => [
        design,
        cell(design, counted('writeUnits', 3)),
        cell(design, counted('readUnits', 3)),
        cell(design, counted('requests', 3)),
        cell(design, ({ cpuMicros, readings }) => (cpuMicros / readings).toFixed(0)),
        cell(design, counted('storedBytes', 0)),
        cell(design, ({ countError }) => `${(100 * countError).toFixed(2)} %`),
      ]),
    ),
  ];
}

/** By the first engine, which charges as AWS documents. */
function cheaperText(costs: readonly MeasuredCost[]): string {
  const weir = costs.find(({ design }) => design === 'weir');
  if (weir === undefined) return '';
  const cheaper = costs.filter(({ meter }) => meter.writeUnits < weir.meter.writeUnits);
  if (cheaper.length === 0) return 'No other design takes fewer write units.';
  const words = cheaper.map((cost) => {
    const lacks = DESIGNS.find(({ name }) => name === cost.design)?.lacks ?? '';
    const units = countedUnits(cost).writeUnits.toFixed(3);
    return `**${cost.design}**, ${units} against ${countedUnits(weir).writeUnits.toFixed(3)}; it lacks ${lacks}`;
  });
  return `Fewer write units than Weir: ${words.join('. ')}.`;
}

function differencesText(measured: readonly CostsOfWorkload[]): string[] {
  const differences = engineDifferences(measured);
  if (differences.length === 0) return [];
  const reasons = new Map<string, Set<string>>();
  for (const { reason = 'Not explained', design, unit } of differences) {
    const concerned = reasons.get(reason) ?? new Set();
    reasons.set(reason, concerned.add(`${WORDS[unit]} of ${design}`));
  }
  return [
    'Why the engines differ:',
    [...reasons].map(([reason, concerned]) => `- ${[...concerned].join(', ')}: ${reason}.`).join('\n'),
  ];
}

const WORDS: Readonly<Record<keyof CountedUnits, string>> = {
  writeUnits: 'write units',
  readUnits: 'read units',
  requests: 'requests',
  storedBytes: 'stored bytes',
  countError: 'count error',
};

/** Three metrics and nothing sent twice, as the goal says. */
function writeGoal({ engine, workload, settings, costs }: CostsOfWorkload): Goal[] {
  const weir = costs.find(({ design }) => design === 'weir');
  if (weir === undefined || settings.metrics !== 3 || settings.faults) return [];
  const most = 1 / settings.perBatch + WRITE_UNITS_BESIDE;
  const units = countedUnits(weir).writeUnits;
  return [
    {
      goal: `${workload}, ${engine}: at most ${most.toFixed(2)} write units a reading`,
      met: units <= most,
      figure: units.toFixed(3),
    },
  ];
}

function errorGoal(measured: readonly CostsOfWorkload[]): Goal {
  const errors = measured.flatMap(({ costs }) =>
    costs.filter(({ design }) => design === 'weir').map(({ countError }) => countError),
  );
  const worst = Math.max(...errors);
  return {
    goal: 'no count error in any workload',
    met: worst === 0,
    figure: `${(100 * worst).toFixed(2)} % at most, in ${errors.length} workloads`,
  };
}

function engineGoals(measured: readonly CostsOfWorkload[]): Goal[] {
  if (new Set(measured.map(({ engine }) => engine)).size < 2) return [];
  const differences = engineDifferences(measured);
  const unexplained = differences.filter(({ reason }) => reason === undefined);
  return [
    {
      goal: 'counts are the same on all engines, or it is known why they are not',
      met: unexplained.length === 0,
      figure: `${differences.length} differ, ${unexplained.length} of them not explained`,
    },
  ];
}
