import { cpuTable, throughputText } from '../end-to-end/report.js';
import { markdownTable } from '../markdown-table.js';
import type { PartReport } from '../part-report.js';
import type { EnduranceRun } from './endurance-run.js';
import { isBounded, type RoleMemory } from './memory-record.js';

const START_MS_MAX = 10_000;
const IDLE_PERCENT_MAX = 3;

const TEXT = `Too long to be part of every run: \`npx nx run bench:endurance\` measures it, and keeps it for this document.
Memory is what all processes of a role have resident together, at most in each quarter of the run.`;

export const enduranceReport: PartReport<EnduranceRun> = {
  section: (run) => [
    '## Endurance of the local pipeline',
    `Run of ${run.date} on ${run.machine}. ${TEXT}`,
    throughputText(run.throughput, run.cores),
    cpuTable(run.throughput),
    memoryTable(run.memory),
    `From \`npm start\` to ready: ${run.startsMs.map((ms) => `${(ms / 1000).toFixed(1)} s`).join(', ')}. At rest it
takes ${run.idlePercent.afterStart.toFixed(1)} % of a core after the start and ${run.idlePercent.afterLoad.toFixed(1)} % after the load.`,
  ],
  goals: ({ memory, startsMs, idlePercent, throughput: { queryable, readings } }) => [
    {
      goal: `memory is level from the second to the last quarter of ${readings.toLocaleString('en-US')} readings, in every process`,
      met: memory.every(isBounded),
      figure: memory.every(isBounded)
        ? 'all'
        : `not ${memory.flatMap((role) => (isBounded(role) ? [] : [role.role])).join(', ')}`,
    },
    {
      goal: `all of ${readings.toLocaleString('en-US')} readings are queryable afterwards`,
      met: queryable === readings,
      figure: String(queryable),
    },
    {
      goal: `npm start is ready within ${START_MS_MAX / 1000} s`,
      met: Math.max(...startsMs) < START_MS_MAX,
      figure: `${(Math.max(...startsMs) / 1000).toFixed(1)} s`,
    },
    {
      goal: `the local pipeline takes less than ${IDLE_PERCENT_MAX} % of a core at rest`,
      met: Math.max(idlePercent.afterStart, idlePercent.afterLoad) < IDLE_PERCENT_MAX,
      figure: `${Math.max(idlePercent.afterStart, idlePercent.afterLoad).toFixed(1)} %`,
    },
  ],
};

function memoryTable(memory: readonly RoleMemory[]): string {
  const mb = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`;
  return markdownTable(
    ['memory', 'processes', '1st quarter', '2nd', '3rd', '4th', 'one process at most'],
    memory.map(({ role, processesMax, quarterBytes, peakBytes }) => [
      role,
      processesMax,
      ...quarterBytes.map(mb),
      mb(peakBytes),
    ]),
  );
}
