import { NOW_MS, createApi, errorsOf, type Api, type Call } from './testing/api.js';
import { DeviceHistory, makeReading } from './testing/device-history.js';

const AGGREGATES = '/v1/devices/{deviceId}/aggregates';
const READINGS = '/v1/devices/{deviceId}/readings';
const DEVICE = '/v1/devices/{deviceId}';
const SITE = '/v1/sites/{siteId}/aggregates';

const path = { deviceId: 'boiler-1', siteId: 'north' };
const range = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };
const windows = { ...range, metric: 't', resolution: '1h' };
const NAME = 'must be 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"';

let api: Api;
beforeEach(async () => {
  api = createApi();
  await new DeviceHistory(api.repositories, 'boiler-1', 600_000, () => NOW_MS).store([
    makeReading(NOW_MS, { t: 1 }),
  ]);
});

const pathOf = (resource: string) =>
  Object.fromEntries(Object.entries(path).filter(([name]) => resource.includes(`{${name}}`)));
const call = (resource: string, more: Call = {}) => api.call(resource, { path: pathOf(resource), ...more });

describe('parameters', () => {
  it.each<[string, Call['query'], string[]]>([
    [
      AGGREGATES,
      {},
      ['metric: is required', 'resolution: is required', 'from: is required', 'to: is required'],
    ],
    [AGGREGATES, { ...windows, resolution: '2h' }, ['resolution: must be one of 1m, 10m, 1h, 1d']],
    [AGGREGATES, { ...windows, metric: 'a b' }, [`metric: ${NAME}`]],
    [AGGREGATES, { ...windows, metric: '' }, [`metric: ${NAME}`]],
    [AGGREGATES, { ...windows, limit: 0 }, ['limit: must be at least 1']],
    [AGGREGATES, { ...windows, limit: 1001 }, ['limit: must be at most 1000']],
    [AGGREGATES, { ...windows, limit: 'ten' }, ['limit: must be a whole number']],
    [AGGREGATES, { ...windows, limit: '1.5' }, ['limit: must be a whole number']],
    [AGGREGATES, { ...windows, limit: '0x10' }, ['limit: must be a whole number']],
    [AGGREGATES, { ...windows, limit: '' }, ['limit: must be a whole number']],
    [AGGREGATES, { ...windows, metric: ['t', 'u'] }, ['metric: must be given once']],
    [AGGREGATES, { ...windows, metrics: 't' }, ['metrics: is not a parameter of this operation']],
    [AGGREGATES, { ...windows, deviceId: 'boiler-2' }, ['deviceId: is not a parameter of this operation']],
    [
      AGGREGATES,
      { ...windows, 'If-None-Match': '*' },
      ['If-None-Match: is not a parameter of this operation'],
    ],
    [AGGREGATES, { ...windows, ['__proto__']: 'x' }, ['__proto__: is not a parameter of this operation']],
    [AGGREGATES, { ...windows, cursor: '' }, ['cursor: is not a cursor']],
    [AGGREGATES, { ...windows, cursor: 'a.b' }, ['cursor: is not a cursor']],
    [AGGREGATES, { ...windows, cursor: 'abc' }, ['cursor: is not a cursor of this query']],
    [AGGREGATES, { ...windows, from: range.to }, ['to: must be later than from']],
    [AGGREGATES, { ...windows, from: range.to, to: range.from }, ['to: must be later than from']],
    [AGGREGATES, { ...windows, to: '9999-12-31T23:59:59Z' }, ['to: must be at most 36525 days after from']],
    [
      AGGREGATES,
      { ...windows, from: '-1' },
      ['from: must be an RFC 3339 time with zone, such as 2026-11-01T00:00:00Z, or epoch milliseconds'],
    ],
    [
      AGGREGATES,
      { ...windows, from: '1969-12-31T23:59:59Z' },
      ['from: must lie between 1970-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z'],
    ],
    [
      AGGREGATES,
      { ...windows, to: '999999999999999' },
      ['to: must lie between 1970-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z'],
    ],
    [
      AGGREGATES,
      { ...windows, from: '2026-11-01T00:00:00', to: '2026-02-30T00:00:00Z' },
      [
        'from: must be an RFC 3339 time with zone, such as 2026-11-01T00:00:00Z, or epoch milliseconds',
        'to: must be an RFC 3339 time with zone, such as 2026-11-01T00:00:00Z, or epoch milliseconds',
      ],
    ],
    [SITE, {}, ['metric: is required', 'resolution: is required', 'from: is required', 'to: is required']],
    [READINGS, {}, ['from: is required', 'to: is required']],
    [READINGS, { ...range, order: 'up' }, ['order: must be one of asc, desc']],
    [READINGS, { ...range, limit: 5001 }, ['limit: must be at most 5000']],
    [READINGS, { ...range, resolution: '1h' }, ['resolution: is not a parameter of this operation']],
    [DEVICE, { verbose: 'yes' }, ['verbose: is not a parameter of this operation']],
    ['/v1/devices', { limit: 101 }, ['limit: must be at most 100']],
    ['/v1/devices', { siteId: 'x/y' }, [`siteId: ${NAME}`]],
    ['/v1/devices', { prefix: '' }, [`prefix: ${NAME}`]],
    ['/v1/devices', { prefix: 'x*' }, [`prefix: ${NAME}`]],
    ['/v1/devices', { prefix: 'x'.repeat(129) }, [`prefix: ${NAME}`]],
  ])('%s with %j are refused, each with its reason', async (resource, query, errors) => {
    const answer = await call(resource, { query });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ code: 'invalid_parameter', requestId: 'request-1' });
    expect(errorsOf(answer).sort()).toEqual([...errors].sort());
    expect(answer.headers['Content-Type']).toBe('application/problem+json');
  });

  it('in the path and in headers are checked too', async () => {
    expect(errorsOf(await call(DEVICE, { path: { deviceId: 'a b' } }))).toEqual([`deviceId: ${NAME}`]);
    const headers = { 'If-None-Match': 'x'.repeat(257) };
    expect(errorsOf(await call(READINGS, { query: range, headers }))).toEqual([
      'If-None-Match: must have at most 256 characters',
    ]);
    expect((await call('/v1/devices', { headers })).status).toBe(200);
  });

  it('may give times as epoch milliseconds or with any zone', async () => {
    for (const from of [
      String(NOW_MS),
      '2026-11-01T12:00:00Z',
      '2026-11-01T13:30:00.000+01:30',
      '2026-11-01t12:00:00z',
    ]) {
      const answer = await call(READINGS, { query: { ...range, from } });
      expect(answer.json).toMatchObject({ items: [{ metrics: { t: 1 } }] });
    }
  });
});

