import { CorruptItemError, ItemTooLargeError } from '../ports.js';
import type { Rollup, RollupLevel, RollupSlot } from '../ports.js';
import { HOUR_TTL_MS_DEFAULT } from '../store-options.js';
import {
  BLOCK_MS,
  DAY_MS,
  HOUR_MS,
  HOUR_START_MS,
  makeManySummaries,
  makeSlot,
  makeSummaries,
  makeWork,
  summaryBytesOf,
} from './fixtures.js';
import type { ContractContext } from './fixtures.js';

/** A rollup reduced to what can be compared at a glance: `minute:version:bytes`. */
function shapeOf(rollup: Rollup | undefined): string[] | undefined {
  return rollup?.slots.map(
    ({ window, version, summaries }) => `${window.startMs}:${version}:${summaryBytesOf(summaries)}`,
  );
}

function shapeOfSlots(...slots: RollupSlot[]): string[] {
  return slots.map(
    ({ window, version, summaries }) => `${window.startMs}:${version}:${summaryBytesOf(summaries)}`,
  );
}

/** Upserting one child. */
export function describePutSlot(context: ContractContext): void {
  const put = (deviceId: string, slot: RollupSlot, level: RollupLevel = 'hour', work = makeWork()) =>
    context.repositories().rollups.putSlots(deviceId, level, [slot], context.clock.nowMs, work);
  const stored = (deviceId: string, level: RollupLevel = 'hour', startMs = HOUR_START_MS) =>
    context.repositories().rollups.get(deviceId, level, startMs, makeWork());

  describe('putSlots', () => {
    it('creates the rollup and answers with it as it stands', async () => {
      const deviceId = context.newDevice();
      const slot = makeSlot('hour', HOUR_START_MS + BLOCK_MS, 3);
      const { rollup, changed } = await put(deviceId, slot);
      expect(changed).toBe(true);
      expect(rollup).toMatchObject({
        deviceId,
        level: 'hour',
        window: { startMs: HOUR_START_MS, endMs: HOUR_START_MS + HOUR_MS },
        version: 3,
        folded: false,
      });
      expect(shapeOf(rollup)).toEqual(shapeOfSlots(slot));
      expect(shapeOf(await stored(deviceId))).toEqual(shapeOfSlots(slot));
    });

    it('changes nothing the second time, nor for an older version', async () => {
      const deviceId = context.newDevice();
      const slot = makeSlot('hour', HOUR_START_MS, 2, 20);
      await put(deviceId, slot);
      const again = await put(deviceId, slot);
      expect(again.changed).toBe(false);
      expect(shapeOf(again.rollup)).toEqual(shapeOfSlots(slot));
      const older = await put(deviceId, makeSlot('hour', HOUR_START_MS, 1, 10));
      expect(older.changed).toBe(false);
      expect(shapeOf(older.rollup)).toEqual(shapeOfSlots(slot));
      expect(shapeOf(await stored(deviceId))).toEqual(shapeOfSlots(slot));
    });

    it('replaces an older version and keeps the other slots, in time order', async () => {
      const deviceId = context.newDevice();
      const last = makeSlot('hour', HOUR_START_MS + 5 * BLOCK_MS, 7);
      const first = makeSlot('hour', HOUR_START_MS, 1);
      const newer = makeSlot('hour', HOUR_START_MS, 10, 99);
      await put(deviceId, last);
      const two = await put(deviceId, first);
      expect(shapeOf(two.rollup)).toEqual(shapeOfSlots(first, last));
      expect(two.rollup.version).toBe(8);
      const replaced = await put(deviceId, newer);
      expect(replaced.changed).toBe(true);
      expect(shapeOf(replaced.rollup)).toEqual(shapeOfSlots(newer, last));
      expect(replaced.rollup.version).toBe(17);
    });

    it('keeps both of two slots put at the same time, and the higher of two versions of one', async () => {
      const deviceId = context.newDevice();
      const slots = Array.from({ length: 6 }, (_, index) =>
        makeSlot('hour', HOUR_START_MS + index * BLOCK_MS, 2),
      );
      const older = slots.map(({ window }) => makeSlot('hour', window.startMs, 1));
      await Promise.all([...slots, ...older].map((slot) => put(deviceId, slot)));
      expect(shapeOf(await stored(deviceId))).toEqual(shapeOfSlots(...slots));
    });

    it('writes several children at once, of which older ones change nothing', async () => {
      const deviceId = context.newDevice();
      const { rollups } = context.repositories();
      const at = (index: number, version: number) =>
        makeSlot('hour', HOUR_START_MS + index * BLOCK_MS, version);
      const putAll = (slots: readonly RollupSlot[], work = makeWork()) =>
        rollups.putSlots(deviceId, 'hour', slots, context.clock.nowMs, work);
      const work = makeWork();
      await putAll([at(0, 1), at(1, 5), at(4, 2)], work);
      expect(work.meter.writeUnits).toBe(1);
      const mixed = await putAll([at(0, 3), at(1, 4), at(2, 1), at(4, 2)]);
      expect(mixed.changed).toBe(true);
      expect(shapeOf(mixed.rollup)).toEqual(shapeOfSlots(at(0, 3), at(1, 5), at(2, 1), at(4, 2)));
      const again = await putAll([at(0, 3), at(1, 4), at(2, 1)]);
      expect(again.changed).toBe(false);
      expect(shapeOf(again.rollup)).toEqual(shapeOf(mixed.rollup));
      expect(shapeOf(await stored(deviceId))).toEqual(shapeOf(mixed.rollup));
    });

    it('refuses children of two rollups, and none', async () => {
      const deviceId = context.newDevice();
      const { rollups } = context.repositories();
      const twoHours = [makeSlot('hour', HOUR_START_MS), makeSlot('hour', HOUR_START_MS + HOUR_MS)];
      for (const slots of [twoHours, []]) {
        await expect(
          rollups.putSlots(deviceId, 'hour', slots, context.clock.nowMs, makeWork()),
        ).rejects.toThrow(RangeError);
      }
    });

    it('lays hours into UTC days and days into calendar months', async () => {
      const deviceId = context.newDevice();
      const leapDay = Date.UTC(2024, 1, 29);
      const hour = makeSlot('day', leapDay + 23 * HOUR_MS);
      const { rollup: day } = await put(deviceId, hour, 'day');
      expect(day.window).toEqual({ startMs: leapDay, endMs: leapDay + DAY_MS });
      expect(shapeOf(day)).toEqual(shapeOfSlots(hour));
      const child = makeSlot('month', leapDay);
      const { rollup: february } = await put(deviceId, child, 'month');
      expect(february.window).toEqual({ startMs: Date.UTC(2024, 1, 1), endMs: Date.UTC(2024, 2, 1) });
      expect(shapeOf(february)).toEqual(shapeOfSlots(child));
      const december31 = makeSlot('month', Date.UTC(2025, 11, 31));
      const { rollup: december } = await put(deviceId, december31, 'month');
      expect(december.window).toEqual({ startMs: Date.UTC(2025, 11, 1), endMs: Date.UTC(2026, 0, 1) });
      expect(shapeOf(await stored(deviceId, 'month', Date.UTC(2025, 11, 1)))).toEqual(
        shapeOfSlots(december31),
      );
    });

    it('refuses a window that is no child of the level', async () => {
      const deviceId = context.newDevice();
      const slot = makeSlot('hour', HOUR_START_MS);
      const tooLong = { ...slot, window: { startMs: HOUR_START_MS, endMs: HOUR_START_MS + 2 * BLOCK_MS } };
      await expect(put(deviceId, tooLong)).rejects.toThrow(/slot\.window/);
      const shifted = {
        ...slot,
        window: { startMs: HOUR_START_MS + 1, endMs: HOUR_START_MS + 1 + BLOCK_MS },
      };
      await expect(put(deviceId, shifted)).rejects.toThrow(/slot\.window/);
      expect(await stored(deviceId)).toBeUndefined();
    });

    it('refuses what would make the rollup too large for an item, and keeps what it holds', async () => {
      const deviceId = context.newDevice();
      const summaries = makeManySummaries(1_500);
      const slotAt = (index: number) => ({
        ...makeSlot('hour', HOUR_START_MS + index * BLOCK_MS),
        summaries,
      });
      const bytes = summaryBytesOf(summaries).length / 2;
      const fitting = Math.floor((400 * 1024) / bytes);
      expect(fitting).toBeGreaterThan(1);
      expect(fitting).toBeLessThan(6);
      for (let index = 0; index < fitting; index += 1) await put(deviceId, slotAt(index));
      const attempt = put(deviceId, slotAt(fitting));
      await expect(attempt).rejects.toThrow(ItemTooLargeError);
      await expect(attempt).rejects.toThrow(`D#${deviceId} / H#`);
      expect((await stored(deviceId))?.slots).toHaveLength(fitting);
    });

    it('keeps metrics whatever their names', async () => {
      const deviceId = context.newDevice();
      const slot = { ...makeSlot('hour', HOUR_START_MS), summaries: makeSummaries(4, '__proto__') };
      await put(deviceId, slot);
      const rollup = await stored(deviceId);
      expect([...(rollup?.slots[0]?.summaries.keys() ?? [])]).toEqual(['__proto__']);
    });
  });
}

