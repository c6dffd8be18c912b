import { CorruptItemError } from '../ports.js';
import type { DeviceEntry, DirectoryPage } from '../ports.js';
import { makeWork } from './fixtures.js';
import type { ContractContext } from './fixtures.js';

const FROM_MS = Date.UTC(2026, 0, 1);

/** Registry entries. */
export function describeEntries(context: ContractContext): void {
  describe('entries', () => {
    it('gives back every field, oldest first, and nothing of other devices', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      const full: DeviceEntry = {
        deviceId,
        effectiveFromMs: FROM_MS + 5,
        siteId: `site-${deviceId}`,
        model: 'TH-2 · ☃',
        labels: { floor: '2', '': 'empty name' },
        metrics: { temperature: { unit: 'Cel', scale: 0.1, offset: -40, min: -40, max: 1e308 } },
      };
      const first: DeviceEntry = { deviceId, effectiveFromMs: FROM_MS };
      const deleted: DeviceEntry = { deviceId, effectiveFromMs: FROM_MS + 100, deleted: true };
      for (const entry of [full, deleted, first]) await devices.putEntry(entry, makeWork());
      await devices.putEntry({ deviceId: `${deviceId}.x`, effectiveFromMs: FROM_MS }, makeWork());
      expect(await devices.entries(deviceId, makeWork())).toEqual([first, full, deleted]);
    });

    it('replaces an entry of the same time', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      await devices.putEntry(
        { deviceId, effectiveFromMs: FROM_MS, model: 'a', siteId: deviceId },
        makeWork(),
      );
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS, model: 'b' }, makeWork());
      expect(await devices.entries(deviceId, makeWork())).toEqual([
        { deviceId, effectiveFromMs: FROM_MS, model: 'b' },
      ]);
      expect(await devices.directoryEntry(deviceId, makeWork())).toEqual({
        deviceId,
        model: 'b',
        registered: true,
      });
    });

    it('keeps metrics and labels whatever their names', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      const metrics = JSON.parse('{"__proto__":{"unit":"Cel"},"constructor":{"max":2}}') as NonNullable<
        DeviceEntry['metrics']
      >;
      const labels = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS, metrics, labels }, makeWork());
      const [entry] = await devices.entries(deviceId, makeWork());
      expect(Object.entries(entry?.metrics ?? {})).toEqual(Object.entries(metrics));
      const line = await devices.directoryEntry(deviceId, makeWork());
      expect(Object.entries(line?.labels ?? {})).toEqual([['__proto__', 'x']]);
      expect(Object.entries(line?.units ?? {})).toEqual([['__proto__', 'Cel']]);
    });

    it('names the key of an entry that cannot be read', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      const key = { pk: `D#${deviceId}`, sk: `C#${String(FROM_MS).padStart(15, '0')}` };
      await context.harness().putItem({ ...key, body: '{"metrics":' });
      const attempt = devices.entries(deviceId, makeWork());
      await expect(attempt).rejects.toThrow(CorruptItemError);
      await expect(attempt).rejects.toThrow(`${key.pk} / ${key.sk}`);
    });
  });
}

/** Which devices to ask about again. */
export function describeChanges(context: ContractContext): void {
  describe('changedSince', () => {
    it('names each device of which an entry was put since, first ones, late ones and deletions alike', async () => {
      const { devices } = context.repositories();
      const { clock } = context;
      const put = async (deviceId: string, effectiveFromMs: number, more: object = {}): Promise<void> =>
        devices.putEntry({ deviceId, effectiveFromMs, ...more }, makeWork());
      // Later than whatever the other tests have put.
      clock.nowMs += 10 ** 9;
      const [before, first, twice, deleted, late] = Array.from({ length: 5 }, () => context.newDevice());
      for (const id of [before, deleted, late]) await put(id ?? '', FROM_MS);
      clock.nowMs += 1;
      const sinceMs = clock.nowMs;
      for (const id of [first, twice, twice]) await put(id ?? '', FROM_MS);
      clock.nowMs += 86_400_000 - 1;
      await put(deleted ?? '', FROM_MS + 1, { deleted: true });
      // One that the directory does not show.
      await put(late ?? '', FROM_MS - 1);
      await devices.ensureListed(context.newDevice(), makeWork());
      const changed = await devices.changedSince(sinceMs, makeWork());
      expect([...changed].sort()).toEqual([first, twice, deleted, late].sort());
      expect([...(await devices.changedSince(clock.nowMs, makeWork()))].sort()).toEqual(
        [deleted, late].sort(),
      );
      const work = makeWork();
      expect(await devices.changedSince(clock.nowMs + 1, work)).toEqual(new Set());
      expect(work.meter.readUnits).toBeLessThanOrEqual(1);
      expect((await devices.changedSince(-5, makeWork())).has(before ?? '')).toBe(true);
    });
  });
}

