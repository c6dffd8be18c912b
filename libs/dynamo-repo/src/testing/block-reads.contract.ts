import { blockKeyOf } from '../ports.js';
import type { BlockPage, HeadDepth } from '../ports.js';
import { BLOCK_TTL_MS_DEFAULT } from '../store-options.js';
import { BLOCK_MS, HOUR_START_MS, makeSlot, makeWork, storeBlock } from './fixtures.js';
import type { ContractContext } from './fixtures.js';

/** The start of the nth slot after the hour from which the tests count. */
function slotMs(index: number): number {
  return HOUR_START_MS + index * BLOCK_MS;
}

/** Stores blocks in slots 0, 1, 2…: `o` open, `s` sealed, `x` sealed and expired by now, `.` none. */
async function storePattern(context: ContractContext, pattern: string): Promise<string> {
  const repositories = context.repositories();
  const deviceId = context.newDevice();
  for (const [index, kind] of [...pattern].entries()) {
    if (kind === '.') continue;
    const nowMs = kind === 'x' ? context.clock.nowMs - BLOCK_TTL_MS_DEFAULT : context.clock.nowMs;
    await storeBlock(repositories, deviceId, slotMs(index), { sealed: kind !== 'o', nowMs });
  }
  return deviceId;
}

/** Reading by key. */
export function describeGetMany(context: ContractContext): void {
  describe('getMany', () => {
    it('answers nothing with nothing, at no cost', async () => {
      const work = makeWork();
      expect((await context.repositories().blocks.getMany([], work)).size).toBe(0);
      expect(work.meter.readUnits).toBe(0);
    });

    it('reads more than 100 keys, duplicates once, and leaves out what is absent', async () => {
      const { blocks } = context.repositories();
      const deviceId = await storePattern(context, 'o'.repeat(120));
      const keys = Array.from({ length: 230 }, (_, index) => ({ deviceId, slotStartMs: slotMs(index) }));
      const found = await blocks.getMany([...keys, ...keys.slice(0, 50)], makeWork());
      const stored = keys.slice(0, 120).map(blockKeyOf);
      expect([...found.keys()].sort()).toEqual([...stored].sort());
      expect([...found].every(([name, { block }]) => name.endsWith(String(block.slot.startMs)))).toBe(true);
    });
  });
}

/** The scan that finds what is not sealed yet. */
export function describeOpenRun(context: ContractContext): void {
  describe('openRun', () => {
    it.each([
      ['', [], true],
      ['o', [0], true],
      ['s', [0], false],
      ['so', [1, 0], false],
      ['ssss', [3], false],
      ['soo', [2, 1, 0], false],
      ['osoo', [3, 2, 1], false],
      ['sooooooo', [7, 6, 5, 4, 3, 2, 1, 0], false],
      ['ooooo', [4, 3, 2, 1, 0], true],
      ['s..o...o', [7, 3, 0], false],
      ['x', [], true],
      ['xo', [1], true],
      ['sxo', [2, 0], false],
      ['oxo', [2, 0], true],
    ] as const)('finds in %p the slots %p (bottom reached: %p)', async (pattern, slots, reachedBottom) => {
      const deviceId = await storePattern(context, pattern);
      const run = await context.repositories().blocks.openRun(deviceId, makeWork());
      expect(run.blocks.map(({ block }) => block.slot.startMs)).toEqual(slots.map(slotMs));
      expect(run.reachedBottom).toBe(reachedBottom);
      const sealed = run.blocks.map((block) => block.sealed);
      expect(sealed).toEqual(slots.map((slot) => pattern[slot] === 's'));
    });

    it('follows a run over many pages', async () => {
      const deviceId = await storePattern(context, `s${'o'.repeat(130)}`);
      const run = await context.repositories().blocks.openRun(deviceId, makeWork());
      expect(run.blocks).toHaveLength(131);
      expect(run.reachedBottom).toBe(false);
    });

    it('sees no other device and no rollups', async () => {
      const repositories = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      await storeBlock(repositories, `${deviceId}:a`, slotMs(1), { sealed: false, nowMs });
      await repositories.rollups.putSlots(deviceId, 'hour', [makeSlot('hour', slotMs(0))], nowMs, makeWork());
      await repositories.devices.putEntry({ deviceId, effectiveFromMs: nowMs }, makeWork());
      expect(await repositories.blocks.openRun(deviceId, makeWork())).toEqual({
        blocks: [],
        reachedBottom: true,
      });
    });
  });
}

