import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';
import type { StreamRecord } from '../transport.js';
import { checkAcknowledged, checkTable } from './check-world.js';
import { distinctPoints, type OraclePoint, type Storable } from './point-oracle.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedWorld } from './simulated-world.js';
import { RANGED_MAX, RANGED_METRIC, REGISTERED_DEVICE, makeWorkload } from './workload.js';

/** What became of one schedule. */
export interface ScheduleResult {
  readonly seed: number;
  /** Empty if all invariants held. */
  readonly wrong: readonly string[];
  readonly turns: number;
}

/** No schedule needs nearly as many; one that takes more does not come to an end. */
const TURNS_MAX = 50_000;

/** How often what readers see is checked when records are acknowledged; it takes most of a schedule's time. */
const READ_CHANCE = 0.4;

/** Runs one schedule. The seed alone decides everything in it, so a failure is repeated by its seed. */
export async function simulate(seed: number): Promise<ScheduleResult> {
  const random = new SeededRandom(seed);
  const workload = makeWorkload(random);
  const wrong: string[] = [];
  const world: SimulatedWorld = new SimulatedWorld(workload, random, async () => {
    if (random.chance(READ_CHANCE))
      wrong.push(...(await checkAcknowledged(world, pointsOf([...world.acknowledged]))));
  });
  const expected = pointsOf(workload.records);
  await world.register();
  await runWithFaults(world, random);
  await runToTheEnd(world);
  if (world.pending.length > 0) wrong.push(`${world.pending.length} records were never finished`);
  wrong.push(
    ...world.bugs.map((bug) => `a use case threw ${bug instanceof Error ? bug.stack : String(bug)}`),
  );
  wrong.push(...(await checkTable(world, expected)));
  wrong.push(...checkQuarantine(world));
  wrong.push(...(await checkReplay(world)));
  return { seed, wrong, turns: world.scheduler.turns };
}

/** Hands out ranges of pending records to idle containers, now and then the same ones again, until the budget is used up. */
async function runWithFaults(world: SimulatedWorld, random: SeededRandom): Promise<void> {
  const { invocationsMax } = world.workload;
  for (let begun = 0; begun < invocationsMax && world.scheduler.turns < TURNS_MAX;) {
    const { pending } = world;
    if (pending.length === 0) break;
    if (world.scheduler.idle || random.chance(0.15)) {
      const from = random.whole(0, Math.min(pending.length - 1, 3));
      if (world.invoke(pending.slice(from, from + random.whole(1, 6)))) begun += 1;
    }
    await world.scheduler.step();
  }
}

/** Without faults, everything pending is delivered until it is finished. */
async function runToTheEnd(world: SimulatedWorld): Promise<void> {
  world.faults = false;
  await world.settle();
  for (let round = 0; round < 4 && world.pending.length > 0; round += 1) {
    world.invoke(world.pending);
    await world.settle();
  }
}

/** Everything again, to a container that knows nothing: not a byte of the table changes. */
async function checkReplay(world: SimulatedWorld): Promise<string[]> {
  const { table } = world.repositories;
  const before = JSON.stringify(table.items());
  const wrong: string[] = [];
  world.replaceContainers();
  world.invoke(world.workload.records);
  await world.settle();
  if (JSON.stringify(table.items()) !== before) wrong.push('a replay of everything changed the table');
  return wrong;
}

/** What is out of range is in quarantine, and nothing else is. */
function checkQuarantine(world: SimulatedWorld): string[] {
  const due = world.workload.records
    .map(envelopeOf)
    .flatMap(({ requestId, readings }) => namedPoints(requestId, readings, storable));
  const kept = [...world.quarantined.values()].flatMap(({ origin, content }) =>
    namedPoints(origin.requestId ?? '', 'readings' in content ? content.readings : [], () => false),
  );
  const [wanted, found] = [due.sort().join(', '), kept.sort().join(', ')];
  return found === wanted ? [] : [`quarantine holds ${found}, not ${wanted}`];
}

/** The points of a request's readings but those that `leaveOut` takes, each as a line of text. */
function namedPoints(requestId: string, readings: readonly EnvelopeReading[], leaveOut: Storable): string[] {
  return readings.flatMap(({ deviceId, timestamp, metrics, revision = 0 }) =>
    Object.entries(metrics)
      .filter(([metric, value]) => !leaveOut(deviceId, metric, value))
      .map(([metric, value]) => `${requestId} ${deviceId} ${timestamp} ${metric} ${value} ${revision}`),
  );
}

function pointsOf(records: readonly StreamRecord[]): Map<string, OraclePoint> {
  return distinctPoints(records.map(envelopeOf), storable);
}

function storable(deviceId: string, metric: string, value: number): boolean {
  return deviceId !== REGISTERED_DEVICE || metric !== RANGED_METRIC || value <= RANGED_MAX;
}

function envelopeOf(record: StreamRecord): Envelope {
  if (!record.decoded) throw new TypeError('workloads consist of envelopes');
  return record.envelope;
}
