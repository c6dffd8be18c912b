import { RESOLUTION_MS, type BlockReading, type Resolution } from '@weir/aggregation';
import type { RollupRepository } from '@weir/dynamo-repo';
import { createApi, type Api } from './testing/api.js';
import { DeviceHistory, makeReading } from './testing/device-history.js';
import { expectWindows, recompute, type AggregateWindow } from './testing/recomputation.js';

// Generous, so that a busy machine fails nothing.
jest.setTimeout(60_000);

const MINUTE_MS = 60_000;
const DAY_MS = RESOLUTION_MS['1d'];
const RESOLUTIONS: readonly Resolution[] = ['1m', '10m', '1h', '1d'];
const DAY_START_MS = Date.UTC(2026, 9, 31);

/** One reading every `stepMs` over [fromMs, toMs), with values that no two windows share. */
function makeSeries(fromMs: number, toMs: number, stepMs = 5 * MINUTE_MS): BlockReading[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index) => {
    const timestampMs = fromMs + index * stepMs;
    return makeReading(timestampMs, { temperature: Math.sin(timestampMs / 7e5) * 40 - 3, count: index });
  });
}

function at(text: string): number {
  return Date.parse(`2026-10-31T${text}Z`);
}

function prepare(blockMinutes = 10): { api: Api; device: DeviceHistory } {
  const api = createApi({ blockMinutes });
  const device = new DeviceHistory(api.repositories, 'boiler-1', blockMinutes * MINUTE_MS, () => api.nowMs);
  return { api, device };
}

