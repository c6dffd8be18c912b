import { HOUR_MS } from './fleet.js';
import { SeededRandom } from './seeded-random.js';

/** A plan as the local runtime reads it (docs/local-runtime.md, "Faults"). */
export interface FaultPlan {
  readonly seed: number;
  readonly calls: readonly object[];
  readonly events: readonly object[];
  readonly clocks?: readonly object[];
}

const SERVICES = ['dynamodb', 'kinesis'] as const;
const CALL_FAULTS = [
  'delay',
  'loseRequest',
  'loseResponse',
  'arriveLate',
  'duplicate',
  'throttle',
  'failEntries',
] as const;

/** Every kind of fault that a run must have seen before it proves anything, as {@link faultKindOf} names them. */
export const PLANNED_FAULTS: readonly string[] = [
  ...SERVICES.flatMap((service) => CALL_FAULTS.map((fault) => `${service} ${fault}`)),
  ...SERVICES.map((service) => `${service} killEngine`),
  'killCaller before',
  'killCaller after',
  'killWorker',
  'killRuntime',
  'reshard split',
  'reshard merge',
  'expireIterator',
  'pauseConsumer',
];

/** The kind of an entry in the runtime's log of faults; undefined for one that could not be applied. */
export function faultKindOf(entry: Readonly<Record<string, unknown>>): string | undefined {
  const { fault, service, moment, split } = entry;
  if (entry['failed'] !== undefined) return undefined;
  if (fault === 'killCaller') return `killCaller ${String(moment)}`;
  if (fault === 'reshard') return split === undefined ? 'reshard merge' : 'reshard split';
  return service === undefined ? String(fault) : `${String(service)} ${String(fault)}`;
}

/**
 * What goes wrong in one life of the runtime, which the plan itself ends. Rates differ from seed to seed and from life to
 * life. They leave a batch a fair chance, for what fails ten times goes to quarantine, as it should; whatever kills is
 * bounded.
 *
 * @param life 0 for the first one, and so on
 */
export function faultPlanOf(seed: number, life: number): FaultPlan {
  const random = new SeededRandom(`${seed}/faults/${life}`);
  const calls = SERVICES.flatMap((service) => {
    const rule = (fault: (typeof CALL_FAULTS)[number], more: object = {}) => ({
      fault,
      service,
      probability: random.pick([0.01, 0.02, 0.04]),
      ...more,
    });
    return [
      rule('delay', { probability: 0.1, delayMs: [1, random.pick([20, 200])] }),
      rule('loseRequest'),
      rule('loseResponse'),
      rule('arriveLate', { delayMs: [1, random.pick([100, 1500])] }),
      rule('duplicate', { delayMs: [0, random.pick([50, 1000])] }),
      rule('throttle'),
      rule('failEntries', { probability: 0.1, entryProbability: 0.5 }),
    ];
  });
  const writes = { service: 'dynamodb', operations: ['PutItem', 'UpdateItem'] };
  // A write that takes effect after the next one has: what only a condition on the version keeps from doing harm.
  const lateWrites = (['arriveLate', 'duplicate'] as const).map((fault) => ({
    ...writes,
    fault,
    probability: random.pick([0.05, 0.1]),
    delayMs: [300, random.pick([1_500, 4_000])],
  }));
  // A worker that dies between two writes leaves the first without the second: above all a seal, which is an UpdateItem.
  const kills = [
    {
      ...writes,
      fault: 'killCaller',
      moment: 'after',
      operations: ['UpdateItem'],
      probability: 0.02,
      max: 10,
    },
    { ...writes, fault: 'killCaller', moment: 'after', operations: ['PutItem'], probability: 0.02, max: 3 },
    { ...writes, fault: 'killCaller', moment: 'before', probability: 0.02, max: 5 },
    { service: 'kinesis', fault: 'killCaller', moment: 'before', probability: 0.02, max: 2 },
    { service: 'kinesis', fault: 'killCaller', moment: 'after', probability: 0.02, max: 2 },
  ];
  return {
    seed: random.whole(0, 2 ** 32 - 1),
    calls: [...kills, ...lateWrites, ...calls],
    events: [
      { fault: 'killWorker', meanIntervalMs: random.pick([2_000, 5_000]), max: 8 },
      ...SERVICES.map((service) => ({ fault: 'killEngine', service, meanIntervalMs: 5_000, max: 2 })),
      { fault: 'reshard', meanIntervalMs: random.pick([2_000, 4_000]), max: 6, openShardsMax: 4 },
      { fault: 'expireIterator', meanIntervalMs: 3_000 },
      { fault: 'pauseConsumer', meanIntervalMs: 5_000, pauseMs: random.pick([300, 2_000]) },
      {
        fault: 'killRuntime',
        afterMs: life === 0 ? random.whole(9_000, 15_000) : random.whole(15_000, 45_000),
      },
    ],
  };
}

/**
 * The plan in which nothing goes wrong. The clock of the analytics API is an hour late, so that it takes a registry entry that
 * has long been in effect: other entries begin to hold only once a run is over.
 */
export function calmPlanOf(seed: number): FaultPlan {
  const skewMs = [-HOUR_MS, -HOUR_MS];
  return { seed, calls: [], events: [], clocks: [{ function: 'analytics-fn', skewMs }] };
}
