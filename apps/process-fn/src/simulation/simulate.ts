import type { Envelope } from '@weir/telemetry-schema';
import { checkTable } from './check-table.js';
import { expectationOf, quarantineLine, type Expectation } from './expectation.js';
import { latestSlot, makeWorkload } from './make-workload.js';
import { pointsOf } from './point-oracle.js';
import { SeededRandom } from './seeded-random.js';
import { SimulatedReader } from './simulated-reader.js';
import { SimulatedWorld } from './simulated-world.js';
import { BLOCK_MS, FIRST_SLOT_MS, NO_FAULTS, type Era, type PutRecord, type Workload } from './workload.js';

/** What became of one schedule. */
export interface ScheduleResult {
  /** Empty if all invariants held; else a sentence for each thing that is wrong. */
  readonly wrong: readonly string[];
  readonly turns: number;
}

/** Faults last for this many turns in an era at most, and no schedule needs nearly as many to come to rest after them. */
const FAULTY_TURNS_MAX = 500;
const CALM_TURNS_MAX = 20_000;

/** How many deliveries of each lane may come to nothing after the faults, for what they find in a warm memory. */
const CALM_FAILURES_MAX = 2;

/** Runs the schedule of a seed, which decides everything in it. */
export async function simulate(seed: number): Promise<ScheduleResult> {
  return simulateWorkload(makeWorkload(new SeededRandom(seed)), seed);
}

/**
 * Runs a schedule.
 *
 * @param seed of the decisions that are taken on the way
 * @param log gets a line for everything that happens
 */
export async function simulateWorkload(
  workload: Workload,
  seed: number,
  log?: (line: string) => void,
): Promise<ScheduleResult> {
  const schedule = new Schedule(workload, new SeededRandom(seed), log);
  await schedule.run();
  if (schedule.wrong.length === 0) {
    const clean = new Schedule(cleanRunOf(workload), new SeededRandom(seed));
    await clean.run();
    schedule.wrong.push(...clean.wrong.map((sentence) => `without faults: ${sentence}`));
    schedule.wrong.push(...differences(schedule.world.bytes(), clean.world.bytes()));
    await schedule.replay('a first replay');
    await schedule.replay('a second replay');
  }
  return { wrong: schedule.wrong, turns: schedule.world.scheduler.turns };
}

class Schedule {
  readonly wrong: string[] = [];
  readonly world: SimulatedWorld;
  private readonly reader: SimulatedReader;
  private reading = false;

  constructor(
    private readonly workload: Workload,
    private readonly random: SeededRandom,
    log?: (line: string) => void,
  ) {
    this.world = new SimulatedWorld(workload, random, log);
    this.reader = new SimulatedReader(this.world.readerRepositories(), random, mayOverlap(workload));
  }

  async run(): Promise<void> {
    const { world, wrong, workload } = this;
    await world.register();
    for (const era of workload.eras.keys()) {
      await this.liveThrough(era);
      if (wrong.length > 0 || world.bugs.length > 0) break;
    }
    wrong.push(...this.reader.wrong);
    wrong.push(
      ...world.bugs.map((bug) => `a use case threw ${bug instanceof Error ? bug.stack : String(bug)}`),
    );
    if (wrong.length > 0) return;
    const expected = expectationOf(workload.eras);
    wrong.push(...(await checkTable(world.repositories, expected)));
    wrong.push(...checkQuarantine(world, expected));
  }

  /** Puts and delivers the records of an era while faults last, then lets everything come to rest. */
  private async liveThrough(era: number): Promise<void> {
    const { world, random } = this;
    const { pauseMs, lagMs, records } = this.era(era);
    world.replaceContainers();
    const slots = this.workload.eras.slice(0, era + 1).map((past) => latestSlot(past.records));
    const afterLatestMs = FIRST_SLOT_MS + (Math.max(...slots) + 2) * BLOCK_MS + lagMs;
    world.pause(Math.max(world.nowMs + pauseMs, afterLatestMs));
    world.faults = true;
    const toPut = [...records];
    const end = world.scheduler.turns + FAULTY_TURNS_MAX;
    while ((toPut.length > 0 || !world.stream.drained) && world.scheduler.turns < end) {
      if (toPut.length > 0 && random.chance(0.1)) world.put(toPut.shift() as PutRecord);
      if (random.chance(this.workload.readChance)) this.beginToRead(era);
      await world.step();
    }
    world.faults = false;
    for (const record of toPut) world.put(record);
    await world.settle();
    if (this.workload.mixedReleases) world.replaceContainers();
    await this.checkIsolation();
    await this.comeToRest();
  }

