import { FUTURE_TOLERANCE_MS } from '@weir/telemetry-schema';
import { ROOMY_WORK } from './testing/device-history.js';
import { NOW_MS, REGISTRY_CACHE_MS, createApi, errorsOf, type Api, type Call } from './testing/api.js';

const DEVICE = '/v1/devices/{deviceId}';
const EARLIEST_MS = NOW_MS + REGISTRY_CACHE_MS + FUTURE_TOLERANCE_MS;
const EARLIEST = new Date(EARLIEST_MS).toISOString();
const boiler = {
  siteId: 'plant-1',
  model: 'WB-200',
  labels: { hall: 'north' },
  metrics: { temperature: { unit: 'Cel', min: -40, max: 150 } },
};

let api: Api;
beforeEach(() => {
  api = createApi();
});

const call = (method: string, more: Call = {}) =>
  api.call(DEVICE, { method, path: { deviceId: 'boiler-1' }, ...more });
const put = (body: unknown, more: Call = {}) => call('PUT', { body, ...more });
const directoryLine = () => api.repositories.devices.directoryEntry('boiler-1', ROOMY_WORK);

describe('the registry', () => {
  it('gives back what was put, with defaults and when it takes effect', async () => {
    const answer = await put(boiler);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      deviceId: 'boiler-1',
      ...boiler,
      metrics: { temperature: { unit: 'Cel', scale: 1, offset: 0, min: -40, max: 150 } },
      effectiveFrom: EARLIEST,
    });
    expect((await call('GET')).json).toEqual(answer.json);
    expect(await directoryLine()).toMatchObject({ registered: true, siteId: 'plant-1', model: 'WB-200' });
  });

  it('replaces the whole entry, keeping the old one for what was measured before', async () => {
    await put(boiler);
    api.nowMs += 3_600_000;
    const effectiveFrom = '2026-11-02T01:00:00.5+01:00';
    expect((await put({ model: 'WB-300', effectiveFrom })).json).toEqual({
      deviceId: 'boiler-1',
      model: 'WB-300',
      effectiveFrom: '2026-11-02T00:00:00.500Z',
    });
    expect((await call('GET')).json).toMatchObject({ model: 'WB-300' });
    const entries = await api.repositories.devices.entries('boiler-1', ROOMY_WORK);
    expect(entries.map(({ model }) => model)).toEqual(['WB-200', 'WB-300']);
    expect((await directoryLine())?.siteId).toBeUndefined();
  });

  it('lets what is said last hold, over what was scheduled for later', async () => {
    await put({ model: 'planned', effectiveFrom: '2030-01-01T00:00:00Z' });
    await put({ model: 'now' });
    expect((await call('GET')).json).toMatchObject({ model: 'now', effectiveFrom: EARLIEST });
    expect(await directoryLine()).toMatchObject({ model: 'now' });
    const entries = await api.repositories.devices.entries('boiler-1', ROOMY_WORK);
    expect(entries.at(-1)).toMatchObject({ model: 'now', effectiveFromMs: Date.UTC(2030, 0, 1) });
  });

  it('takes a deleted device out of its site, from the cache age on, and keeps it listed', async () => {
    await put(boiler);
    await put({ ...boiler, effectiveFrom: '2030-01-01T00:00:00Z' });
    api.nowMs += 120_000;
    expect(await call('DELETE')).toMatchObject({ status: 204, text: '' });
    expect((await call('GET')).status).toBe(404);
    expect((await call('DELETE')).status).toBe(404);
    expect(await directoryLine()).toEqual({ deviceId: 'boiler-1', registered: false });
    const entries = await api.repositories.devices.entries('boiler-1', ROOMY_WORK);
    expect(entries.map(({ deleted, effectiveFromMs }) => [deleted === true, effectiveFromMs])).toEqual([
      [false, EARLIEST_MS],
      [true, api.nowMs + EARLIEST_MS - NOW_MS],
      [true, Date.UTC(2030, 0, 1)],
    ]);
    expect((await put({ model: 'again' })).status).toBe(200);
    expect((await call('GET')).json).toMatchObject({ model: 'again' });
  });

  it('answers 404 for a device that only sent readings', async () => {
    await api.repositories.devices.ensureListed('boiler-1', ROOMY_WORK);
    expect((await call('GET')).json).toMatchObject({ status: 404, code: 'device_not_found' });
  });

  it('takes labels and metrics of any allowed name', async () => {
    const text = '{"labels":{"__proto__":"a"},"metrics":{"__proto__":{"unit":"K"},"constructor":{}}}';
    const answer = await put(text);
    expect(answer.text).toContain('"labels":{"__proto__":"a"}');
    expect(answer.text).toContain('"__proto__":{"scale":1,"offset":0,"unit":"K"}');
    expect((await call('GET')).text).toBe(answer.text);
  });
});

