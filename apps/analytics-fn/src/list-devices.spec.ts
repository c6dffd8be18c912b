import { TransientStoreError } from '@weir/dynamo-repo';
import { NOW_MS, createApi, errorsOf, type Answer, type Api, type Call } from './testing/api.js';
import { DeviceHistory, ROOMY_WORK, makeReading } from './testing/device-history.js';

let api: Api;
beforeEach(() => {
  api = createApi();
});

const list = (query: Call['query'] = {}, more: Call = {}) => api.call('/v1/devices', { query, ...more });
const idsOf = (answer: Answer) =>
  (answer.json['items'] as { deviceId: string }[]).map(({ deviceId }) => deviceId);

async function allIds(query: Call['query'], more: Call = {}): Promise<string[]> {
  const ids: string[] = [];
  let cursor: unknown;
  for (let pages = 0; pages < 100; pages += 1) {
    const answer = await list({ ...query, ...(typeof cursor === 'string' ? { cursor } : {}) }, more);
    ids.push(...idsOf(answer));
    cursor = answer.json['nextCursor'];
    if (cursor === undefined) return ids;
  }
  throw new Error('The list does not end.');
}

async function register(deviceId: string, siteId?: string): Promise<void> {
  await api.repositories.devices.putEntry({ deviceId, effectiveFromMs: NOW_MS, siteId }, ROOMY_WORK);
}