/** Letting hours go once they are folded. */
export function describeFolding(context: ContractContext): void {
  const putHour = async (deviceId: string, index: number, version = 1): Promise<Rollup> => {
    const slot = makeSlot('hour', HOUR_START_MS + index * BLOCK_MS, version);
    const { rollups } = context.repositories();
    return (await rollups.putSlots(deviceId, 'hour', [slot], context.clock.nowMs, makeWork())).rollup;
  };
  const hourOf = (deviceId: string) =>
    context.repositories().rollups.get(deviceId, 'hour', HOUR_START_MS, makeWork());

  describe('markFolded', () => {
    it('lets an hour expire 13 months later', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const { nowMs } = context.clock;
      await rollups.markFolded(await putHour(deviceId, 0), nowMs, makeWork());
      expect((await hourOf(deviceId))?.folded).toBe(true);
      context.clock.nowMs = nowMs + HOUR_TTL_MS_DEFAULT - 1;
      expect(await hourOf(deviceId)).toBeDefined();
      context.clock.nowMs = nowMs + HOUR_TTL_MS_DEFAULT;
      expect(await hourOf(deviceId)).toBeUndefined();
      const range = { fromMs: HOUR_START_MS, toMs: HOUR_START_MS + HOUR_MS, limit: 10 };
      expect(await rollups.range(deviceId, 'hour', range, makeWork())).toEqual([]);
    });

    it('costs nothing where it stands already, and never lets a day or a month expire', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const { nowMs } = context.clock;
      await rollups.markFolded(await putHour(deviceId, 0), nowMs, makeWork());
      const folded = await hourOf(deviceId);
      if (folded === undefined) throw new Error('the hour is gone');
      const work = makeWork();
      await rollups.markFolded(folded, nowMs, work);
      for (const level of ['day', 'month'] as const) {
        const slot = makeSlot(level, Date.UTC(2026, 0, 15));
        const { rollup } = await rollups.putSlots(deviceId, level, [slot], nowMs, makeWork());
        await rollups.markFolded(rollup, nowMs, work);
        context.clock.nowMs = nowMs + 10 * HOUR_TTL_MS_DEFAULT;
        expect(await rollups.get(deviceId, level, rollup.window.startMs, makeWork())).toMatchObject({
          folded: false,
        });
        context.clock.nowMs = nowMs;
      }
      expect(work.meter.writeUnits).toBe(0);
    });

    it('has no effect where a slot was changed or added meanwhile', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const seen = await putHour(deviceId, 0);
      const changed = await putHour(deviceId, 0, 2);
      await rollups.markFolded(seen, context.clock.nowMs, makeWork());
      expect((await hourOf(deviceId))?.folded).toBe(false);
      await putHour(deviceId, 1);
      await rollups.markFolded(changed, context.clock.nowMs, makeWork());
      expect((await hourOf(deviceId))?.folded).toBe(false);
    });

    it('is taken back by a change, but not by a put that changes nothing', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      await rollups.markFolded(await putHour(deviceId, 0), context.clock.nowMs, makeWork());
      expect((await putHour(deviceId, 0)).folded).toBe(true);
      const late = await putHour(deviceId, 1);
      expect(late.folded).toBe(false);
      expect(late.slots).toHaveLength(2);
      await rollups.markFolded(late, context.clock.nowMs, makeWork());
      expect((await hourOf(deviceId))?.folded).toBe(true);
    });
  });
}