/** What queries begin with. The slots 0 to 5 are of one hour, 6 to 11 of the next. */
export function describeHeads(context: ContractContext): void {
  describe('heads', () => {
    const slotsOf = async (deviceId: string, depth: HeadDepth): Promise<number[]> => {
      const { blocks } = await context.repositories().heads.read(deviceId, depth, makeWork());
      return blocks.map(({ block }) => (block.slot.startMs - HOUR_START_MS) / BLOCK_MS);
    };

    it.each([
      ['', []],
      ['o', [0]],
      ['so', [1, 0]],
      ['ssso', [3, 2, 1, 0]],
      ['sssssssso', [8, 7, 6]],
      ['sssss.ss.o', [9, 7, 6]],
      ['sssss.so', [7, 6]],
      // The newest block begins an hour: the first sealed one is of the hour before, which is not read to its end.
      ['sssssso', [6, 5]],
      // And here that hour still has an open block.
      ['sssssoo', [6, 5, 4, 3, 2, 1, 0]],
      ['osssssssosoo', [11, 10, 9, 8, 7, 6]],
      ['sssosssso', [8, 7, 6]],
      [
        'oooooooooooooooooooooo',
        [21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
      ],
      // Expired ones are not there, and end nothing.
      ['sssssssxso', [9, 8, 6]],
      ['ssssssxxxo', [9, 5]],
      ['ssss', [3, 2, 1, 0]],
      ['sssssssss', [8, 7, 6]],
    ] as const)('down to the unfolded hours have of %p the slots %p', async (pattern, slots) => {
      const deviceId = await storePattern(context, pattern);
      expect(await slotsOf(deviceId, 'unfolded hours')).toEqual(slots);
    });

    it.each(['', 'o', 's', 'ssssso', 'ssssooo', 'sxo', 'osoosooo'])(
      'down to the open run have of %p what that has',
      async (pattern) => {
        const deviceId = await storePattern(context, pattern);
        const run = await context.repositories().blocks.openRun(deviceId, makeWork());
        const head = await context.repositories().heads.read(deviceId, 'open run', makeWork());
        expect(head.blocks).toEqual(run.blocks);
      },
    );

    it('have all entries, oldest first, more than a page of them as well, and the time of the read', async () => {
      const { devices, heads } = context.repositories();
      const deviceId = await storePattern(context, 'sso');
      expect((await heads.read(deviceId, 'open run', makeWork())).entries).toEqual([]);
      const entries = Array.from({ length: 9 }, (_, index) => ({
        deviceId,
        effectiveFromMs: index,
        model: 'm',
      }));
      for (const entry of entries) await devices.putEntry(entry, makeWork());
      const { nowMs } = context.clock;
      for (const depth of ['open run', 'unfolded hours'] as const) {
        const head = await heads.read(deviceId, depth, makeWork());
        expect([head.entries, head.readAtMs]).toEqual([entries, nowMs]);
      }
      expect(await slotsOf(deviceId, 'unfolded hours')).toEqual([2, 1, 0]);
    });

    it('have nothing of other devices, and no rollups', async () => {
      const repositories = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      await storeBlock(repositories, `${deviceId}:a`, slotMs(1), { sealed: false, nowMs });
      await repositories.devices.putEntry({ deviceId: `${deviceId}:a`, effectiveFromMs: nowMs }, makeWork());
      await repositories.rollups.putSlots(deviceId, 'day', [makeSlot('day', slotMs(0))], nowMs, makeWork());
      const head = await repositories.heads.read(deviceId, 'unfolded hours', makeWork());
      expect(head).toEqual({ readAtMs: nowMs, entries: [], blocks: [] });
    });
  });
}

/** Paging through time. */
export function describeBlockRange(context: ContractContext): void {
  const pagesOf = async (
    deviceId: string,
    range: { fromMs: number; toMs: number; order: 'asc' | 'desc'; limit: number },
  ): Promise<number[][]> => {
    const pages: number[][] = [];
    let afterMs: number | undefined;
    do {
      const page: BlockPage = await context
        .repositories()
        .blocks.range(deviceId, { ...range, ...(afterMs === undefined ? {} : { afterMs }) }, makeWork());
      pages.push(page.blocks.map(({ block }) => (block.slot.startMs - HOUR_START_MS) / BLOCK_MS));
      afterMs = page.nextAfterMs;
    } while (afterMs !== undefined);
    return pages;
  };

  describe('range', () => {
    it('pages in both orders through [from, to)', async () => {
      const deviceId = await storePattern(context, 'sssssssso');
      const range = { fromMs: slotMs(1), toMs: slotMs(8), limit: 3 };
      expect(await pagesOf(deviceId, { ...range, order: 'asc' })).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
      expect(await pagesOf(deviceId, { ...range, order: 'desc' })).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    });

    it('ends with a full page where nothing follows', async () => {
      const deviceId = await storePattern(context, 'ssso');
      const range = { fromMs: 0, toMs: slotMs(100), limit: 2 };
      expect(await pagesOf(deviceId, { ...range, order: 'asc' })).toEqual([
        [0, 1],
        [2, 3],
      ]);
      expect(await pagesOf(deviceId, { ...range, order: 'desc' })).toEqual([
        [3, 2],
        [1, 0],
      ]);
    });

    it('fills pages past expired blocks, and ends where only such follow', async () => {
      const deviceId = await storePattern(context, 'xsxxsxosxx');
      const range = { fromMs: 0, toMs: slotMs(100), limit: 2 };
      expect(await pagesOf(deviceId, { ...range, order: 'asc' })).toEqual([
        [1, 4],
        [6, 7],
      ]);
    });

    it('takes bounds between slots, and empty ranges', async () => {
      const deviceId = await storePattern(context, 'sso');
      const between = { fromMs: slotMs(0) + 1, toMs: slotMs(1) + 1, limit: 10 };
      expect(await pagesOf(deviceId, { ...between, order: 'asc' })).toEqual([[1]]);
      expect(
        await pagesOf(deviceId, { fromMs: slotMs(1), toMs: slotMs(1), order: 'asc', limit: 10 }),
      ).toEqual([[]]);
      expect(
        await pagesOf(deviceId, { fromMs: slotMs(2), toMs: slotMs(1), order: 'desc', limit: 10 }),
      ).toEqual([[]]);
      expect(await pagesOf(deviceId, { fromMs: -5, toMs: 0, order: 'asc', limit: 10 })).toEqual([[]]);
    });
  });
}