describe('the list of devices', () => {
  it('shows each with its newest values, metric by metric', async () => {
    const device = new DeviceHistory(api.repositories, 'boiler-1', 600_000, () => NOW_MS);
    await device.store([
      makeReading(NOW_MS - 900_000, { temperature: 1, old: 1 }),
      makeReading(NOW_MS, { temperature: 71.5, pressure: 1.2 }),
      makeReading(NOW_MS + 60_000, { temperature: 71.8 }),
    ]);
    await api.call('/v1/devices/{deviceId}', {
      method: 'PUT',
      path: { deviceId: 'boiler-1' },
      body: {
        siteId: 'plant-1',
        model: 'WB-200',
        labels: { hall: 'north' },
        metrics: { temperature: { unit: 'Cel' }, pressure: { min: 0 }, speed: { unit: 'm/s' } },
      },
    });
    await api.repositories.devices.ensureListed('pump-1', ROOMY_WORK);
    expect((await list()).json).toEqual({
      items: [
        {
          deviceId: 'boiler-1',
          registered: true,
          siteId: 'plant-1',
          model: 'WB-200',
          labels: { hall: 'north' },
          lastSeen: '2026-11-01T12:01:00.000Z',
          latest: {
            pressure: { value: 1.2, timestamp: '2026-11-01T12:00:00.000Z' },
            temperature: { value: 71.8, timestamp: '2026-11-01T12:01:00.000Z', unit: 'Cel' },
          },
        },
        { deviceId: 'pump-1', registered: false, latest: {} },
      ],
    });
  });

  it('has no units of metrics that are named like properties of objects', async () => {
    const device = new DeviceHistory(api.repositories, 'boiler-1', 600_000, () => NOW_MS);
    await device.store([makeReading(NOW_MS, { constructor: 1, toString: 2 })]);
    await register('boiler-1');
    const timestamp = '2026-11-01T12:00:00.000Z';
    const latest = { constructor: { value: 1, timestamp }, toString: { value: 2, timestamp } };
    expect((await list()).json['items']).toMatchObject([{ latest }]);
    expect((await list()).text).not.toContain('unit');
  });

  it('goes from page to page in the order of ids, each device once', async () => {
    const ids = Array.from({ length: 23 }, (_, index) => `d-${String(index).padStart(2, '0')}`);
    for (const id of ids.toReversed()) await register(id);
    expect(await allIds({ limit: 5 })).toEqual(ids);
    expect(idsOf(await list({ limit: 23 }))).toEqual(ids);
    expect((await list({ limit: 23 })).json).not.toHaveProperty('nextCursor');
    expect(idsOf(await list())).toHaveLength(23);
  });

  it('can be of one site', async () => {
    await register('a', 'north');
    await register('b', 'south');
    await register('c', 'north');
    await register('d');
    expect(await allIds({ siteId: 'north', limit: 1 })).toEqual(['a', 'c']);
    expect(idsOf(await list({ siteId: 'nowhere' }))).toEqual([]);
  });

  it('can be of the ids that begin alike, at a site as well', async () => {
    for (const id of ['a-2', 'a', 'a-10', 'b-1', 'A-1', 'a-1']) await register(id, 'north');
    await register('a-3', 'south');
    for (const limit of [1, 2, 100]) {
      expect(await allIds({ limit, prefix: 'a-' })).toEqual(['a-1', 'a-10', 'a-2', 'a-3']);
      expect(await allIds({ limit, prefix: 'a-1' })).toEqual(['a-1', 'a-10']);
      expect(await allIds({ limit, prefix: 'a-', siteId: 'north' })).toEqual(['a-1', 'a-10', 'a-2']);
    }
    expect(idsOf(await list({ prefix: 'c' }))).toEqual([]);
    expect(idsOf(await list({ prefix: 'a'.repeat(128) }))).toEqual([]);
  });

  it('shows of the ids that begin alike those that the token allows', async () => {
    for (const id of ['a', 'a-1', 'a-2', 'a-20', 'b', 'b-1', 'c-1']) await register(id, 'north');
    for (const [devices, prefix, ids] of [
      ['*', 'a-', ['a-1', 'a-2', 'a-20']],
      ['a*,b-1', 'a-2', ['a-2', 'a-20']],
      ['a-2*,a-1,b', 'a', ['a-1', 'a-2', 'a-20']],
      ['a*,a-*', 'a-1', ['a-1']],
      ['a-2,a-20', 'a-2', ['a-2', 'a-20']],
      ['a,a-*', 'a', ['a', 'a-1', 'a-2', 'a-20']],
      ['a,b', 'a-', []],
      ['c-*', 'a', []],
      ['', 'a', []],
      ['a b*,~', 'a', []],
    ] as const) {
      for (const limit of [1, 2, 100]) {
        expect([devices, await allIds({ limit, prefix }, { devices })]).toEqual([devices, ids]);
        expect(await allIds({ limit, prefix, siteId: 'north' }, { devices })).toEqual(ids);
        expect(await allIds({ limit, prefix, siteId: 'south' }, { devices })).toEqual([]);
      }
    }
  });

  it('reads no more of the directory than the prefix holds', async () => {
    for (const id of ['a-1', 'b-1', 'b-2', 'c-1']) await register(id);
    const read: unknown[] = [];
    const { devices } = api.repositories;
    const whole = devices.list.bind(devices);
    devices.list = async (query, work) => {
      const page = await whole(query, work);
      read.push(...page.items.map(({ deviceId }) => deviceId));
      return page;
    };
    expect(idsOf(await list({ prefix: 'b' }))).toEqual(['b-1', 'b-2']);
    expect(read).toEqual(['b-1', 'b-2']);
  });

  it('shows a token its own devices only, from page to page', async () => {
    for (const id of ['a', 'a-1', 'a-2', 'b', 'b-1', 'b-10', 'b-2', 'c', 'd-1']) await register(id, 'north');
    for (const [devices, ids] of [
      ['a-*', ['a-1', 'a-2']],
      ['c,a-2,b-1*,x', ['a-2', 'b-1', 'b-10', 'c']],
      ['b-1*,b-*,b-10', ['b-1', 'b-10', 'b-2']],
      ['a,a-*,d*', ['a', 'a-1', 'a-2', 'd-1']],
      ['*', ['a', 'a-1', 'a-2', 'b', 'b-1', 'b-10', 'b-2', 'c', 'd-1']],
      ['', []],
      ['a b*,é*,~', []],
    ] as const) {
      for (const limit of [1, 2, 100]) {
        expect(await allIds({ limit }, { devices })).toEqual(ids);
        expect(await allIds({ limit, siteId: 'north' }, { devices })).toEqual(ids);
        expect(await allIds({ limit, siteId: 'south' }, { devices })).toEqual([]);
      }
    }
  });

  it('goes on where a token names very many devices that do not exist', async () => {
    await register('zz');
    const devices = [...Array.from({ length: 700 }, (_, index) => `none-${index}`), 'zz'].join(',');
    const first = await list({}, { devices });
    expect(idsOf(first)).toEqual([]);
    expect(await allIds({}, { devices })).toEqual(['zz']);
  });

  it('does not tell where it ends of devices that are none of the token', async () => {
    for (const id of ['a-1', 'b-secret', 'c-1']) await register(id);
    const { json } = await list({ limit: 1 }, { devices: 'a-*,c-*' });
    expect(Buffer.from(String(json['nextCursor']), 'base64url').toString()).not.toContain('secret');
  });

  it('refuses a cursor of another query, and one that is none', async () => {
    await register('a', 'north');
    await register('b', 'north');
    const cursor = String((await list({ limit: 1 })).json['nextCursor']);
    const others: Record<string, string | number>[] = [
      { cursor, siteId: 'north' },
      { cursor, prefix: 'a' },
      { cursor: `${cursor}A` },
      { cursor: 'x' },
    ];
    for (const query of others) {
      const answer = await list(query);
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)).toEqual(['cursor: is not a cursor of this query']);
    }
  });

  it('refuses a cursor of a token that may read other devices', async () => {
    for (const id of ['a-1', 'a-2', 'b-1']) await register(id);
    const cursorFor = async (devices?: string) =>
      String((await list({ limit: 1 }, devices === undefined ? {} : { devices })).json['nextCursor']);
    const unbound = await cursorFor();
    const bound = await cursorFor('a-*,c-*');
    for (const answer of [
      await list({ cursor: unbound }, { devices: 'a-*,c-*' }),
      await list({ cursor: bound }),
      await list({ cursor: bound }, { devices: 'a-*' }),
    ]) {
      expect(answer.status).toBe(400);
      expect(errorsOf(answer)).toEqual(['cursor: is not a cursor of this query']);
    }
    // A token that was renewed may name its devices in another order.
    expect(idsOf(await list({ cursor: bound }, { devices: 'c-*,a-*' }))).toEqual(['a-2']);
  });

  it('answers 503 with Retry-After when the store does not answer', async () => {
    api.repositories.devices.list = async () => {
      throw new TransientStoreError('throttled');
    };
    const answer = await list();
    expect(answer).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    expect(answer.json).toMatchObject({ code: 'unavailable' });
  });

  it('answers 500 without a word of what failed', async () => {
    api.repositories.devices.list = async () => {
      throw new Error('secret detail');
    };
    const answer = await list();
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
  });
});
