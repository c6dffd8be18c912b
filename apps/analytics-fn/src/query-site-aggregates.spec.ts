import type { BlockReading } from '@weir/aggregation';
import { NOW_MS, createApi, errorsOf, type Answer, type Api, type Call } from './testing/api.js';
import { DeviceHistory, ROOMY_WORK, makeReading } from './testing/device-history.js';
import { expectWindows, recompute, type AggregateWindow } from './testing/recomputation.js';

// Generous, so that a busy machine fails nothing.
jest.setTimeout(60_000);

const START_MS = Date.UTC(2026, 9, 31, 10);
const HOUR_MS = 3_600_000;

let api: Api;
beforeEach(() => {
  api = createApi();
});

function ask(query: Call['query'] = {}, more: Call = {}): Promise<Answer> {
  return api.call('/v1/sites/{siteId}/aggregates', {
    path: { siteId: 'north' },
    query: { metric: 't', resolution: '1h', from: START_MS, to: START_MS + 24 * HOUR_MS, ...query },
    ...more,
  });
}

const windowsOf = (answer: Answer) => answer.json['windows'] as AggregateWindow[];

async function addDevice(
  deviceId: string,
  readings: BlockReading[],
  unit?: string,
  siteId = 'north',
): Promise<void> {
  const metrics: Record<string, { unit: string }> = unit === undefined ? {} : { t: { unit } };
  await api.repositories.devices.putEntry({ deviceId, siteId, effectiveFromMs: NOW_MS, metrics }, ROOMY_WORK);
  const history = new DeviceHistory(api.repositories, deviceId, 600_000, () => NOW_MS);
  await history.store(readings);
}

/** One every `stepMs`, from `fromMs` on. */
function makeReadings(count: number, fromMs: number, stepMs: number, value: number): BlockReading[] {
  return Array.from({ length: count }, (_, index) =>
    makeReading(fromMs + index * stepMs, { t: value + index }),
  );
}

describe('aggregates of a site', () => {
  it('are those of all its devices together, first and last by time, although their readings interleave', async () => {
    const a = makeReadings(20, START_MS + 60_000, 600_000, 100);
    const b = makeReadings(30, START_MS + 30_000, 300_000, -50);
    const c = makeReadings(3, START_MS + 2 * HOUR_MS, HOUR_MS, 7);
    await addDevice('z-first-by-time', b, 'Cel');
    await addDevice('a', a, 'Cel');
    await addDevice('m', c);
    await addDevice('elsewhere', makeReadings(9, START_MS, 60_000, 1e6), 'K', 'south');
    for (const resolution of ['1m', '10m', '1h', '1d'] as const) {
      const answer = await ask({ resolution });
      expect(answer.json).toMatchObject({
        siteId: 'north',
        devices: 3,
        metric: 't',
        unit: 'Cel',
        resolution,
      });
      expectWindows(windowsOf(answer), recompute([...a, ...b, ...c], 't', resolution));
    }
  });

  it('are final where those of all devices are, and add up their versions', async () => {
    await addDevice('a', makeReadings(13, START_MS, 600_000, 1));
    await addDevice('b', makeReadings(4, START_MS, 600_000, 1));
    const windows = windowsOf(await ask());
    expect(windows.map(({ final, version }) => [final, version])).toEqual([
      [false, 10],
      [true, 6],
      [false, 1],
    ]);
  });

  it('name no unit on which the devices disagree', async () => {
    await addDevice('a', [], 'Cel');
    await addDevice('b', [], 'K');
    expect((await ask()).json).not.toHaveProperty('unit');
  });

  it.each(['1m', '10m', '1h'] as const)(
    'of %s come page by page, devices reaching far and near',
    async (resolution) => {
      const dense = makeReadings(40 * 6, START_MS - 20 * HOUR_MS, 600_000, 1);
      const sparse = makeReadings(4, START_MS - 400 * HOUR_MS + 1, 130 * HOUR_MS, 9);
      await addDevice('dense', dense);
      await addDevice('sparse', sparse);
      const windows: AggregateWindow[] = [];
      let cursor: unknown;
      do {
        const query = { resolution, from: START_MS - 500 * HOUR_MS, to: START_MS + 100 * HOUR_MS, limit: 11 };
        const answer = await ask({ ...query, ...(typeof cursor === 'string' ? { cursor } : {}) });
        windows.push(...windowsOf(answer));
        cursor = answer.json['nextCursor'];
      } while (cursor !== undefined);
      expectWindows(windows, recompute([...dense, ...sparse], 't', resolution));
    },
  );

  it('cover the devices that the token allows, and no more', async () => {
    const a = makeReadings(5, START_MS, 60_000, 1);
    await addDevice('a-1', a);
    await addDevice('b-1', makeReadings(5, START_MS, 60_000, 1000));
    const bound = await ask({}, { devices: 'a-*,c-1' });
    expect(bound.json).toMatchObject({ devices: 1 });
    expect(bound.headers['Vary']).toBe('Accept, Authorization');
    expectWindows(windowsOf(bound), recompute(a, 't', '1h'));
    expect((await ask({}, { devices: 'c-*' })).json).toMatchObject({ status: 404, code: 'site_not_found' });
    expect((await ask({}, { devices: '' })).status).toBe(404);
  });

  it('refuse a cursor of a token that may read other devices', async () => {
    await addDevice('a', makeReadings(3, START_MS, HOUR_MS, 1));
    await addDevice('b', makeReadings(3, START_MS, HOUR_MS, 1));
    const cursor = String((await ask({ limit: 1 })).json['nextCursor']);
    expect((await ask({ limit: 1, cursor })).status).toBe(200);
    const refused = await ask({ limit: 1, cursor }, { devices: 'a' });
    expect(refused.status).toBe(400);
    expect(errorsOf(refused)).toEqual(['cursor: is not a cursor of this query']);
  });

  it('of a site without devices are not found', async () => {
    expect((await ask()).json).toMatchObject({ status: 404, code: 'site_not_found' });
    expect((await ask({}, { path: { siteId: 'a b' } })).status).toBe(400);
  });

  it('are refused clearly where there are too many devices', async () => {
    const put = (index: number) =>
      api.repositories.devices.putEntry(
        { deviceId: `d-${index}`, siteId: 'north', effectiveFromMs: 1 },
        ROOMY_WORK,
      );
    for (let index = 0; index < 1000; index += 1) await put(index);
    expect((await ask()).json).toMatchObject({ devices: 1000, windows: [] });
    await put(1000);
    const answer = await ask();
    expect(answer.status).toBe(400);
    expect(errorsOf(answer)).toEqual([
      'siteId: is a site of more than 1000 devices, which cannot be aggregated at once; ask for its devices',
    ]);
  });

  it('come as CSV and with an ETag', async () => {
    await addDevice('a', makeReadings(5, START_MS, 60_000, 1));
    const csv = await ask({}, { headers: { Accept: 'text/csv' } });
    expect(csv.text.split('\r\n')).toHaveLength(3);
    const etag = csv.headers['ETag'] ?? '';
    expect((await ask({}, { headers: { Accept: 'text/csv', 'If-None-Match': etag } })).status).toBe(304);
  });
});
