import { CorruptItemError } from '@weir/dynamo-repo';
import { describeOnEngines, type DynamoEngine } from '@weir/dynamo-repo/testing';
import { SeededRandom } from './simulation/seeded-random.js';
import { storedBytes } from './testing/stored-bytes.js';
import { makeEngineFunction, type EngineFunction } from './testing/engine-function.js';
import { NEXT_FORMAT, asNextRelease } from './testing/next-release-client.js';
import { HOUR_MS, MINUTE_MS, NOON_MS, makeReading, makeRecord } from './testing/test-batch.js';
import type { StreamRecord } from './transport.js';

jest.setTimeout(60_000);

const SEED = Number(process.env['WEIR_REPLAY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const NOW_MS = NOON_MS + 12 * HOUR_MS;

/** The first bytes of every binary that stands in the table under `deviceId`: the formats it is in. */
async function formatsOf(deviceId: string, fn: EngineFunction): Promise<Set<number | undefined>> {
  const own = (await fn.items()).filter(({ pk }) => pk === `D#${deviceId}`);
  const binaries = own.flatMap((item) => Object.values(item)).filter((value) => value instanceof Uint8Array);
  return new Set(binaries.map((bytes) => bytes[0]));
}

describeOnEngines(`two releases on one table (seed ${SEED})`, ({ start }) => {
  let engine: DynamoEngine;
  let today: EngineFunction;
  let next: EngineFunction;

  beforeEach(async () => {
    engine = await start();
    today = makeEngineFunction(engine, { nowMs: NOW_MS });
    next = makeEngineFunction(engine, { nowMs: NOW_MS, client: asNextRelease(engine.connect()) });
  });
  afterEach(() => engine?.stop());

  const at = (deviceId: string, minute: number): StreamRecord =>
    makeRecord([
      makeReading({ deviceId, timestamp: NOON_MS + minute * MINUTE_MS, metrics: { flow: minute } }),
    ]);

  it.each([
    ['reads before it writes', (): void => today.restart()],
    ['has an older state in memory', (): void => {}],
  ])(
    'today\u2019s container, which %s, leaves what it cannot read to another delivery',
    async (_which, prepare) => {
      expect((await today.process([at('pump-1', 0), at('pump-2', 0)])).unfinished).toEqual([]);
      expect((await next.process([at('pump-1', 1)])).unfinished).toEqual([]);
      expect(await formatsOf('pump-1', today)).toEqual(new Set([NEXT_FORMAT]));
      const before = await today.items();
      prepare();

      const records = [at('pump-2', 2), at('pump-1', 2), at('pump-3', 2)];
      const report = await today.process(records);
      expect(report.unfinished).toEqual([records[1]?.origin.sequenceNumber]);
      expect(report.failures).toEqual([
        { deviceId: 'pump-1', error: expect.any(CorruptItemError) as unknown },
      ]);
      expect(report.failures[0]?.error).toMatchObject({ cause: { code: 'format_unsupported' } });
      expect(report.tally).toMatchObject({ pointsStored: 2, pointsQuarantined: 0, recordsQuarantined: 0 });
      expect(today.quarantined).toEqual([]);
      const ofPump1 = ({ pk }: { readonly pk: string }): boolean => pk === 'D#pump-1';
      expect((await today.items()).filter(ofPump1)).toEqual(before.filter(ofPump1));

      const again = await next.process(records);
      expect(again.unfinished).toEqual([]);
      expect(again.tally).toMatchObject({ pointsStored: 1, pointsDuplicate: 2 });
    },
  );

  it('in any order of batches end with the very table of one release, and nothing is lost', async () => {
    const random = new SeededRandom(SEED);
    const devices = ['pump-1', 'pump-2', 'pump-3', 'pump-4'];
    const records = Array.from({ length: 400 }, () => at(random.pick(devices), random.whole(0, 8 * 60)));
    let waiting = [...records];
    let refused = 0;
    for (let batch = 0; batch < 40; batch += 1) {
      const taken = waiting.splice(0, 20);
      const fn = random.pick([today, next]);
      if (random.chance(0.2)) fn.restart();
      const { unfinished } = await fn.process(taken);
      const lost = new Set(unfinished);
      refused += lost.size;
      waiting.push(...taken.filter(({ origin }) => lost.has(origin.sequenceNumber)));
      waiting = random.shuffled(waiting);
    }
    expect(refused).toBeGreaterThan(0);
    const last = await next.process([...waiting, ...records]);
    expect(last.failures).toEqual([]);
    expect([...today.quarantined, ...next.quarantined]).toEqual([]);

    const other = await start();
    try {
      const alone = makeEngineFunction(other, { nowMs: NOW_MS });
      expect((await alone.process(records)).failures).toEqual([]);
      expect(storedBytes(await next.items())).toEqual(storedBytes(await alone.items()));
    } finally {
      await other.stop();
    }
  });
});
