import type { Block } from '@weir/aggregation';
import { toBlockItem } from '../block-item.js';
import { ITEM_BYTES_MAX, itemSizeBytes } from '../item-size.js';
import { CorruptItemError, ItemTooLargeError, blockKeyOf } from '../ports.js';
import type { StoredBlock, WriteResult } from '../ports.js';
import { BLOCK_TTL_MS_DEFAULT } from '../store-options.js';
import {
  BLOCK_MS,
  HOUR_START_MS,
  bytesOf,
  makeBlock,
  makeLargeBlock,
  makeReading,
  makeWork,
  storeBlock,
  withReading,
} from './fixtures.js';
import type { ContractContext } from './fixtures.js';

const SLOT_MS = HOUR_START_MS;

function currentOf(result: WriteResult): StoredBlock | undefined {
  if (result.ok) throw new Error('the write should have met a conflict');
  return result.current;
}

function storedOf(result: WriteResult): StoredBlock {
  if (!result.ok) throw new Error('the write should have met no conflict');
  return result.stored;
}

/** What process-fn does: merge with what stands there until nobody came in between. */
async function mergeUntilStored(
  context: ContractContext,
  deviceId: string,
  own: Block,
): Promise<StoredBlock> {
  const { blocks } = context.repositories();
  let expected: StoredBlock | undefined;
  for (;;) {
    const reading = own.readings[0];
    if (reading === undefined) throw new Error('the block to merge is empty');
    const merged = expected === undefined ? own : withReading(expected.block, reading);
    const result = await blocks.write(deviceId, merged, expected, context.clock.nowMs, makeWork());
    if (result.ok) return result.stored;
    expected = result.current;
  }
}

/** Creation, conflicts and merging. */
export function describeBlockWrites(context: ContractContext): void {
  describe('write', () => {
    it('creates a block as version 1, open, and gives it back byte for byte', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const block = makeBlock(SLOT_MS, [
        makeReading(SLOT_MS, { temperature: -0.1, humidity: 5e-324 }),
        makeReading(SLOT_MS + 1, { temperature: 1.7976931348623157e308 }),
      ]);
      const result = await blocks.write(deviceId, block, undefined, context.clock.nowMs, makeWork());
      expect(result).toMatchObject({ ok: true, stored: { deviceId, version: 1, sealed: false } });
      const found = await blocks.getMany([{ deviceId, slotStartMs: SLOT_MS }], makeWork());
      const read = found.get(blockKeyOf({ deviceId, slotStartMs: SLOT_MS }));
      expect(read).toMatchObject({ deviceId, version: 1, sealed: false });
      expect(bytesOf(read?.block)).toBe(bytesOf(block));
    });

    it('refuses to create what exists, hands over all that stands there and leaves it alone', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const first = makeBlock(SLOT_MS);
      await blocks.write(deviceId, first, undefined, context.clock.nowMs, makeWork());
      const second = makeBlock(SLOT_MS, [makeReading(SLOT_MS + 5)]);
      const refused = await blocks.write(deviceId, second, undefined, context.clock.nowMs, makeWork());
      const current = currentOf(refused);
      expect(current).toMatchObject({ deviceId, version: 1, sealed: false });
      expect(bytesOf(current?.block)).toBe(bytesOf(first));
    });

    it('refuses a version that has passed, and one of a block that is not there', async () => {
      const { blocks } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const v1 = await storeBlock(context.repositories(), deviceId, SLOT_MS, { sealed: false, nowMs });
      const longer = withReading(v1.block, makeReading(SLOT_MS + 1));
      const v2 = storedOf(await blocks.write(deviceId, longer, v1, nowMs, makeWork()));
      expect(v2.version).toBe(2);
      const stale = await blocks.write(deviceId, v1.block, v1, nowMs, makeWork());
      expect(bytesOf(currentOf(stale)?.block)).toBe(bytesOf(longer));
      const elsewhere = context.newDevice();
      const absent = await blocks.write(elsewhere, longer, v1, nowMs, makeWork());
      expect(currentOf(absent)).toBeUndefined();
      expect((await blocks.openRun(elsewhere, makeWork())).blocks).toEqual([]);
    });

    it('loses nothing of writers that merge and try again at the same time', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const readings = Array.from({ length: 8 }, (_, index) => makeReading(SLOT_MS + index * 1_000));
      await Promise.all(
        readings.map((reading) => mergeUntilStored(context, deviceId, makeBlock(SLOT_MS, [reading]))),
      );
      const found = await blocks.getMany([{ deviceId, slotStartMs: SLOT_MS }], makeWork());
      const stored = found.get(blockKeyOf({ deviceId, slotStartMs: SLOT_MS }));
      expect(stored?.version).toBe(8);
      expect(bytesOf(stored?.block)).toBe(bytesOf(makeBlock(SLOT_MS, readings)));
    });

    it('keeps metrics whatever their names', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const metrics = JSON.parse('{"__proto__":1,"constructor":2,"toString":3,"é ☃":4}') as Record<
        string,
        number
      >;
      const block = makeBlock(SLOT_MS, [makeReading(SLOT_MS, metrics)]);
      await blocks.write(deviceId, block, undefined, context.clock.nowMs, makeWork());
      const run = await blocks.openRun(deviceId, makeWork());
      const read = run.blocks[0]?.block.readings[0]?.metrics ?? {};
      expect(Object.entries(read).sort()).toEqual(Object.entries(metrics).sort());
    });

    it('refuses a block that no item can hold, and writes nothing', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const block = makeLargeBlock(SLOT_MS, 60_000);
      const work = makeWork();
      const attempt = blocks.write(deviceId, block, undefined, context.clock.nowMs, work);
      await expect(attempt).rejects.toThrow(ItemTooLargeError);
      await expect(attempt).rejects.toThrow(`D#${deviceId}`);
      expect(work.meter.writeUnits).toBe(0);
      expect((await blocks.openRun(deviceId, makeWork())).blocks).toEqual([]);
    });
  });
}

