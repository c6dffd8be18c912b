import { encodeBlock } from '@weir/aggregation';
import type { ItemPlace } from '../item-repair.js';
import { HOUR_TTL_MS_DEFAULT } from '../store-options.js';
import { BLOCK_MS, HOUR_MS, HOUR_START_MS, makeBlock, makeSlot, makeWork } from './fixtures.js';
import type { ContractContext } from './fixtures.js';

const GARBAGE = Uint8Array.of(1, 2, 3);

/** Replacing items that cannot be decoded. */
export function describeItemRepair(context: ContractContext): void {
  const keyOf = (place: ItemPlace, prefix: string): { pk: string; sk: string } => ({
    pk: `D#${place.deviceId}`,
    sk: `${prefix}#${String(place.startMs).padStart(15, '0')}`,
  });
  const newPlace = (level: ItemPlace['level']): ItemPlace => ({
    deviceId: context.newDevice(),
    level,
    startMs: HOUR_START_MS,
  });
  const damagedHour = async (attributes: object): Promise<ItemPlace> => {
    const place = newPlace('hour');
    await context.harness().putItem({ ...keyOf(place, 'H'), ...attributes });
    return place;
  };
  const slots = [makeSlot('hour', HOUR_START_MS, 3), makeSlot('hour', HOUR_START_MS + BLOCK_MS, 1)];

  describe('repair', () => {
    it('replaces a rollup that cannot be decoded, whatever its versions are', async () => {
      const { repair, rollups } = context.repositories();
      const place = await damagedHour({
        v00: 'nine',
        d00: GARBAGE,
        v10: 99,
        d10: GARBAGE,
        v07: 1,
        expiresAt: 9e9,
      });
      const standing = await repair.standing(place, makeWork());
      expect(standing).toEqual({ ...place, versions: { v00: 'nine', v10: 99, v07: 1 } });
      if (!standing) throw new Error('there is nothing');
      expect(await repair.replaceRollup(standing, slots, makeWork())).toBe(true);
      const rollup = await rollups.get(place.deviceId, 'hour', HOUR_START_MS, makeWork());
      expect(rollup).toMatchObject({ version: 4, folded: false });
      expect(rollup?.slots).toEqual(slots);
    });

    it.each([
      ['another version', { v00: 4 }],
      ['a child more', { v00: 3, v20: 1 }],
      ['a child less', {}],
    ])('leaves a rollup alone that has %s by then', async (_what, changed) => {
      const { repair } = context.repositories();
      const place = await damagedHour({ v00: 3, d00: GARBAGE });
      const standing = await repair.standing(place, makeWork());
      if (!standing) throw new Error('there is nothing');
      await context.harness().putItem({ ...keyOf(place, 'H'), ...changed });
      const work = makeWork();
      expect(await repair.replaceRollup(standing, slots, work)).toBe(false);
      expect(work.meter.conflicts).toBe(1);
      expect((await repair.standing(place, makeWork()))?.versions).toEqual(changed);
    });

    it('refuses children of another rollup', async () => {
      const { repair } = context.repositories();
      const standing = { ...newPlace('hour'), versions: {} };
      const later = [makeSlot('hour', HOUR_START_MS + HOUR_MS, 1)];
      await expect(repair.replaceRollup(standing, later, makeWork())).rejects.toThrow(RangeError);
      await expect(repair.replaceRollup(standing, [], makeWork())).rejects.toThrow(RangeError);
    });

    it.each([false, true])('replaces a block that cannot be decoded, sealed: %s', async (sealed) => {
      const { repair, blocks } = context.repositories();
      const place = newPlace('block');
      const seal = sealed
        ? { s: true, expiresAt: Math.ceil((context.clock.nowMs + HOUR_TTL_MS_DEFAULT) / 1000) }
        : {};
      await context.harness().putItem({ ...keyOf(place, 'B'), v: 7, d: GARBAGE, ...seal });
      const standing = await repair.standing(place, makeWork());
      expect(standing?.versions).toEqual({ v: 7, ...(sealed ? { s: true } : {}) });
      if (!standing) throw new Error('there is nothing');
      const block = makeBlock(HOUR_START_MS);
      const replace = () =>
        repair.replaceBlock(standing, block, { version: 8, sealed }, context.clock.nowMs, makeWork());
      expect(await replace()).toBe(true);
      const { blocks: found } = await blocks.openRun(place.deviceId, makeWork());
      expect(found).toEqual([{ deviceId: place.deviceId, block, version: 8, sealed }]);
      expect(await replace()).toBe(false);
    });

    it('leaves a block alone that was sealed by then', async () => {
      const { repair } = context.repositories();
      const place = newPlace('block');
      const item = { ...keyOf(place, 'B'), v: 7, d: encodeBlock(makeBlock(HOUR_START_MS)) };
      await context.harness().putItem(item);
      const standing = await repair.standing(place, makeWork());
      if (!standing) throw new Error('there is nothing');
      await context.harness().putItem({ ...item, s: true, expiresAt: 9e9 });
      const replaced = repair.replaceBlock(
        standing,
        makeBlock(HOUR_START_MS),
        { version: 8, sealed: false },
        context.clock.nowMs,
        makeWork(),
      );
      expect(await replaced).toBe(false);
    });

    it('creates a block where none stands, and only there', async () => {
      const { repair, blocks } = context.repositories();
      const block = makeBlock(HOUR_START_MS);
      const none = { ...newPlace('block'), versions: {} };
      const create = () =>
        repair.replaceBlock(none, block, { version: 5, sealed: true }, context.clock.nowMs, makeWork());
      expect(await create()).toBe(true);
      expect((await blocks.openRun(none.deviceId, makeWork())).blocks).toMatchObject([
        { version: 5, sealed: true },
      ]);
      expect(await create()).toBe(false);
    });

    it('finds nothing where nothing stands, or only what has expired', async () => {
      const { repair } = context.repositories();
      expect(await repair.standing(newPlace('day'), makeWork())).toBeUndefined();
      const expired = await damagedHour({ v00: 1, d00: GARBAGE, expiresAt: 1 });
      expect(await repair.standing(expired, makeWork())).toBeUndefined();
    });
  });
}
