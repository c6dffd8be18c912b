import { NOW_MS, createApi, type Answer, type Api, type Call } from './testing/api.js';
import { DeviceHistory, ROOMY_WORK, makeReading } from './testing/device-history.js';
import { expectWindows, recompute, type AggregateWindow } from './testing/recomputation.js';

// Generous, so that a busy machine fails nothing.
jest.setTimeout(60_000);

const START_MS = Date.UTC(2026, 9, 31, 10);
const HOUR_MS = 3_600_000;

let api: Api;
let device: DeviceHistory;
beforeEach(() => {
  api = createApi();
  device = new DeviceHistory(api.repositories, 'boiler-1', 600_000, () => api.nowMs);
});

function ask(query: Call['query'] = {}, more: Call = {}): Promise<Answer> {
  return api.call('/v1/devices/{deviceId}/aggregates', {
    path: { deviceId: 'boiler-1' },
    query: { metric: 't', resolution: '1h', from: START_MS, to: START_MS + 24 * HOUR_MS, ...query },
    ...more,
  });
}

const windowsOf = (answer: Answer) => answer.json['windows'] as AggregateWindow[];

/** One every ten minutes. */
function makeReadings(hours: number, fromMs = START_MS) {
  return Array.from({ length: hours * 6 }, (_, index) =>
    makeReading(fromMs + index * 600_000, { t: index - 7 }),
  );
}

async function allWindows(query: Call['query']): Promise<{ windows: AggregateWindow[]; pages: number }> {
  const windows: AggregateWindow[] = [];
  let cursor: unknown;
  for (let pages = 1; pages < 400; pages += 1) {
    const answer = await ask({ ...query, ...(typeof cursor === 'string' ? { cursor } : {}) });
    expect(answer.status).toBe(200);
    windows.push(...windowsOf(answer));
    cursor = answer.json['nextCursor'];
    if (cursor === undefined) return { windows, pages };
  }
  throw new Error('The list does not end.');
}

