import { NOW_MS, createApi, errorsOf, type Answer, type Api, type Call } from './testing/api.js';
import { DeviceHistory, ROOMY_WORK, makeReading } from './testing/device-history.js';

// Generous, so that a busy machine fails nothing.
jest.setTimeout(60_000);

const START_MS = Date.UTC(2026, 9, 31, 10);
const MINUTE_MS = 60_000;

interface Item {
  readonly timestamp: string;
  readonly metrics: Record<string, number>;
}

let api: Api;
let device: DeviceHistory;
beforeEach(() => {
  api = createApi();
  device = new DeviceHistory(api.repositories, 'boiler-1', 10 * MINUTE_MS, () => api.nowMs);
});

function list(query: Call['query'] = {}, more: Call = {}): Promise<Answer> {
  return api.call('/v1/devices/{deviceId}/readings', {
    path: { deviceId: 'boiler-1' },
    query: { from: START_MS, to: START_MS + 86_400_000, ...query },
    ...more,
  });
}

const itemsOf = (answer: Answer) => answer.json['items'] as Item[];

async function allItems(query: Call['query'] = {}): Promise<{ items: Item[]; pages: number }> {
  const items: Item[] = [];
  let cursor: unknown;
  for (let pages = 1; pages < 200; pages += 1) {
    const answer = await list({ ...query, ...(typeof cursor === 'string' ? { cursor } : {}) });
    expect(answer.status).toBe(200);
    items.push(...itemsOf(answer));
    cursor = answer.json['nextCursor'];
    if (cursor === undefined) return { items, pages };
  }
  throw new Error('The list does not end.');
}

/** One a minute. */
const makeMinutes = (count: number) =>
  Array.from({ length: count }, (_, index) => makeReading(START_MS + index * MINUTE_MS, { t: index }));