/** Sealing, and who loses against it. */
export function describeSeals(context: ContractContext): void {
  describe('seal', () => {
    it('marks the version it was given and changes nothing else', async () => {
      const { blocks } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const open = await storeBlock(context.repositories(), deviceId, SLOT_MS, { sealed: false, nowMs });
      const result = await blocks.seal(open, nowMs, makeWork());
      expect(storedOf(result)).toMatchObject({ version: 1, sealed: true });
      const run = await blocks.openRun(deviceId, makeWork());
      expect(run.blocks).toMatchObject([{ deviceId, version: 1, sealed: true }]);
      expect(bytesOf(run.blocks[0]?.block)).toBe(bytesOf(open.block));
    });

    it('has room on every block that can be written, to the byte', async () => {
      const { blocks } = context.repositories();
      // A number costs by its digits, and of an expiry at this second none is a trailing zero.
      const nowMs = SLOT_MS + 1_000;
      const block = makeLargeBlock(SLOT_MS, 57_600);
      const sealedUntil = Math.floor((nowMs + BLOCK_TTL_MS_DEFAULT) / 1000);
      const item = toBlockItem('', block, 1, sealedUntil);
      const deviceOf = (itemBytes: number): string =>
        context.newDevice().padEnd(itemBytes - itemSizeBytes(item), '-');
      const largest = deviceOf(ITEM_BYTES_MAX);
      const open = storedOf(await blocks.write(largest, block, undefined, nowMs, makeWork()));
      expect((await blocks.seal(open, nowMs, makeWork())).ok).toBe(true);
      const tooLarge = blocks.write(deviceOf(ITEM_BYTES_MAX + 1), block, undefined, nowMs, makeWork());
      await expect(tooLarge).rejects.toThrow(ItemTooLargeError);
    });

    it('makes a writer with a stale copy fail, who then goes on with the sealed block', async () => {
      const { blocks } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const open = await storeBlock(context.repositories(), deviceId, SLOT_MS, { sealed: false, nowMs });
      await blocks.seal(open, nowMs, makeWork());
      const longer = withReading(open.block, makeReading(SLOT_MS + 1));
      const current = currentOf(await blocks.write(deviceId, longer, open, nowMs, makeWork()));
      expect(current).toMatchObject({ version: 1, sealed: true });
      expect(bytesOf(current?.block)).toBe(bytesOf(open.block));
      const merged = await blocks.write(deviceId, longer, current, nowMs, makeWork());
      expect(storedOf(merged)).toMatchObject({ version: 2, sealed: true });
      expect((await blocks.openRun(deviceId, makeWork())).blocks).toMatchObject([
        { version: 2, sealed: true },
      ]);
    });

    it('fails where the block has changed, is sealed already or is not there', async () => {
      const { blocks } = context.repositories();
      const { nowMs } = context.clock;
      const deviceId = context.newDevice();
      const v1 = await storeBlock(context.repositories(), deviceId, SLOT_MS, { sealed: false, nowMs });
      const longer = withReading(v1.block, makeReading(SLOT_MS + 1));
      const v2 = storedOf(await blocks.write(deviceId, longer, v1, nowMs, makeWork()));
      const stale = currentOf(await blocks.seal(v1, nowMs, makeWork()));
      expect(stale).toMatchObject({ version: 2, sealed: false });
      expect(bytesOf(stale?.block)).toBe(bytesOf(longer));
      await blocks.seal(v2, nowMs, makeWork());
      expect(currentOf(await blocks.seal(v2, nowMs, makeWork()))).toMatchObject({ version: 2, sealed: true });
      const elsewhere = { ...v1, deviceId: context.newDevice() };
      expect(currentOf(await blocks.seal(elsewhere, nowMs, makeWork()))).toBeUndefined();
      expect((await blocks.openRun(elsewhere.deviceId, makeWork())).blocks).toEqual([]);
    });
  });
}