describe('a body', () => {
  it.each<[string, unknown, string[]]>([
    ['no object', '[]', [': must be an object']],
    [
      'unknown fields',
      { sideId: 'x', 'a/b': 1 },
      ['/sideId: is not a field of the contract', '/a~1b: is not a field of the contract'],
    ],
    [
      'a site id',
      { siteId: 'a b' },
      ['/siteId: must be 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"'],
    ],
    ['a model', { model: '' }, ['/model: must not be empty']],
    ['a label', { labels: { hall: 1 } }, ['/labels/hall: must be a string']],
    ["a label's name", { labels: { '': 'x' } }, ['/labels/: must have a name of 1 to 128 characters']],
    [
      'too many metrics',
      { metrics: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, {}])) },
      ['/metrics: must have at most 64 entries'],
    ],
    [
      "a metric's name",
      { metrics: { 'a b': {} } },
      ['/metrics/a b: must have a name of 1 to 128 of the characters A-Z, a-z, 0-9, ".", "_", ":" and "-"'],
    ],
    [
      'a metric',
      { metrics: { t: { scale: 'x', unit: 1, maximum: 1 } } },
      [
        '/metrics/t/maximum: is not a field of the contract',
        '/metrics/t/unit: must be a string',
        '/metrics/t/scale: must be a finite number',
      ],
    ],
    ['an infinite number', '{"metrics":{"t":{"max":1e999}}}', ['/metrics/t/max: must be a finite number']],
    [
      'a scale of 0',
      { metrics: { t: { scale: 0 } } },
      ['/metrics/t/scale: must not be 0: every value would become the same'],
    ],
    [
      'an empty range',
      { metrics: { t: { min: 2, max: 1 } } },
      ['/metrics/t/min: must not be greater than max, which is 1'],
    ],
    ['no time', { effectiveFrom: 'tomorrow' }, ['/effectiveFrom: must be an RFC 3339 time with zone']],
    [
      'a time without zone',
      { effectiveFrom: '2027-01-01T00:00:00' },
      ['/effectiveFrom: must be an RFC 3339 time with zone'],
    ],
    [
      'a leap second',
      { effectiveFrom: '2027-01-01T00:59:60+01:00' },
      ['/effectiveFrom: must be an RFC 3339 time with zone'],
    ],
    [
      'the past',
      { effectiveFrom: new Date(EARLIEST_MS - 1).toISOString() },
      [`/effectiveFrom: must not be earlier than ${EARLIEST}: what was measured before keeps its meaning`],
    ],
  ])('with %s is refused, field by field', async (_name, body, errors) => {
    const answer = await put(body);
    expect(answer.status).toBe(400);
    expect(answer.json['code']).toBe('invalid_body');
    expect(errorsOf(answer)).toEqual(errors);
    expect((await call('GET')).status).toBe(404);
  });

  it('that is not JSON is refused', async () => {
    for (const body of ['', '{', 'x'])
      expect((await put(body)).json).toMatchObject({ code: 'malformed_json', status: 400 });
    expect((await call('PUT', { headers: { 'Content-Type': 'application/json' } })).json).toMatchObject({
      code: 'malformed_json',
    });
  });

  it('of another media type or compression is refused', async () => {
    const refused: Record<string, string>[] = [
      { 'Content-Type': 'text/plain' },
      { 'Content-Type': '' },
      { 'Content-Encoding': 'gzip' },
    ];
    for (const headers of refused) {
      expect((await put('{}', { headers })).json).toMatchObject({
        code: 'unsupported_media_type',
        status: 415,
      });
    }
    expect((await put({}, { headers: { 'Content-Type': 'Application/JSON; charset=utf-8' } })).status).toBe(
      200,
    );
  });

  it('is refused over 256 KiB, and not at it', async () => {
    const padded = (bytes: number) => '{}'.padEnd(bytes);
    expect((await put(padded(256 * 1024))).status).toBe(200);
    expect((await put(padded(256 * 1024 + 1))).json).toMatchObject({
      code: 'payload_too_large',
      status: 413,
    });
  });
});
