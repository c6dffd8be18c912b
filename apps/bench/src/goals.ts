import type { BundleSize } from './bundle-sizes/bundle-size.js';
import type { LoadTime } from './cold-start/measure-load.js';
import type { CostsOfWorkload } from './exactness/measure-designs.js';
import type { PackingOfTraffic } from './packing/measure-packing.js';
import type { QueryCost } from './queries/measure-queries.js';

/** Everything that was measured in one run. */
export interface Measurements {
  readonly exactness: readonly CostsOfWorkload[];
  readonly packing: readonly PackingOfTraffic[];
  readonly queries: readonly QueryCost[];
  readonly bundles: readonly BundleSize[];
  readonly loads: readonly LoadTime[];
}

/** What was aimed at, and how far it was reached. */
export interface Goal {
  readonly goal: string;
  readonly met: boolean;
  readonly figure: string;
}

const WRITE_UNITS_BESIDE = 0.1;
const PAYLOAD_UNITS_MAX = 20;
const HOURLY_REQUESTS_MAX = 2;
const HOURLY_READ_UNITS_MAX = 60;
const BUNDLE_BYTES_MAX = 500_000;
const LOAD_RATIO_MAX = 1.5;

/** Every goal with its figure of this run. */
export function goalsOf({ exactness, packing, queries, bundles, loads }: Measurements): Goal[] {
  return [
    ...exactness.flatMap(writeGoal),
    errorGoal(exactness),
    ...packing.flatMap(packingGoal),
    ...queries.flatMap(hourlyGoals),
    ...bundles.map(({ project, bytes }) => ({
      goal: `${project}: bundle of at most ${BUNDLE_BYTES_MAX / 1000} KB`,
      met: bytes <= BUNDLE_BYTES_MAX,
      figure: `${(bytes / 1000).toFixed(0)} KB`,
    })),
    ...loads.flatMap(loadGoal),
  ];
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

/** Of requests with 60 readings or more. */
function packingGoal({ traffic, requests, readings, weir }: PackingOfTraffic): Goal[] {
  if (readings / requests < 60) return [];
  const units = (1000 * weir.payloadUnits) / readings;
  return [
    {
      goal: `${traffic}: at most ${PAYLOAD_UNITS_MAX} payload units for 1,000 readings`,
      met: units <= PAYLOAD_UNITS_MAX,
      figure: units.toFixed(1),
    },
  ];
}

function hourlyGoals({ engine, query, requests, readUnits }: QueryCost): Goal[] {
  if (query !== '30 days by hour') return [];
  return [
    {
      goal: `${query}, ${engine}: at most ${HOURLY_REQUESTS_MAX} requests`,
      met: requests <= HOURLY_REQUESTS_MAX,
      figure: String(requests),
    },
    {
      goal: `${query}, ${engine}: at most ${HOURLY_READ_UNITS_MAX} read units`,
      met: readUnits <= HOURLY_READ_UNITS_MAX,
      figure: String(readUnits),
    },
  ];
}

/** Of functions that need a client of AWS. */
function loadGoal({ project, bareClient, toBareClient }: LoadTime): Goal[] {
  if (bareClient === 'empty') return [];
  return [
    {
      goal: `${project}: loads in at most ${LOAD_RATIO_MAX} times the CPU time of a bare ${bareClient} client`,
      met: toBareClient <= LOAD_RATIO_MAX,
      figure: toBareClient.toFixed(2),
    },
  ];
}