const ROUTES: readonly [string, string, Call][] = [
  ['GET', DEVICE, {}],
  ['PUT', DEVICE, { body: { model: 'x' } }],
  ['DELETE', DEVICE, {}],
  ['GET', READINGS, { query: range }],
  ['GET', AGGREGATES, { query: windows }],
];

describe('a token that is bound to devices', () => {
  it.each(ROUTES)(
    'is refused on %s %s of any other device, whether that exists or not',
    async (method, resource, more) => {
      const before = api.repositories.table.items();
      const answers = await Promise.all(
        ['boiler-1', 'no-such-device', 'not even an id'].flatMap((deviceId) =>
          ['pump-*', 'boiler', ''].map((devices) =>
            call(resource, { method, ...more, devices, path: { deviceId } }),
          ),
        ),
      );
      for (const answer of answers) {
        expect(answer.json).toMatchObject({ status: 403, code: 'device_not_allowed' });
        expect(answer.text).toBe(answers[0]?.text);
      }
      expect(api.repositories.table.items()).toEqual(before);
    },
  );

  it.each(ROUTES)(
    'is refused on %s %s before its parameters, body or cursor are looked at',
    async (method, resource) => {
      const query = { cursor: '?', unknown: 'x' };
      const answer = await call(resource, { method, query, body: '{', devices: 'pump-1' });
      expect(answer.json).toMatchObject({ status: 403, code: 'device_not_allowed' });
    },
  );

  it.each(ROUTES)('is accepted on %s %s of its own', async (method, resource, more) => {
    await call(DEVICE, { method: 'PUT', body: {} });
    const answer = await call(resource, { method, ...more, devices: 'x,boiler-*' });
    expect(answer.status).toBeLessThan(300);
  });

  it('gets nothing from the cursor of another', async () => {
    await call(DEVICE, { method: 'PUT', body: { siteId: 'north' } });
    const history = new DeviceHistory(api.repositories, 'boiler-1', 600_000, () => NOW_MS);
    await history.store([makeReading(NOW_MS + 1, { t: 2 })]);
    const { json } = await call(READINGS, { query: { ...range, limit: 1 } });
    const cursor = String(json['nextCursor']);
    const answer = await call(READINGS, { query: { ...range, cursor }, devices: 'pump-1' });
    expect(answer.status).toBe(403);
  });
});

describe('scopes', () => {
  it.each(ROUTES)('are asked for on %s %s', async (method, resource, more) => {
    const scope = method === 'GET' ? 'devices:write telemetry:write' : 'telemetry:read telemetry:write';
    expect((await call(resource, { method, ...more, scope })).json).toMatchObject({
      code: 'insufficient_scope',
    });
  });
});
