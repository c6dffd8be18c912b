import { encodeBlock } from '@weir/aggregation';
import { TransientStoreError } from '../ports.js';
import type { WorkContext } from '../ports.js';
import {
  BLOCK_MS,
  HOUR_START_MS,
  makeBlock,
  makeLargeBlock,
  makeSlot,
  makeWork,
  storeBlock,
} from './fixtures.js';
import type { ContractContext } from './fixtures.js';

/** What every operation adds to the caller's meter. Small items cost one unit; large ones one for each KB begun. */
export function describeCosts(context: ContractContext): void {
  describe('capacity', () => {
    it('of a small block is one unit to create, to change and to seal', async () => {
      const repositories = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const work = makeWork();
      const block = makeBlock(HOUR_START_MS);
      const created = await repositories.blocks.write(deviceId, block, undefined, nowMs, work);
      expect(work.meter).toEqual({ readUnits: 0, writeUnits: 1, conflicts: 0, retries: 0 });
      if (!created.ok) throw new Error('the block already stands');
      await repositories.blocks.seal(created.stored, nowMs, work);
      expect(work.meter).toEqual({ readUnits: 0, writeUnits: 2, conflicts: 0, retries: 0 });
    });

    it('of a failed condition is one for each KB of what stands there, and counted as a conflict', async () => {
      const { blocks } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const large = makeLargeBlock(HOUR_START_MS, 600);
      const units = Math.ceil((encodeBlock(large).byteLength + 100) / 1024);
      expect(units).toBeGreaterThan(2);
      const written = makeWork();
      await blocks.write(deviceId, large, undefined, nowMs, written);
      expect(written.meter.writeUnits).toBe(units);
      const refused = makeWork();
      await blocks.write(deviceId, makeBlock(HOUR_START_MS), undefined, nowMs, refused);
      expect(refused.meter).toEqual({ readUnits: 0, writeUnits: units, conflicts: 1, retries: 0 });
    });

    it('of a condition that fails on nothing is one', async () => {
      const { blocks } = context.repositories();
      const stored = {
        deviceId: context.newDevice(),
        block: makeBlock(HOUR_START_MS),
        version: 1,
        sealed: false,
      };
      const work = makeWork();
      await blocks.seal(stored, context.clock.nowMs, work);
      expect(work.meter).toEqual({ readUnits: 0, writeUnits: 1, conflicts: 1, retries: 0 });
    });

    it('of reads is one a key or a page of small items, whether or not they are there', async () => {
      const { blocks, rollups } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      await storeBlock(context.repositories(), deviceId, HOUR_START_MS, { sealed: false, nowMs });
      const readUnits = async (read: (work: WorkContext) => Promise<unknown>): Promise<number> => {
        const work = makeWork();
        await read(work);
        expect(work.meter.writeUnits).toBe(0);
        return work.meter.readUnits;
      };
      expect(await readUnits((work) => blocks.openRun(deviceId, work))).toBe(1);
      expect(await readUnits((work) => rollups.get(deviceId, 'hour', HOUR_START_MS, work))).toBe(1);
      expect(
        await readUnits((work) => blocks.getMany([{ deviceId, slotStartMs: HOUR_START_MS }], work)),
      ).toBe(1);
    });

    it('of rollup slots is that of the whole item', async () => {
      const { rollups } = context.repositories();
      const deviceId = context.newDevice();
      const work = makeWork();
      const slot = makeSlot('hour', HOUR_START_MS);
      await rollups.putSlots(deviceId, 'hour', [slot], context.clock.nowMs, work);
      await rollups.putSlots(deviceId, 'hour', [slot], context.clock.nowMs, work);
      expect(work.meter).toEqual({ readUnits: 0, writeUnits: 2, conflicts: 1, retries: 0 });
    });
  });
}

/** No operation begins once the caller's time is over. */
export function describeDeadlines(context: ContractContext): void {
  it('refuses to begin after the deadline, with a transient error and at no cost', async () => {
    const { blocks, heads, rollups, devices } = context.repositories();
    const { nowMs } = context.clock;
    const deviceId = context.newDevice();
    const stored = { deviceId, block: makeBlock(HOUR_START_MS), version: 1, sealed: false };
    const { rollup } = await rollups.putSlots(
      deviceId,
      'hour',
      [makeSlot('hour', HOUR_START_MS)],
      nowMs,
      makeWork(),
    );
    const range = { fromMs: HOUR_START_MS, toMs: HOUR_START_MS + BLOCK_MS, order: 'asc', limit: 1 } as const;
    const late = makeWork(nowMs);
    const attempts: (() => Promise<unknown>)[] = [
      () => blocks.getMany([{ deviceId, slotStartMs: HOUR_START_MS }], late),
      () => blocks.write(deviceId, stored.block, undefined, nowMs, late),
      () => blocks.seal(stored, nowMs, late),
      () => blocks.openRun(deviceId, late),
      () => blocks.range(deviceId, range, late),
      () => rollups.putSlots(deviceId, 'hour', [makeSlot('hour', HOUR_START_MS, 2)], nowMs, late),
      () => rollups.markFolded(rollup, nowMs, late),
      () => rollups.get(deviceId, 'hour', HOUR_START_MS, late),
      () => rollups.range(deviceId, 'hour', range, late),
      () => devices.entries(deviceId, late),
      () => heads.read(deviceId, 'unfolded hours', late),
      () => devices.putEntry({ deviceId, effectiveFromMs: nowMs }, late),
      () => devices.changedSince(0, late),
      () => devices.ensureListed(deviceId, late),
      () => devices.directoryEntry(deviceId, late),
      () => devices.list({ limit: 1 }, late),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow(TransientStoreError);
    expect(late.meter).toEqual({ readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 });
    expect((await blocks.openRun(deviceId, makeWork())).blocks).toEqual([]);
    expect(await devices.directoryEntry(deviceId, makeWork())).toBeUndefined();
  });
}
