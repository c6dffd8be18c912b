import { foldSummaries, statisticsOf, summarise, type Summaries } from '@weir/aggregation';
import { DEVICE_HOURS, statisticsErrors } from '@weir/aggregation/testing';
import { describeOnEngines, type DynamoEngine } from '@weir/dynamo-repo/testing';
import { makeEngineFunction, type EngineFunction } from './testing/engine-function.js';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  NOON_MS,
  makeReading,
  makeRecord,
  unlimited,
} from './testing/test-batch.js';

jest.setTimeout(60_000);

const DAY_START_MS = Math.floor(NOON_MS / DAY_MS) * DAY_MS;

describeOnEngines('an hour of extreme values, stored and read back', ({ start }) => {
  let engine: DynamoEngine;
  let fn: EngineFunction;

  beforeAll(async () => {
    engine = await start();
    fn = makeEngineFunction(engine, { nowMs: NOON_MS + 3 * HOUR_MS });
  });
  afterAll(() => engine?.stop());

  describe.each(DEVICE_HOURS)('$name', ({ name, values }) => {
    const deviceId = `device-${DEVICE_HOURS.findIndex((hour) => hour.name === name)}`;
    const expected = values.map((value, minute) => ({
      timestampMs: NOON_MS + minute * MINUTE_MS,
      value: value + 0,
    }));

    beforeAll(async () => {
      const readings = values.map((value, minute) =>
        makeReading({ deviceId, timestamp: NOON_MS + minute * MINUTE_MS, metrics: { value } }),
      );
      const later = makeReading({ deviceId, timestamp: NOON_MS + HOUR_MS, metrics: { value: 0 } });
      // A container each for the even minutes, the odd ones, and what ends the hour.
      for (const part of [
        readings.filter((_, at) => at % 2 === 0),
        readings.filter((_, at) => at % 2 === 1),
        [later],
      ]) {
        fn.restart();
        expect((await fn.process([makeRecord(part)])).failures).toEqual([]);
      }
    });

    it('comes back value by value', async () => {
      const range = { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS, order: 'asc', limit: 10 } as const;
      const { blocks } = await fn.repositories.blocks.range(deviceId, range, unlimited());
      const points = blocks.flatMap(({ block }) =>
        block.readings.map(({ timestampMs, metrics }) => ({ timestampMs, value: metrics['value'] })),
      );
      expect(points).toEqual(expected);
    });

    it('has the statistics of exact arithmetic in its hour and in its day, to the same bit', async () => {
      const { rollups } = fn.repositories;
      const hour = await rollups.get(deviceId, 'hour', NOON_MS, unlimited());
      const day = await rollups.get(deviceId, 'day', DAY_START_MS, unlimited());
      const folded: Summaries = foldSummaries(hour?.slots.map(({ summaries }) => summaries) ?? []);
      expect(day?.slots.map(({ window, summaries }) => [window.startMs, summaries])).toEqual([
        [NOON_MS, folded],
      ]);
      const summary = folded.get('value');
      if (!summary) throw new Error('the hour has no summary');
      expect(statisticsErrors(statisticsOf(summary), values)).toEqual([]);
      const { count, min, max, first, last, sketch } = summarise(expected);
      expect(summary).toMatchObject({ count, min, max, first, last, sketch });
    });
  });
});