describe('readings', () => {
  it('are listed as stored, one item an instant, sealed and open alike', async () => {
    await device.store([
      makeReading(START_MS, { t: 1 }),
      makeReading(START_MS, { p: 2 }, 1),
      makeReading(START_MS + 30 * MINUTE_MS, { t: 3 }),
    ]);
    expect((await list()).json).toEqual({
      deviceId: 'boiler-1',
      items: [
        { timestamp: '2026-10-31T10:00:00.000Z', metrics: { p: 2, t: 1 } },
        { timestamp: '2026-10-31T10:30:00.000Z', metrics: { t: 3 } },
      ],
    });
  });

  it.each(['asc', 'desc'] as const)('come page by page, each once, %s', async (order) => {
    const readings = makeMinutes(95);
    await device.store(readings);
    const values = readings.map(({ metrics }) => metrics['t']);
    if (order === 'desc') values.reverse();
    for (const limit of [1, 7, 10, 95, 5000]) {
      const { items, pages } = await allItems({ order, limit });
      expect(items.map(({ metrics }) => metrics['t'])).toEqual(values);
      expect(pages).toBe(Math.ceil(95 / limit));
    }
  });

  it('are those of the range, its start included and its end not', async () => {
    await device.store(makeMinutes(30));
    for (const order of ['asc', 'desc'] as const) {
      const answer = await list({ from: '2026-10-31T11:04:00+01:00', to: START_MS + 25 * MINUTE_MS, order });
      const minutes = itemsOf(answer).map(({ metrics }) => metrics['t'] ?? NaN);
      expect(minutes.sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, index) => index + 4));
    }
  });

  it('can be of one metric, however rare, a page never reading on and on', async () => {
    const many = Array.from({ length: 600 }, (_, index) =>
      makeReading(START_MS + index * 10 * MINUTE_MS, { t: 1 }),
    );
    // In the blocks just before and just behind where a page ends, in either order.
    const rare = [87, 88, 511, 512].map((index) =>
      makeReading(START_MS + index * 600_000 + 1, { rare: index }),
    );
    await device.write([...many, ...rare]);
    const query = { metric: 'rare', to: START_MS + 10 * 86_400_000 };
    for (const order of ['asc', 'desc'] as const) {
      const { items, pages } = await allItems({ ...query, order });
      const expected = rare.map(({ metrics }) => metrics);
      expect(items.map(({ metrics }) => metrics)).toEqual(order === 'asc' ? expected : expected.reverse());
      expect(pages).toBe(2);
    }
    expect(await allItems({ ...query, metric: 'none' })).toMatchObject({ items: [] });
  });

  it('come in pages that Lambda can answer with, however wide they are', async () => {
    const wide = Object.fromEntries(
      Array.from({ length: 64 }, (_, index) => [`${'m'.repeat(120)}-${index}`, index]),
    );
    await device.write(Array.from({ length: 600 }, (_, index) => makeReading(START_MS + index, wide)));
    const first = await list({ limit: 5000 });
    expect(first.text.length).toBeLessThan(5.5 * 1024 * 1024);
    expect(first.json).toHaveProperty('nextCursor');
    expect((await allItems({ limit: 5000 })).items).toHaveLength(600);
  });

  it('come as CSV, the next page in a Link header', async () => {
    await device.store([makeReading(START_MS, { '-t': -1.5 }), makeReading(START_MS + 1, { b: 2 })]);
    const answer = await list({}, { headers: { Accept: 'text/csv' } });
    expect(answer.headers['Content-Type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.text).toBe(
      "timestamp,'-t,b\r\n2026-10-31T10:00:00.000Z,-1.5,\r\n2026-10-31T10:00:00.001Z,,2\r\n",
    );
    const paged = await list({ limit: 1 }, { headers: { accept: 'text/csv' } });
    const next = /^<\?(.*)>; rel="next"$/.exec(paged.headers['Link'] ?? '')?.[1] ?? '';
    const second = await list(Object.fromEntries(new URLSearchParams(next)), {
      headers: { accept: 'text/csv' },
    });
    expect(second.text).toBe('timestamp,b\r\n2026-10-31T10:00:00.001Z,2\r\n');
    expect(second.headers).not.toHaveProperty('Link');
  });

  it('are not sent again to who has them', async () => {
    await device.store(makeMinutes(3));
    const first = await list();
    const etag = first.headers['ETag'] ?? '';
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await list({}, { headers: { 'If-None-Match': known } });
      expect(again).toMatchObject({ status: 304, text: '', headers: { ETag: etag } });
    }
    expect((await list({}, { headers: { 'If-None-Match': etag, Accept: 'text/csv' } })).status).toBe(200);
    await device.write([makeReading(START_MS + 3, { t: 1 })]);
    expect((await list({}, { headers: { 'If-None-Match': etag } })).status).toBe(200);
  });

  it('are gone with their blocks', async () => {
    await device.store(makeMinutes(15));
    api.nowMs = NOW_MS + 31 * 86_400_000;
    expect(itemsOf(await list()).map(({ metrics }) => metrics['t'])).toEqual([10, 11, 12, 13, 14]);
  });

  it('refuse a cursor that is damaged or of another query', async () => {
    await device.store(makeMinutes(9));
    const cursor = String((await list({ limit: 2 })).json['nextCursor']);
    const others: Record<string, string | number>[] = [
      { order: 'desc' },
      { metric: 't' },
      { from: START_MS + 1 },
      { to: START_MS + 1000 },
      { cursor: `${cursor.slice(0, -1)}-` },
      { cursor: 'a' },
    ];
    for (const query of others) {
      expect(errorsOf(await list({ cursor, ...query }))).toEqual(['cursor: is not a cursor of this query']);
    }
    await new DeviceHistory(api.repositories, 'boiler-2', 10 * MINUTE_MS, () => api.nowMs).store(
      makeMinutes(9),
    );
    expect((await list({ cursor }, { path: { deviceId: 'boiler-2' } })).status).toBe(400);
    expect((await list({ cursor, limit: 5 })).status).toBe(200);
  });

  it('of an unknown device are not found, of a registered one are none', async () => {
    expect((await list()).json).toMatchObject({ status: 404, code: 'device_not_found' });
    await api.repositories.devices.putEntry({ deviceId: 'boiler-1', effectiveFromMs: 1 }, ROOMY_WORK);
    expect((await list()).json).toEqual({ deviceId: 'boiler-1', items: [] });
  });
});