async function windowsOf(api: Api, resolution: Resolution, query: object = {}): Promise<AggregateWindow[]> {
  const windows: AggregateWindow[] = [];
  let cursor: string | undefined;
  do {
    const answer = await api.call('/v1/devices/{deviceId}/aggregates', {
      path: { deviceId: 'boiler-1' },
      query: {
        metric: 'temperature',
        resolution,
        from: DAY_START_MS - 40 * DAY_MS,
        to: DAY_START_MS + 3 * DAY_MS,
        ...query,
        ...(cursor === undefined ? {} : { cursor }),
      },
    });
    expect(answer.status).toBe(200);
    windows.push(...(answer.json['windows'] as AggregateWindow[]));
    cursor = answer.json['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
  return windows;
}

async function expectExact(api: Api, readings: readonly BlockReading[]): Promise<void> {
  for (const resolution of RESOLUTIONS) {
    expectWindows(await windowsOf(api, resolution), recompute(readings, 'temperature', resolution));
  }
}

describe('windows of a device are those of a plain recomputation', () => {
  it.each([1, 3, 5, 10, 15, 20, 60])(
    'in blocks of %i minutes, over three days and a month',
    async (blockMinutes) => {
      const { api, device } = prepare(blockMinutes);
      const readings = makeSeries(Date.UTC(2026, 9, 30, 22), Date.UTC(2026, 10, 1, 2, 25));
      for (const reading of readings) await device.store([reading]);
      await expectExact(api, readings);
    },
  );

  it('while there are only open blocks', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('10:30:00'), at('12:30:00'));
    await device.write(readings);
    await expectExact(api, readings);
    const [newest] = (await windowsOf(api, '10m')).slice(-1);
    expect(newest).toMatchObject({ final: false, version: 1 });
  });

  it('with one open block above sealed ones in the same hour, which no day has yet', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('12:45:00'));
    for (const reading of readings) await device.store([reading]);
    await expectExact(api, readings);
    const [hour] = await windowsOf(api, '1h');
    expect(hour).toMatchObject({ final: false, version: readings.length });
  });

  it('with several open blocks in several hours and days, some already propagated', async () => {
    const { api, device } = prepare();
    const sealed = makeSeries(at('20:00:00'), at('22:20:00'));
    await device.store(sealed);
    const open = makeSeries(at('22:20:00'), at('22:20:00') + 3 * RESOLUTION_MS['1h']);
    await device.write(open);
    await device.propagate(at('22:30:00'));
    await device.propagate(at('22:40:00'), ['hour', 'day']);
    await expectExact(api, [...sealed, ...open]);
  });

  it('at the boundary of an hour that is not folded, and after it is', async () => {
    const { api, device } = prepare();
    const before = makeSeries(at('12:00:00'), at('13:00:00'));
    const after = makeSeries(at('13:00:00'), at('13:10:00'));
    await device.store(before);
    await device.write(after);
    await expectExact(api, [...before, ...after]);
    await device.propagate(at('12:50:00'));
    await expectExact(api, [...before, ...after]);
    await device.seal(at('12:50:00'));
    await expectExact(api, [...before, ...after]);
    const hours = await windowsOf(api, '1h');
    expect(hours.map(({ final }) => final)).toEqual([true, false]);
  });

  it('with late data that is only in the finer level yet: each resolution shows the newest it can know', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('15:00:00'));
    await device.store(readings);
    const late = makeReading(at('12:01:00'), { temperature: 99 });
    await device.write([late]);
    await device.propagate(at('12:00:00'), ['hour']);
    expectWindows(await windowsOf(api, '10m'), recompute([...readings, late], 'temperature', '10m'));
    expectWindows(await windowsOf(api, '1h'), recompute(readings, 'temperature', '1h'));
    await device.propagate(at('12:00:00'));
    await expectExact(api, [...readings, late]);
  });

  it('with an open block that is newer than its slot in the hour', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('12:30:00'));
    await device.write(readings);
    await device.propagate(at('12:00:00'));
    const more = makeReading(at('12:01:00'), { temperature: 99 });
    await device.write([more]);
    await expectExact(api, [...readings, more]);
  });

  it('after the blocks have expired: whole blocks from the rollups, shorter windows no longer', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(
      DAY_START_MS - 35 * DAY_MS,
      DAY_START_MS - 35 * DAY_MS + 4 * RESOLUTION_MS['1h'],
    );
    api.nowMs = DAY_START_MS - 35 * DAY_MS;
    await device.store(readings);
    const recent = makeSeries(at('12:00:00'), at('12:10:00'));
    api.nowMs = at('12:10:00');
    await device.store(recent);
    api.nowMs += DAY_MS;
    const kept = [...readings.slice(-2), ...recent];
    expectWindows(await windowsOf(api, '1m'), recompute(kept, 'temperature', '1m'));
    for (const resolution of ['10m', '1h', '1d'] as const) {
      expectWindows(
        await windowsOf(api, resolution),
        recompute([...readings, ...recent], 'temperature', resolution),
      );
    }
  });

  it.each([
    ['still stand', 0],
    ['are deleted in part', 2],
    ['are deleted', 5],
  ])(
    'of a device that fell silent, when all blocks of its last hour but the newest have expired and %s',
    async (_, deleted) => {
      const { api, device } = prepare();
      const readings = makeSeries(at('12:00:00'), at('13:55:00'));
      for (const reading of readings) {
        api.nowMs = reading.timestampMs;
        await device.store([reading]);
      }
      api.nowMs += 31 * DAY_MS;
      const expired = api.repositories.table.items().filter(({ sk, s }) => sk.startsWith('B#') && s === true);
      expect(expired).toHaveLength(11);
      for (const item of expired.slice(-deleted || Infinity)) api.repositories.table.delete(item);
      for (const resolution of ['10m', '1h', '1d'] as const) {
        expectWindows(await windowsOf(api, resolution), recompute(readings, 'temperature', resolution));
      }
    },
  );

  it('in an hour of which blocks, and the item as well, have expired since it was folded', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('12:50:00'));
    for (const reading of readings) await device.store([reading]);
    await device.write([makeReading(at('13:00:00'), { temperature: 1 })]);
    await device.propagate(at('12:00:00'), ['hour', 'day']);
    api.nowMs += 400 * DAY_MS;
    const [hour] = await windowsOf(api, '1h');
    expectWindows(hour ? [hour] : [], recompute(readings.slice(0, -2), 'temperature', '1h'));
  });

  it('leaves out a window that straddles an expired block rather than give a part of it', async () => {
    const { api, device } = prepare(15);
    const fromMs = at('12:00:00') - 35 * DAY_MS;
    api.nowMs = fromMs;
    await device.store(makeSeries(fromMs, fromMs + RESOLUTION_MS['1h']));
    await device.store(makeSeries(at('12:00:00'), at('12:05:00')));
    api.nowMs += 20 * DAY_MS;
    const late = makeReading(fromMs + 16 * MINUTE_MS, { temperature: 1 });
    await device.store([late]);
    api.nowMs += 15 * DAY_MS;
    const windows = await windowsOf(api, '10m', { to: fromMs + DAY_MS });
    expect(windows.map(({ start }) => start)).toEqual([new Date(fromMs + 20 * MINUTE_MS).toISOString()]);
  });
});