describe('aggregates of a device', () => {
  it('have the shape of the contract', async () => {
    await device.store([makeReading(START_MS, { t: 71.5 }), makeReading(START_MS + 60_000, { t: 71.8 })]);
    await api.repositories.devices.putEntry(
      { deviceId: 'boiler-1', effectiveFromMs: 1, metrics: { t: { unit: 'Cel' } } },
      ROOMY_WORK,
    );
    const { json } = await ask();
    expect(json).toEqual({
      deviceId: 'boiler-1',
      metric: 't',
      unit: 'Cel',
      resolution: '1h',
      windows: [
        {
          start: '2026-10-31T10:00:00.000Z',
          end: '2026-10-31T11:00:00.000Z',
          count: 2,
          sum: 143.3,
          min: 71.5,
          max: 71.8,
          avg: 71.65,
          stddev: expect.closeTo(0.2121320343, 8),
          first: 71.5,
          last: 71.8,
          p50: expect.closeTo(71.5, -1),
          p95: expect.closeTo(71.8, -1),
          p99: expect.closeTo(71.8, -1),
          final: false,
          version: 1,
        },
      ],
    });
  });

  it('round the range out to whole windows', async () => {
    const readings = makeReadings(4);
    await device.store(readings);
    const answer = await ask({ from: START_MS + HOUR_MS + 1, to: START_MS + 2 * HOUR_MS + 1 });
    expectWindows(windowsOf(answer), recompute(readings, 't', '1h').slice(1, 3));
    const exact = await ask({ from: START_MS + HOUR_MS, to: START_MS + 2 * HOUR_MS });
    expectWindows(windowsOf(exact), recompute(readings, 't', '1h').slice(1, 2));
  });

  it.each(['1m', '10m', '1h', '1d'] as const)(
    'of %s come page by page, each window once',
    async (resolution) => {
      const readings = makeReadings(30);
      await device.store(readings);
      const expected = recompute(readings, 't', resolution);
      for (const limit of [1, 3, 7, 100, 1000]) {
        const pages = Math.ceil(expected.length / limit);
        if (pages > 40) continue;
        const all = await allWindows({ resolution, limit, from: START_MS, to: START_MS + 48 * HOUR_MS });
        expectWindows(all.windows, expected);
        expect(all.pages).toBe(pages);
      }
    },
  );

  it('cost a page no more than some thousand items, however sparse a metric is', async () => {
    const days = Array.from({ length: 4500 }, (_, index) => Date.UTC(2010, 0, 1) + index * 24 * HOUR_MS);
    const { rollups, devices } = api.repositories;
    await devices.ensureListed('boiler-1', ROOMY_WORK);
    const [first] = makeReadings(1);
    if (first === undefined) throw new Error('no reading');
    await device.write([first]);
    for (const startMs of days) {
      const slot = { window: { startMs, endMs: startMs + HOUR_MS }, version: 1, summaries: new Map() };
      await rollups.putSlots('boiler-1', 'day', [slot], NOW_MS, ROOMY_WORK);
    }
    const { windows, pages } = await allWindows({ from: 0, to: START_MS + 24 * HOUR_MS });
    expect(windows.map(({ start }) => start)).toEqual(['2026-10-31T10:00:00.000Z']);
    expect(pages).toBe(2);
  });

  it('are no windows for a metric that no reading has, and for a range without readings', async () => {
    await device.store(makeReadings(2));
    for (const resolution of ['1m', '10m', '1h', '1d']) {
      expect((await ask({ metric: 'none', resolution })).json).toEqual({
        deviceId: 'boiler-1',
        metric: 'none',
        resolution,
        windows: [],
      });
    }
    expect(windowsOf(await ask({ from: 0, to: 1 }))).toEqual([]);
  });

  it('are to be asked for again even where every one is final, for late data still changes them', async () => {
    await device.store(makeReadings(3));
    const past = { to: START_MS + 2 * HOUR_MS };
    const before = await ask(past);
    expect(windowsOf(before).every(({ final }) => final)).toBe(true);
    expect(before.headers['Cache-Control']).toBe('private, no-cache');
    await device.store([makeReading(START_MS + 1, { t: 1_000 })]);
    const after = await ask(past, { headers: { 'If-None-Match': before.headers['ETag'] ?? '' } });
    expect(after.status).toBe(200);
    expect(windowsOf(after)).not.toEqual(windowsOf(before));
  });

  it('are not sent again to who has them, until they change', async () => {
    await device.store(makeReadings(3));
    const etag = (await ask()).headers['ETag'] ?? '';
    const again = await ask({}, { headers: { 'If-None-Match': `"other", W/${etag}` } });
    expect(again).toMatchObject({ status: 304, text: '', headers: { ETag: etag, Vary: 'Accept' } });
    await device.store([makeReading(START_MS + 1, { t: 3 })]);
    expect((await ask({}, { headers: { 'If-None-Match': etag } })).status).toBe(200);
  });

  it('come as CSV', async () => {
    await device.store([makeReading(START_MS, { t: -2 })]);
    const answer = await ask({}, { headers: { Accept: 'text/csv;q=1, application/json;q=0.5' } });
    expect(answer.text).toBe(
      'start,end,count,sum,min,max,avg,stddev,first,last,p50,p95,p99,final,version\r\n' +
        '2026-10-31T10:00:00.000Z,2026-10-31T11:00:00.000Z,1,-2,-2,-2,-2,0,-2,-2,-2,-2,-2,false,1\r\n',
    );
    expect(answer.headers['ETag']).not.toBe((await ask()).headers['ETag']);
  });

  it('cannot be had as anything else', async () => {
    await device.store(makeReadings(1));
    const answer = await ask({}, { headers: { Accept: 'application/xml' } });
    expect(answer.json).toMatchObject({ status: 406, code: 'not_acceptable' });
  });

  it('refuse a cursor that is damaged or of another query', async () => {
    await device.store(makeReadings(5));
    const cursor = String((await ask({ limit: 2 })).json['nextCursor']);
    expect((await ask({ cursor, limit: 1 })).status).toBe(200);
    const others: Record<string, string | number>[] = [
      { metric: 'u' },
      { resolution: '10m' },
      { from: START_MS - 1 },
      { to: START_MS + 48 * HOUR_MS },
      { cursor: cursor.toLowerCase() },
      { cursor: `${cursor}AAAA` },
    ];
    for (const query of others) {
      expect((await ask({ cursor, ...query })).status).toBe(400);
    }
  });

  it('of an unknown device are not found', async () => {
    expect((await ask()).json).toMatchObject({ status: 404, code: 'device_not_found' });
  });
});