/** Reading rollups. */
export function describeRollupReads(context: ContractContext): void {
  describe('reading rollups', () => {
    it('gives undefined for what is absent', async () => {
      const { rollups } = context.repositories();
      expect(await rollups.get(context.newDevice(), 'day', 0, makeWork())).toBeUndefined();
    });

    it('ranges over [from, to) in time order, one level at a time, up to the limit', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const hours = [4, 0, 3, 1, 2].map((index) => HOUR_START_MS + index * HOUR_MS);
      for (const startMs of hours) {
        await rollups.putSlots(
          deviceId,
          'hour',
          [makeSlot('hour', startMs)],
          context.clock.nowMs,
          makeWork(),
        );
      }
      const day = makeSlot('day', HOUR_START_MS);
      await rollups.putSlots(deviceId, 'day', [day], context.clock.nowMs, makeWork());
      const startsOf = async (fromMs: number, toMs: number, limit: number, level: RollupLevel = 'hour') =>
        (await rollups.range(deviceId, level, { fromMs, toMs, limit }, makeWork())).map(
          ({ window }) => (window.startMs - HOUR_START_MS) / HOUR_MS,
        );
      const end = HOUR_START_MS + 4 * HOUR_MS;
      expect(await startsOf(HOUR_START_MS, end, 100)).toEqual([0, 1, 2, 3]);
      expect(await startsOf(HOUR_START_MS, end + 1, 3)).toEqual([0, 1, 2]);
      expect(await startsOf(HOUR_START_MS + 1, end + 1, 100)).toEqual([1, 2, 3, 4]);
      expect(await startsOf(end, end, 100)).toEqual([]);
      expect(await startsOf(0, end, 100, 'day')).toEqual([-12]);
    });

    it.each([
      ['summaries that cannot be decoded', { v00: 1, d00: Uint8Array.of(255, 1) }],
      ['a version without summaries', { v00: 1 }],
      ['summaries without a version', { d00: Uint8Array.of(1) }],
      ['a slot off the grid', { v05: 1, d05: Uint8Array.of(1) }],
    ])('names the key of a corrupt item: %s', async (_name, attributes) => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const key = { pk: `D#${deviceId}`, sk: `H#${String(HOUR_START_MS).padStart(15, '0')}` };
      await context.harness().putItem({ ...key, ...attributes });
      const attempt = rollups.get(deviceId, 'hour', HOUR_START_MS, makeWork());
      await expect(attempt).rejects.toThrow(CorruptItemError);
      await expect(attempt).rejects.toThrow(`${key.pk} / ${key.sk}`);
    });
  });
}
