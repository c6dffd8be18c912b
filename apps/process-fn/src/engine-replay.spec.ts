import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { decodeSummaries } from '@weir/aggregation';
import type { TableItem } from '@weir/dynamo-repo';
import { describeOnEngines, type DynamoEngine } from '@weir/dynamo-repo/testing';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import { SeededRandom } from './simulation/seeded-random.js';
import { readCsvReadings } from './testing/csv-readings.js';
import { makeEngineFunction, type EngineFunction } from './testing/engine-function.js';
import { storedBytes } from './testing/stored-bytes.js';
import { DAY_MS, HOUR_MS, makeRecord } from './testing/test-batch.js';
import type { StreamRecord } from './transport.js';

/** `WEIR_NAB_DIR`: a folder of `timestamp,value` files, each replayed in full in place of the selection below. */
const FOLDER = process.env['WEIR_NAB_DIR'];
const SEED = Number(process.env['WEIR_REPLAY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const FIXTURES = resolve(__dirname, '../../e2e/fixtures/nab');
const DUPLICATE_SHARE = 0.3;
const RESTARTS = 3;
const BATCH_RECORDS_MAX = 100;
/** The longest that a container which is about to die still works. */
const LAST_REQUESTS_MAX = 30;
const RECEIVED_FROM_MS = Date.UTC(2026, 0, 1);
const NOW_MS = Date.UTC(2026, 5, 1);

jest.setTimeout(FOLDER === undefined ? 60_000 : 1_800_000);

interface Replay {
  readonly name: string;
  readonly readings: readonly EnvelopeReading[];
}

/** Two days of a road sensor, and three of a machine around the hour that a daylight-saving change brings twice. */
function selection(): Replay[] {
  const within = (file: string, from: string, days: number): Replay => ({
    name: `${file} from ${from}, ${days} days`,
    readings: readCsvReadings(join(FIXTURES, file), file).filter(
      ({ timestamp }) => timestamp >= Date.parse(from) && timestamp < Date.parse(from) + days * DAY_MS,
    ),
  });
  return [
    within('speed_7578.csv', '2015-09-10', 2),
    within('machine_temperature_excerpt.csv', '2014-01-06', 3),
  ];
}

function wholeFolder(folder: string): Replay[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.csv'),
  );
  if (files.length === 0) throw new Error(`WEIR_NAB_DIR: there is no .csv file in ${folder}`);
  return files.sort().map((file) => ({
    name: file,
    readings: readCsvReadings(join(folder, file), basename(file)),
  }));
}

/** One reading in an envelope of its own, received `at` milliseconds after the first. */
function recordOf(reading: EnvelopeReading, at: number): StreamRecord {
  return makeRecord([reading], { receivedAt: RECEIVED_FROM_MS + at });
}

function batchesOf(records: readonly StreamRecord[], size: () => number): StreamRecord[][] {
  const batches: StreamRecord[][] = [];
  for (let next = 0; next < records.length;) {
    const batch = records.slice(next, next + size());
    batches.push(batch);
    next += batch.length;
  }
  return batches;
}

/**
 * The records of a day in any order, three in ten of them twice: half of those as the stream delivers a record again, half as
 * a device sends a reading again, which is received later. Days follow each other.
 */
function disturbed(readings: readonly EnvelopeReading[], random: SeededRandom): StreamRecord[] {
  const days = new Map<number, StreamRecord[]>();
  readings.forEach((reading, at) => {
    const day = Math.floor(reading.timestamp / DAY_MS);
    const records = days.get(day) ?? [];
    days.set(day, records);
    const record = recordOf(reading, at);
    records.push(record);
    if (random.chance(DUPLICATE_SHARE)) {
      records.push(random.chance(0.5) ? record : recordOf(reading, readings.length + at));
    }
  });
  return [...days].sort(([a], [b]) => a - b).flatMap(([, records]) => random.shuffled(records));
}

async function replayClean(readings: readonly EnvelopeReading[], fn: EngineFunction): Promise<void> {
  for (const batch of batchesOf(readings.map(recordOf), () => BATCH_RECORDS_MAX)) {
    expect((await fn.process(batch)).failures).toEqual([]);
  }
}

/** Three containers die at some request in the middle of a batch; the next one gets all of the batch again. */
async function replayDisturbed(
  records: readonly StreamRecord[],
  fn: EngineFunction,
  random: SeededRandom,
): Promise<number> {
  const batches = batchesOf(records, () => random.whole(1, BATCH_RECORDS_MAX));
  const deadly = new Set(random.shuffled([...batches.keys()]).slice(0, RESTARTS));
  for (const [index, batch] of batches.entries()) {
    if (deadly.has(index)) {
      fn.dieAfter(random.whole(1, LAST_REQUESTS_MAX));
      await fn.process(batch);
      fn.restart();
    }
    expect((await fn.process(batch)).failures).toEqual([]);
  }
  return deadly.size;
}

/** Count, minimum and maximum of each hour straight from the rows, of equal instants the first: `hour count min max`. */
function hoursOfRows(readings: readonly EnvelopeReading[]): string[] {
  const first = new Map<number, number>();
  for (const { timestamp, metrics } of readings) {
    if (!first.has(timestamp)) first.set(timestamp, metrics['value'] ?? NaN);
  }
  const hours = new Map<number, number[]>();
  for (const [timestamp, value] of first) {
    const hour = Math.floor(timestamp / HOUR_MS) * HOUR_MS;
    hours.set(hour, [...(hours.get(hour) ?? []), value]);
  }
  return [...hours]
    .sort(([a], [b]) => a - b)
    .map(([hour, values]) => `${hour} ${values.length} ${Math.min(...values)} ${Math.max(...values)}`);
}

/** The same from the slots of the days that stand in the table: every hour but the newest, which is not folded yet. */
function hoursOfDays(items: readonly TableItem[]): string[] {
  return items
    .filter(({ sk }) => sk.startsWith('D#'))
    .flatMap((day) =>
      Object.keys(day)
        .filter((name) => /^d\d\d$/.test(name))
        .sort()
        .map((name) => {
          const summary = decodeSummaries(day[name] as Uint8Array).get('value');
          const hour = Number(day.sk.slice(2)) + Number(name.slice(1)) * HOUR_MS;
          return `${hour} ${summary?.count} ${summary?.min} ${summary?.max}`;
        }),
    );
}

describeOnEngines(`replaying real sensor data (seed ${SEED})`, ({ start }) => {
  const replays = FOLDER === undefined ? selection() : wholeFolder(FOLDER);

  /** Runs one function on a table of its own and answers with what stands in it afterwards. */
  async function tableAfter(work: (fn: EngineFunction) => Promise<void>): Promise<TableItem[]> {
    const engine: DynamoEngine = await start();
    try {
      const fn = makeEngineFunction(engine, { nowMs: NOW_MS });
      await work(fn);
      expect(fn.quarantined).toEqual([]);
      return await fn.items();
    } finally {
      await engine.stop();
    }
  }

  it.each(replays)(
    '$name: with duplicates, shuffled days and three restarts every byte is that of a clean run',
    async ({ readings }) => {
      const random = new SeededRandom(SEED);
      const records = disturbed(readings, random);
      expect(records.length).toBeGreaterThan(readings.length * (1 + DUPLICATE_SHARE / 2));
      const clean = await tableAfter((fn) => replayClean(readings, fn));
      let restarts = 0;
      const after = await tableAfter(async (fn) => {
        restarts = await replayDisturbed(records, fn, random);
      });
      expect(restarts).toBe(RESTARTS);
      expect(storedBytes(after)).toEqual(storedBytes(clean));
      expect(hoursOfDays(after)).toEqual(hoursOfRows(readings).slice(0, -1));
    },
  );
});
