import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';
import type { SeededRandom } from './seeded-random.js';
import {
  BLOCK_MS,
  DAY_MS,
  DEVICE_GROUPS,
  FIRST_SLOT_MS,
  METRICS,
  MINUTE_MS,
  type Era,
  type FaultRates,
  type PutRecord,
  type Workload,
} from './workload.js';

/** Blocks live for 30 days, folded hours for 13 months. */
const PAUSES_MS = [0, 31 * DAY_MS, 400 * DAY_MS];

/** Makes a workload: all that its seed decides before it runs. */
export function makeWorkload(random: SeededRandom): Workload {
  const eras = [makeEra(0, [], random)];
  if (random.chance(0.2)) eras.push(makeEra(random.pick(PAUSES_MS), eras, random));
  return {
    eras: random.chance(0.3) ? eras.map((era) => regrouped(era, random)) : eras,
    faults: random.chance(0.1) ? calm(random) : stormy(random),
    containerCount: random.whole(1, 3),
    shardCount: random.whole(1, 2),
    parallelizationFactor: random.whole(1, 2),
    batchSizeMax: random.pick([1, 3, 10]),
    roundSlotsMax: random.pick([1, 2, 24]),
    warm: random.chance(0.85),
    clockSkewMsMax: random.pick([0, 2000, 5 * MINUTE_MS]),
    tornReads: random.chance(0.5),
    mixedReleases: random.chance(0.1),
    hotDevice: random.chance(0.1) ? random.pick(DEVICE_GROUPS.flat()) : undefined,
    readChance: random.pick([0, 0.02]),
  };
}

/** Interleaving alone, with what producers and the mapping may always do. */
function calm(random: SeededRandom): FaultRates {
  return { ...stormy(random), throttle: 0, lostResponse: 0, lateEffect: 0, crash: 0, storm: 0, hurry: 0 };
}

function stormy(random: SeededRandom): FaultRates {
  return {
    throttle: random.pick([0, 0.02, 0.08]),
    lostResponse: random.pick([0, 0.02, 0.08]),
    lateEffect: random.pick([0, 0.02, 0.08]),
    crash: random.pick([0, 0.01, 0.04]),
    storm: random.pick([0, 0, 0.01]),
    hurry: random.pick([0, 0.1]),
    lostReport: random.pick([0, 0.1]),
    handover: random.pick([0, 0.02, 0.1]),
    reshard: random.pick([0, 0, 0.02]),
    putAgain: random.pick([0, 0.1]),
  };
}

/** Time goes on from record to record, with late, repeated, corrected and contradicting readings, and with poison. */
function makeEra(pauseMs: number, before: readonly Era[], random: SeededRandom): Era {
  const past = before.flatMap(({ records }) => records);
  const records: PutRecord[] = [];
  const strides = random.pick([
    [0, 0, 1],
    [0, 1, 1, 2],
    [1, 2, 6, 7],
    [0, 1, 20, 150],
  ]);
  const count = random.whole(3, 9);
  let slot = pauseMs / BLOCK_MS + latestSlot(past);
  for (let n = 0; n < count; n += 1) {
    slot += random.pick(strides);
    const requestId = `r${past.length + records.length}`;
    const known = [...past, ...records];
    if (known.length > 0 && random.chance(0.15))
      records.push(sendAgain(random.pick(known), requestId, random));
    else if (random.chance(0.04))
      records.push({ group: random.whole(0, DEVICE_GROUPS.length - 1), requestId });
    else records.push(makeRecord(requestId, slot, known, random));
  }
  const lagMs = random.pick([0, 2 * DAY_MS]);
  return { pauseMs, lagMs, records: random.chance(0.1) ? [...records, ...records] : records };
}

/** As when the number of device groups changes: records of one device come on several lanes, which know no order. */
function regrouped(era: Era, random: SeededRandom): Era {
  const group = (): number => random.whole(0, DEVICE_GROUPS.length - 1);
  return { ...era, records: era.records.map((record) => ({ ...record, group: group() })) };
}

/** The slot of the latest reading, counted from the first slot of all. */
export function latestSlot(records: readonly PutRecord[]): number {
  const times = records.flatMap(({ envelope }) => envelope?.readings.map(({ timestamp }) => timestamp) ?? []);
  return times.reduce((latest, time) => Math.max(latest, Math.floor((time - FIRST_SLOT_MS) / BLOCK_MS)), 0);
}

/** A replay: the very same envelope. Or a device resends: the same readings in a request of their own. */
function sendAgain(earlier: PutRecord, requestId: string, random: SeededRandom): PutRecord {
  if (!earlier.envelope || random.chance(0.5)) return earlier;
  const receivedAt = receivedAtOf(requestId, random);
  return { ...earlier, requestId, envelope: { ...earlier.envelope, receivedAt, requestId } };
}

function makeRecord(
  requestId: string,
  slot: number,
  before: readonly PutRecord[],
  random: SeededRandom,
): PutRecord {
  const group = random.whole(0, DEVICE_GROUPS.length - 1);
  const known = before
    .filter((record) => record.group === group)
    .flatMap(({ envelope }) => envelope?.readings ?? []);
  const readings: EnvelopeReading[] = [];
  const count = random.whole(1, 4);
  for (let n = 0; n < count; n += 1) {
    const candidates = [...known, ...readings];
    if (candidates.length > 0 && random.chance(0.25))
      readings.push(contradict(random.pick(candidates), random));
    else
      readings.push(makeReading(group, random.chance(0.25) ? lateSlot(slot, known, random) : slot, random));
  }
  const envelope: Envelope = { version: 1, receivedAt: receivedAtOf(requestId, random), requestId, readings };
  return { group, requestId, envelope };
}

/** A slot in the past: near, or near one that has readings, in which case there may be a pause between. */
function lateSlot(slot: number, known: readonly EnvelopeReading[], random: SeededRandom): number {
  if (known.length === 0 || random.chance(0.5)) return Math.max(0, slot - random.whole(1, 9));
  const { timestamp } = random.pick(known);
  return Math.max(0, Math.floor((timestamp - FIRST_SLOT_MS) / BLOCK_MS) + random.whole(-2, 2));
}

function makeReading(group: number, slot: number, random: SeededRandom): EnvelopeReading {
  const timestamp = FIRST_SLOT_MS + slot * BLOCK_MS + random.whole(0, 9) * MINUTE_MS;
  const metrics: Record<string, number> = {};
  for (const metric of METRICS) if (random.chance(0.7)) metrics[metric] = random.whole(-20, 100);
  if (Object.keys(metrics).length === 0) metrics[random.pick(METRICS)] = 7;
  return { deviceId: random.pick(DEVICE_GROUPS[group] ?? []), timestamp, metrics };
}

/** The same identity with other values: with a higher revision a correction, without one a contradiction. */
function contradict(known: EnvelopeReading, random: SeededRandom): EnvelopeReading {
  const metrics = Object.fromEntries(
    Object.keys(known.metrics).map((metric) => [metric, random.whole(-20, 100)]),
  );
  const { revision = 0 } = known;
  return { ...known, metrics, ...(random.chance(0.4) ? { revision: revision + 1 } : {}) };
}

/** The clocks of ingest's containers differ, so receipt times are not in the order of the stream, and some are equal. */
function receivedAtOf(requestId: string, random: SeededRandom): number {
  return FIRST_SLOT_MS + (Number(requestId.slice(1)) + random.whole(0, 3)) * 1000;
}