describe('a window', () => {
  it('keeps its numbers to the last bit and its version when its blocks are sealed and folded', async () => {
    const { api, device } = prepare();
    await device.write(makeSeries(Date.UTC(2026, 9, 30, 22), Date.UTC(2026, 10, 1, 2)));
    const open = await Promise.all(RESOLUTIONS.map((resolution) => windowsOf(api, resolution)));
    await device.store([]);
    const sealed = await Promise.all(RESOLUTIONS.map((resolution) => windowsOf(api, resolution)));
    const contents = (lists: AggregateWindow[][]) =>
      lists.flat().map((window) => ({ ...window, final: undefined }));
    expect(contents(sealed)).toEqual(contents(open));
    expect(open.flat().some(({ final }) => final)).toBe(false);
    expect(sealed[2]?.map(({ final }) => final).filter((final) => !final)).toHaveLength(1);
  });

  it('changes with late data, at a higher version, and may stay final', async () => {
    const { api, device } = prepare();
    await device.store(makeSeries(at('12:00:00'), at('15:00:00')));
    const [before] = await windowsOf(api, '1h');
    await device.store([makeReading(at('12:59:59'), { temperature: 500 })]);
    const [after] = await windowsOf(api, '1h');
    expect(after?.version).toBeGreaterThan(before?.version ?? Infinity);
    expect(after).toMatchObject({ max: 500, last: 500, final: true, count: (before?.count ?? 0) + 1 });
  });

  it.each(
    (['hour', 'day', 'month'] as const).flatMap((level) =>
      (['10m', '1h', '1d'] as const).map((resolution) => [resolution, level] as const),
    ),
  )(
    'of %s is not lost when all is sealed and folded just before a read of the level %s',
    async (resolution, level) => {
      const { api, device } = prepare();
      const readings = makeSeries(at('22:00:00'), at('22:00:00') + 3 * RESOLUTION_MS['1h']);
      await device.write(readings);
      beforeRange(api.repositories.rollups, level, () => device.store([]));
      expectWindows(await windowsOf(api, resolution), recompute(readings, 'temperature', resolution));
    },
  );

  it.each([
    ['1h', 'day'],
    ['1d', 'day'],
    ['1d', 'month'],
  ] as const)(
    'of %s has its open block and no less when late data is folded into its %s just before that is read',
    async (resolution, level) => {
      const { api, device } = prepare();
      const readings = makeSeries(at('23:00:00'), at('23:50:00'));
      await device.store(readings);
      const open = makeSeries(at('23:50:00'), at('23:50:00') + 15 * MINUTE_MS);
      await device.write(open);
      // Enough corrections to make the coarse version exceed what was read of the blocks.
      const late = Array.from({ length: 9 }, (_, index) =>
        makeReading(at('23:01:00'), { temperature: index }, index),
      );
      let begun = false;
      beforeRange(api.repositories.rollups, level, async () => {
        if (begun) return;
        begun = true;
        for (const reading of late) await device.write([reading]);
        await device.propagate(at('23:00:00'), ['hour', 'day', 'month']);
      });
      const ofFirst = async () => (await windowsOf(api, resolution)).slice(0, 1);
      const expectFirst = (actual: AggregateWindow[], points: readonly BlockReading[]) =>
        expectWindows(actual, recompute(points, 'temperature', resolution).slice(0, 1));
      expectFirst(await ofFirst(), [...readings, ...open]);
      expect(begun).toBe(true);
      expectFirst(await ofFirst(), [...readings, ...late.slice(-1), ...open]);
    },
  );

  it('shows what was added to an open block and handed on between the reads of block and hour', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('12:10:00'));
    await device.write(readings);
    const more = [
      makeReading(at('12:09:00'), { temperature: 7 }),
      makeReading(at('12:10:00'), { temperature: 8 }),
    ];
    beforeRange(api.repositories.rollups, 'hour', () => device.store(more));
    const [first] = await windowsOf(api, '10m');
    expectWindows(first ? [first] : [], recompute([...readings, ...more], 'temperature', '10m').slice(0, 1));
  });

  it('is read once, and as its blocks stood when the query began, whatever is folded meanwhile', async () => {
    const { api, device } = prepare();
    const readings = makeSeries(at('12:00:00'), at('12:50:00'));
    await device.store(readings);
    let revision = 0;
    let reads = 0;
    const stop = beforeRange(api.repositories.rollups, 'day', async () => {
      reads += 1;
      for (let times = 0; times < 9; times += 1) {
        await device.write([makeReading(at('12:01:00'), { temperature: 100 + revision }, ++revision)]);
      }
      await device.propagate(at('12:00:00'), ['hour', 'day']);
    });
    expectWindows(await windowsOf(api, '1h'), recompute(readings, 'temperature', '1h'));
    expect(reads).toBe(1);
    stop();
    const [after] = await windowsOf(api, '1h');
    expect(after?.max).toBe(99 + revision);
  });
});

/** Does something each time just before a level is read. */
function beforeRange(rollups: RollupRepository, level: string, act: () => Promise<void>): () => void {
  const range = rollups.range.bind(rollups);
  rollups.range = async (deviceId, ofLevel, query, work) => {
    if (ofLevel === level) await act();
    return range(deviceId, ofLevel, query, work);
  };
  return () => {
    rollups.range = range;
  };
}