/** Time to live. */
export function describeBlockExpiry(context: ContractContext): void {
  describe('expiry of blocks', () => {
    it('never comes for an open block', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      await storeBlock(context.repositories(), deviceId, SLOT_MS, { sealed: false, nowMs: SLOT_MS });
      context.clock.nowMs = SLOT_MS + 100 * BLOCK_TTL_MS_DEFAULT;
      expect((await blocks.openRun(deviceId, makeWork())).blocks).toHaveLength(1);
    });

    it('hides a sealed block from every read, 30 days after its last write', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const sealed = await storeBlock(context.repositories(), deviceId, SLOT_MS, {
        sealed: true,
        nowMs: SLOT_MS,
      });
      const lastWriteMs = SLOT_MS + 1_000_000;
      const longer = withReading(sealed.block, makeReading(SLOT_MS + 1));
      await blocks.write(deviceId, longer, sealed, lastWriteMs, makeWork());
      const range = { fromMs: SLOT_MS, toMs: SLOT_MS + BLOCK_MS, order: 'asc', limit: 10 } as const;
      const seen = async (): Promise<number[]> => [
        (await blocks.getMany([{ deviceId, slotStartMs: SLOT_MS }], makeWork())).size,
        (await blocks.openRun(deviceId, makeWork())).blocks.length,
        (await blocks.range(deviceId, range, makeWork())).blocks.length,
      ];
      context.clock.nowMs = lastWriteMs + BLOCK_TTL_MS_DEFAULT - 1;
      expect(await seen()).toEqual([1, 1, 1]);
      context.clock.nowMs = lastWriteMs + BLOCK_TTL_MS_DEFAULT;
      expect(await seen()).toEqual([0, 0, 0]);
    });

    it('makes writes take an expired block as absent, and conflicts never show it', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const sealed = await storeBlock(context.repositories(), deviceId, SLOT_MS, {
        sealed: true,
        nowMs: SLOT_MS,
      });
      const laterMs = SLOT_MS + BLOCK_TTL_MS_DEFAULT;
      context.clock.nowMs = laterMs;
      const longer = withReading(sealed.block, makeReading(SLOT_MS + 1));
      expect(currentOf(await blocks.write(deviceId, longer, sealed, laterMs, makeWork()))).toBeUndefined();
      expect(currentOf(await blocks.seal(sealed, laterMs, makeWork()))).toBeUndefined();
      const created = await blocks.write(deviceId, longer, undefined, laterMs, makeWork());
      expect(storedOf(created)).toMatchObject({ version: 1, sealed: false });
      context.clock.nowMs = laterMs + 10 * BLOCK_TTL_MS_DEFAULT;
      expect((await blocks.openRun(deviceId, makeWork())).blocks).toMatchObject([
        { version: 1, sealed: false },
      ]);
    });
  });
}