/** One line of the directory. */
export function describeDirectoryLine(context: ContractContext): void {
  describe('the directory line of a device', () => {
    const lineOf = (deviceId: string) => context.repositories().devices.directoryEntry(deviceId, makeWork());

    it('is absent until the device is seen or registered', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      expect(await lineOf(deviceId)).toBeUndefined();
      await devices.ensureListed(deviceId, makeWork());
      expect(await lineOf(deviceId)).toEqual({ deviceId, registered: false });
    });

    it('is written once by ensureListed, and never changed by it', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS, siteId: `s-${deviceId}` }, makeWork());
      const work = makeWork();
      await devices.ensureListed(deviceId, work);
      expect(work.meter.writeUnits).toBe(0);
      expect(await lineOf(deviceId)).toEqual({ deviceId, siteId: `s-${deviceId}`, registered: true });
    });

    it('becomes registered with the first entry', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      await devices.ensureListed(deviceId, makeWork());
      const entry = { deviceId, effectiveFromMs: FROM_MS, model: 'm', labels: { a: 'b' } };
      await devices.putEntry(entry, makeWork());
      expect(await lineOf(deviceId)).toEqual({ deviceId, model: 'm', labels: { a: 'b' }, registered: true });
    });

    it('shows the units of the latest entry, of the metrics that have one', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      const put = (order: number, metrics: NonNullable<DeviceEntry['metrics']>) =>
        devices.putEntry({ deviceId, effectiveFromMs: FROM_MS + order, metrics }, makeWork());
      await put(0, { temperature: { unit: 'K', min: 0 }, speed: { unit: 'm/s' } });
      await put(2, { temperature: { unit: 'Cel', min: -40 }, count: { max: 9 }, pressure: { unit: 'bar' } });
      await put(1, { temperature: { unit: '[degF]' } });
      const units = { temperature: 'Cel', pressure: 'bar' };
      expect(await lineOf(deviceId)).toEqual({ deviceId, units, registered: true });
      const { items } = await devices.list({ prefix: deviceId, limit: 1 }, makeWork());
      expect(items).toEqual([{ deviceId, units, registered: true }]);
      await put(3, { count: { max: 9 } });
      expect(await lineOf(deviceId)).toEqual({ deviceId, registered: true });
    });

    it('shows the latest entry, in whatever order entries come', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS + 10, model: 'new' }, makeWork());
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS, model: 'old' }, makeWork());
      expect((await lineOf(deviceId))?.model).toBe('new');
      const entries = await devices.entries(deviceId, makeWork());
      expect(entries.map(({ model }) => model)).toEqual(['old', 'new']);
    });

    it('stays after a deletion, without what was registered', async () => {
      const { devices } = context.repositories();
      const deviceId = context.newDevice();
      await devices.putEntry(
        { deviceId, effectiveFromMs: FROM_MS, siteId: `s-${deviceId}`, model: 'm' },
        makeWork(),
      );
      await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS + 1, deleted: true }, makeWork());
      expect(await lineOf(deviceId)).toEqual({ deviceId, registered: false });
    });
  });
}