  /** While one device is refused, everything else is finished with the first delivery that nobody disturbs. */
  private async checkIsolation(): Promise<void> {
    const { world, wrong } = this;
    const hot = world.refusedDevice;
    if (hot === undefined) return;
    world.reports.length = 0;
    while (world.deliver());
    await world.settle();
    for (const { failures } of world.reports) {
      for (const { deviceId } of failures) {
        if (deviceId !== hot) wrong.push(`${deviceId} failed because of ${hot}`);
      }
    }
    world.refusedDevice = undefined;
  }

  /** Without faults, everything pending is finished after a few deliveries of each lane. */
  private async comeToRest(): Promise<void> {
    const { world } = this;
    const end = world.scheduler.turns + CALM_TURNS_MAX;
    const { backlog, laneCount } = world.stream;
    const deliveriesMax = backlog + CALM_FAILURES_MAX * laneCount;
    for (let n = 0; n < deliveriesMax && !world.stream.drained && world.scheduler.turns < end; n += 1) {
      world.deliver();
      await world.settle();
    }
    if (!world.stream.drained) this.wrong.push('records were never finished after the faults had ended');
  }

  private beginToRead(era: number): void {
    if (this.reading) return;
    this.reading = true;
    const done = new Set(
      [...this.world.finished].flatMap((record) => (record.decoded ? [record.envelope] : [])),
    );
    const before = this.workload.eras.slice(0, era);
    const { records, ...rest } = this.era(era);
    const finished = records.filter(({ envelope }) => envelope && done.has(envelope));
    const read = this.reader.read(
      expectationOf([...before, { ...rest, records: finished }]),
      expectationOf([...before, { ...rest, records }]),
    );
    void read.then(() => {
      this.reading = false;
    });
  }

  /** Everything again: not a byte of the table changes. */
  async replay(name: string): Promise<void> {
    const { world, workload } = this;
    const before = JSON.stringify(world.table.items());
    if (this.random.chance(0.5)) world.replaceContainers();
    for (const record of workload.eras.flatMap(({ records }) => records)) world.put(record);
    await this.comeToRest();
    if (JSON.stringify(world.table.items()) !== before) this.wrong.push(`${name} changed the table`);
  }

  private era(index: number): Era {
    const era = this.workload.eras[index];
    if (!era) throw new RangeError(`there is no era ${index}`);
    return era;
  }
}

/**
 * Whether several invocations may work on one device at once: the mapping may have given one up that goes on, a request of
 * a dead one may still be under way, or the device's records come on several lanes.
 */
function mayOverlap({ eras, faults: { handover, lateEffect } }: Workload): boolean {
  const groups = new Map<string, number>();
  const several = eras
    .flatMap(({ records }) => records)
    .some(({ group, envelope }) =>
      envelope?.readings.some(({ deviceId }) => {
        const known = groups.get(deviceId) ?? group;
        groups.set(deviceId, known);
        return known !== group;
      }),
    );
  return several || handover > 0 || lateEffect > 0;
}

/** The same records for one container and one lane that nothing ever happens to. */
function cleanRunOf(workload: Workload): Workload {
  return {
    ...workload,
    faults: NO_FAULTS,
    containerCount: 1,
    shardCount: 1,
    parallelizationFactor: 1,
    clockSkewMsMax: 0,
    tornReads: false,
    mixedReleases: false,
    hotDevice: undefined,
    readChance: 0,
  };
}

/** The bytes that stand in a table do not depend on what happened on the way there. */
function differences(found: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const names = new Set([...found.keys(), ...wanted.keys()]);
  return [...names]
    .filter((name) => found.get(name) !== wanted.get(name))
    .map((name) => `${name} has not the bytes of a run without faults`);
}

/** What must be in quarantine is there, and nothing else is. */
function checkQuarantine(world: SimulatedWorld, { quarantined }: Expectation): string[] {
  const found = new Set<string>();
  for (const { origin, content } of world.quarantined.values()) {
    if ('payloadBase64' in content) found.add(`${content.payloadBase64} undecodable`);
    else
      for (const point of pointsOfReadings(content.readings))
        found.add(quarantineLine(origin.requestId ?? '', point));
  }
  return [
    ...[...quarantined].filter((line) => !found.has(line)).map((line) => `${line} is not in quarantine`),
    ...[...found].filter((line) => !quarantined.has(line)).map((line) => `${line} is in quarantine`),
  ];
}

function pointsOfReadings(readings: Envelope['readings']): ReturnType<typeof pointsOf> {
  return pointsOf({ version: 1, receivedAt: 0, requestId: '', readings });
}