/** Damaged items. */
export function describeCorruptBlocks(context: ContractContext): void {
  describe('corrupt blocks', () => {
    const damaged = async (d: unknown): Promise<string> => {
      const deviceId = context.newDevice();
      const sk = `B#${String(SLOT_MS).padStart(15, '0')}`;
      await context.harness().putItem({ pk: `D#${deviceId}`, sk, v: 1, d });
      return deviceId;
    };

    it.each([
      ['bytes that are no block', Uint8Array.of(1, 2, 3)],
      ['no bytes at all', 'text'],
    ])('are an error that names the key: %s', async (_name, d) => {
      const { blocks } = context.repositories();
      const deviceId = await damaged(d);
      const named = `D#${deviceId} / B#`;
      const attempts = [
        () => blocks.getMany([{ deviceId, slotStartMs: SLOT_MS }], makeWork()),
        () => blocks.openRun(deviceId, makeWork()),
        () => blocks.range(deviceId, { fromMs: 0, toMs: SLOT_MS + 1, order: 'asc', limit: 1 }, makeWork()),
        () => blocks.write(deviceId, makeBlock(SLOT_MS), undefined, context.clock.nowMs, makeWork()),
      ];
      for (const attempt of attempts) {
        const error: unknown = await attempt().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(CorruptItemError);
        expect(String(error)).toContain(named);
      }
    });

    it('do not keep getMany from the others where the caller takes them', async () => {
      const { blocks } = context.repositories();
      const bad = await damaged(Uint8Array.of(9));
      const good = context.newDevice();
      await storeBlock(context.repositories(), good, SLOT_MS, { sealed: false, nowMs: context.clock.nowMs });
      const corrupt: string[] = [];
      const keys = [bad, good].map((deviceId) => ({ deviceId, slotStartMs: SLOT_MS }));
      const found = await blocks.getMany(keys, makeWork(), (key) => corrupt.push(blockKeyOf(key)));
      expect(corrupt).toEqual([`${bad}/${SLOT_MS}`]);
      expect([...found.keys()]).toEqual([`${good}/${SLOT_MS}`]);
    });

    it('show where a block stands under the key of another slot', async () => {
      const { blocks } = context.repositories();
      const deviceId = context.newDevice();
      const stored = await storeBlock(context.repositories(), deviceId, SLOT_MS, {
        sealed: false,
        nowMs: context.clock.nowMs,
      });
      const wrong = `B#${String(SLOT_MS + BLOCK_MS).padStart(15, '0')}`;
      const d = Buffer.from(bytesOf(stored.block), 'hex');
      await context.harness().putItem({ pk: `D#${deviceId}`, sk: wrong, v: 1, d: new Uint8Array(d) });
      await expect(blocks.openRun(deviceId, makeWork())).rejects.toThrow(/another slot/);
    });
  });
}