/** Listing. On AWS the list of one site comes from an index, which follows the table a moment later. */
export function describeDirectoryList(context: ContractContext): void {
  const pagesOf = async (query: { siteId?: string; prefix?: string; limit: number }): Promise<string[][]> => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page: DirectoryPage = await context
        .repositories()
        .devices.list({ ...query, ...(after === undefined ? {} : { after }) }, makeWork());
      pages.push(page.items.map(({ deviceId }) => deviceId));
      after = page.nextAfter;
    } while (after !== undefined);
    return pages;
  };
  const listed = async (suffixes: string[], siteId?: string): Promise<string> => {
    const { devices } = context.repositories();
    const prefix = context.newDevice();
    for (const suffix of suffixes) {
      const deviceId = prefix + suffix;
      if (siteId === undefined) await devices.ensureListed(deviceId, makeWork());
      else await devices.putEntry({ deviceId, effectiveFromMs: FROM_MS, siteId }, makeWork());
    }
    return prefix;
  };

  describe('list', () => {
    it('pages through a prefix in order of the ids', async () => {
      const prefix = await listed(['-b', '-', '-a', '.z', '_', '-A', '-0', ':', '-ab', '']);
      const full = (...suffixes: string[]) => suffixes.map((suffix) => prefix + suffix);
      const inOrder = full('', '-', '-0', '-A', '-a', '-ab', '-b', '.z', ':', '_');
      expect(await pagesOf({ prefix, limit: 100 })).toEqual([inOrder]);
      expect(await pagesOf({ prefix, limit: 4 })).toEqual([
        inOrder.slice(0, 4),
        inOrder.slice(4, 8),
        inOrder.slice(8),
      ]);
      expect(await pagesOf({ prefix, limit: 5 })).toEqual([inOrder.slice(0, 5), inOrder.slice(5)]);
      expect(await pagesOf({ prefix: `${prefix}-a`, limit: 10 })).toEqual([full('-a', '-ab')]);
      expect(await pagesOf({ prefix: `${prefix}nothing`, limit: 10 })).toEqual([[]]);
    });

    it('goes on after a device, whether it exists or lies before the prefix or beyond it', async () => {
      const { devices } = context.repositories();
      const prefix = await listed(['-a', '-c']);
      const idsAfter = async (after: string): Promise<string[]> =>
        (await devices.list({ prefix, limit: 10, after }, makeWork())).items.map(({ deviceId }) => deviceId);
      expect(await idsAfter(`${prefix}-b`)).toEqual([`${prefix}-c`]);
      expect(await idsAfter('-')).toEqual([`${prefix}-a`, `${prefix}-c`]);
      expect(await idsAfter('zzzz')).toEqual([]);
    });

    it('lists all devices without a prefix', async () => {
      const { devices } = context.repositories();
      const prefix = await listed(['-x', '-y']);
      const all = (await pagesOf({ limit: 50 })).flat();
      expect(all).toEqual(expect.arrayContaining([`${prefix}-x`, `${prefix}-y`]));
      expect(all).toEqual([...all].sort());
      const first = await devices.list({ limit: 1 }, makeWork());
      expect(first.items).toHaveLength(1);
    });

    it('lists one site, with paging and prefix, and follows a device to another', async () => {
      const { devices } = context.repositories();
      const siteId = `site-${context.newDevice()}`;
      const prefix = await listed(['-a', '-b', '-c'], siteId);
      await listed(['-other'], `${siteId}-other`);
      const full = (...suffixes: string[]) => suffixes.map((suffix) => prefix + suffix);
      expect(await pagesOf({ siteId, limit: 2 })).toEqual([full('-a', '-b'), full('-c')]);
      expect(await pagesOf({ siteId, prefix: `${prefix}-b`, limit: 2 })).toEqual([full('-b')]);
      const moved = { deviceId: `${prefix}-b`, effectiveFromMs: FROM_MS + 1, siteId: `${siteId}-new` };
      await devices.putEntry(moved, makeWork());
      expect(await pagesOf({ siteId, limit: 9 })).toEqual([full('-a', '-c')]);
      expect(await pagesOf({ siteId: `${siteId}-new`, limit: 9 })).toEqual([full('-b')]);
      await devices.putEntry(
        { deviceId: `${prefix}-a`, effectiveFromMs: FROM_MS + 1, deleted: true },
        makeWork(),
      );
      expect(await pagesOf({ siteId, limit: 9 })).toEqual([full('-c')]);
      expect((await pagesOf({ prefix, limit: 9 })).flat()).toContain(`${prefix}-a`);
    });
  });
}
