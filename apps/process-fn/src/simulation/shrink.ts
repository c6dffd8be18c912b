import { NO_FAULTS, type Era, type FaultRates, type PutRecord, type Workload } from './workload.js';

/** Settings at their simplest, in which most failures can be understood. */
const SIMPLEST: Partial<Workload> = {
  containerCount: 1,
  shardCount: 1,
  parallelizationFactor: 1,
  batchSizeMax: 10,
  roundSlotsMax: 24,
  warm: false,
  clockSkewMsMax: 0,
  tornReads: false,
  mixedReleases: false,
  hotDevice: undefined,
  readChance: 0,
};

/** A workload, and what `failureOf` said of it. */
export interface Shrunk<Failure> {
  readonly workload: Workload;
  readonly failure: Failure;
}

/**
 * Takes away from a failing workload whatever it fails without, one thing at a time, until nothing can be taken away.
 *
 * @param failureOf tells how a workload fails, undefined if it does not
 * @param triesMax how many workloads are tried at most
 */
export async function shrink<Failure>(
  failing: Shrunk<Failure>,
  failureOf: (workload: Workload) => Promise<Failure | undefined>,
  triesMax: number,
): Promise<Shrunk<Failure>> {
  let smallest = failing;
  let tries = 0;
  let found = true;
  while (found) {
    found = false;
    for (const workload of smallerThan(smallest.workload)) {
      if ((tries += 1) > triesMax) return smallest;
      const failure = await failureOf(workload);
      if (failure === undefined) continue;
      smallest = { workload, failure };
      found = true;
      break;
    }
  }
  return smallest;
}

/** Workloads with one thing less, those with much less first. */
function* smallerThan(workload: Workload): Generator<Workload> {
  const { eras, faults } = workload;
  for (const fewer of without(eras)) if (fewer.length > 0) yield { ...workload, eras: fewer };
  for (const [index, era] of eras.entries()) {
    for (const smaller of smallerEras(era)) yield { ...workload, eras: eras.with(index, smaller) };
  }
  for (const name of Object.keys(NO_FAULTS) as (keyof FaultRates)[]) {
    if (faults[name] > 0) yield { ...workload, faults: { ...faults, [name]: 0 } };
  }
  for (const name of Object.keys(SIMPLEST) as (keyof Workload)[]) {
    if (workload[name] !== SIMPLEST[name]) yield { ...workload, [name]: SIMPLEST[name] };
  }
}

function* smallerEras(era: Era): Generator<Era> {
  const { records } = era;
  for (const fewer of without(records)) yield { ...era, records: fewer };
  if (era.pauseMs > 0) yield { ...era, pauseMs: 0 };
  if (era.lagMs > 0) yield { ...era, lagMs: 0 };
  for (const [index, record] of records.entries()) {
    for (const smaller of smallerRecords(record)) yield { ...era, records: records.with(index, smaller) };
  }
}

function* smallerRecords(record: PutRecord): Generator<PutRecord> {
  const { envelope } = record;
  if (!envelope) return;
  const { readings } = envelope;
  if (readings.length > 1) {
    for (const fewer of without(readings)) yield { ...record, envelope: { ...envelope, readings: fewer } };
  }
  for (const [index, reading] of readings.entries()) {
    const metrics = Object.entries(reading.metrics);
    if (metrics.length < 2) continue;
    for (const fewer of without(metrics)) {
      const smaller = readings.with(index, { ...reading, metrics: Object.fromEntries(fewer) });
      yield { ...record, envelope: { ...envelope, readings: smaller } };
    }
  }
}

/** The list without its second half, without its first half, and so on down to without each single element. */
function* without<T>(list: readonly T[]): Generator<T[]> {
  for (let size = Math.ceil(list.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = list.length - size; from > -size; from -= size) {
      const rest = [...list.slice(0, Math.max(from, 0)), ...list.slice(from + size)];
      if (rest.length > 0 || size === 1) yield rest;
    }
  }
}
