import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, type Answer, type Call } from './api.js';
import { contractRoutes, type Route } from './contract-routes.js';
import { startContractProxy, type ContractProxy } from './contract-proxy.js';
import { freePortBase, makeToken, startStack, waitUntilQueryable, type LocalStack } from '@weir/local-stack';
import { TokenMint } from './token-mint.js';

const dataDir = mkdtempSync(join(tmpdir(), 'weir-e2e-authorization-'));
const routes = contractRoutes();
const routesByName = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
const allScopes = 'telemetry:write telemetry:read devices:write';

/** A day in which every device has measured, in two slots of each of two hours. */
const day = 'from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z';
const metric = 'metric=temperature';
const hours = `${metric}&resolution=1h&${day}`;
/** `plant` has devices of both kinds, `pumps` only such that the bound token must not know. */
const sites = { 'boiler-1': 'plant', 'boiler-2': 'plant', 'pump-1': 'plant', 'pump-2': 'pumps' };
const devices = Object.keys(sites);

let stack: LocalStack;
let proxy: ContractProxy;
let mint: TokenMint;
let unbound: string;
let bound: string;

beforeAll(async () => {
  const portBase = await freePortBase();
  stack = await startStack({ dataDir, portBase });
  proxy = await startContractProxy(stack.analyticsUrl);
  unbound = await makeToken({ dataDir, portBase });
  bound = await makeToken({ dataDir, portBase, args: ['--devices', 'boiler-*'] });
  mint = await TokenMint.open({ dataDir, infoUrl: stack.infoUrl });
  for (const [deviceId, siteId] of Object.entries(sites)) {
    expect(await ask(putDevice(deviceId, { siteId }))).toMatchObject({ status: 200 });
  }
  const times = ['00:01', '00:21', '01:01', '01:21'];
  const readings = devices.flatMap((deviceId) => times.map((time) => makeReading(deviceId, time)));
  expect(await ask(ingest(readings))).toMatchObject({ status: 202, body: { accepted: readings.length } });
  await waitUntilQueryable(stack.infoUrl);
}, 120_000);

afterAll(async () => {
  await proxy?.stop();
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

interface Request {
  readonly url: string;
  readonly call?: Call;
}

/** Asks with a token, else with one that may do everything; null sends no header. */
function ask({ url, call: given = {} }: Request, token: string | null = unbound): Promise<Answer> {
  const authorization: Record<string, string> = token === null ? {} : { Authorization: `Bearer ${token}` };
  return call(url, { ...given, headers: { ...authorization, ...given.headers } });
}

const analytics = (path: string): Request => ({ url: `${proxy.url}${path}` });

const makeReading = (deviceId: string, time = '00:01') => ({
  deviceId,
  timestamp: `2026-01-01T${time}:00Z`,
  metrics: { temperature: 20 },
});

function withBody(url: string, method: string, body: object): Request {
  return {
    url,
    call: { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
  };
}

const ingest = (readings: readonly object[]): Request =>
  withBody(`${stack.ingestUrl}/v1/telemetry`, 'POST', { readings });

const putDevice = (deviceId: string, body: object): Request =>
  withBody(analytics(`/v1/devices/${deviceId}`).url, 'PUT', body);

/**
 * A request of every operation that a token with its scope and this device is answered with success. A route without one fails
 * every test here.
 */
function requestOf({ operationId }: Route, deviceId: string): Request {
  const ofDevice = `/v1/devices/${deviceId}`;
  switch (operationId) {
    case 'postTelemetry':
      return ingest([makeReading(deviceId)]);
    case 'listDevices':
      return analytics('/v1/devices');
    case 'getDevice':
      return analytics(ofDevice);
    case 'putDevice':
      return putDevice(deviceId, { siteId: 'elsewhere' });
    case 'deleteDevice':
      return { ...analytics(ofDevice), call: { method: 'DELETE' } };
    case 'listReadings':
      return analytics(`${ofDevice}/readings?${day}`);
    case 'listDeviceAggregates':
      return analytics(`${ofDevice}/aggregates?${hours}`);
    case 'listSiteAggregates':
      return analytics(`/v1/sites/plant/aggregates?${hours}`);
    default:
      throw new Error(
        `${operationId} is new in a contract: say here how it is asked, and test what it gives away.`,
      );
  }
}

const codeOf = ({ status, body }: Answer): string => `${status} ${String(body['code'])}`;

describe('every route', () => {
  it.each(routesByName)('%s answers 401 to every token that does not hold', async (_name, route) => {
    const claims = { scope: allScopes };
    const past = Math.floor(Date.now() / 1_000) - 60;
    const tokens: Record<string, string | null> = {
      'no token': null,
      'an empty token': '',
      nonsense: 'a.b.c',
      expired: await mint.sign({ ...claims, exp: past }),
      'without an end': await mint.sign({ ...claims, exp: undefined }),
      'not yet valid': await mint.sign({ ...claims, nbf: past + 3_600 }),
      'of another issuer': await mint.sign({ ...claims, iss: 'https://issuer.example' }),
      'without an issuer': await mint.sign({ ...claims, iss: undefined }),
      'for another audience': await mint.sign({ ...claims, aud: 'other' }),
      'without an audience': await mint.sign({ ...claims, aud: undefined }),
      'alg none': mint.unsigned(claims),
      'HS256 with the public key': mint.signedWithPublicKey(claims),
      'without kid': await mint.sign(claims, { kid: null }),
      'with an unknown kid': await mint.sign(claims, { kid: 'unknown' }),
      'of another key': await mint.signedWithOtherKey(claims),
      'with more scopes than were signed': await mint.tampered({ scope: 'none' }, claims),
      'bound, with the claim taken out': await mint.tampered({ ...claims, devices: ['boiler-*'] }, claims),
      'with a devices claim that cannot be read': await mint.sign({ ...claims, devices: { all: true } }),
    };
    const answers: Record<string, string> = {};
    for (const [name, token] of Object.entries(tokens)) {
      answers[name] = codeOf(await ask(requestOf(route, 'boiler-1'), token));
    }
    expect(answers).toEqual(
      Object.fromEntries(Object.keys(tokens).map((name) => [name, '401 unauthorized'])),
    );
  });

  it.each(routesByName)('%s answers 403 to a token without its scope', async (_name, route) => {
    expect(route.scopes).toHaveLength(1);
    const others = allScopes.split(' ').filter((scope) => !route.scopes.includes(scope));
    expect(others).toHaveLength(2);
    for (const scope of [others.join(' '), '', undefined, `${route.scopes[0]}x`]) {
      const answer = await ask(requestOf(route, 'boiler-1'), await mint.sign({ scope }));
      expect([scope, codeOf(answer)]).toEqual([scope, '403 insufficient_scope']);
    }
  });
});

describe('a token with the scope of a route and its device', () => {
  const deviceOf = ({ path, operationId }: Route) =>
    path.includes('{siteId}') ? 'boiler-1' : `own-${operationId}`;

  beforeAll(async () => {
    for (const route of routes) {
      if (route.path.includes('{deviceId}')) await ask(putDevice(deviceOf(route), {}));
    }
  }, 60_000);

  it.each(routesByName)('is all that %s asks for', async (_name, route) => {
    const token = await mint.sign({ scope: route.scopes.join(' '), devices: [deviceOf(route)] });
    const { status, text } = await ask(requestOf(route, deviceOf(route)), token);
    expect([text, Math.floor(status / 100)]).toEqual([text, 2]);
  });
});

const ofOneDevice = routesByName.filter(([, { path }]) => path.includes('{deviceId}'));

describe('a token that is bound to boiler-*', () => {
  it.each(ofOneDevice)('gets 403 from %s for every other device, there or not', async (_name, route) => {
    const before = await ask(analytics('/v1/devices'));
    const refusals = new Set<string>();
    for (const deviceId of [
      'pump-1',
      'pump%2D1',
      'nobody',
      'boiler',
      'BOILER-1',
      'xboiler-1',
      '*',
      'pump-1*',
    ]) {
      const answer = await ask(requestOf(route, deviceId), bound);
      expect([deviceId, codeOf(answer)]).toEqual([deviceId, '403 device_not_allowed']);
      refusals.add(JSON.stringify({ ...answer.body, requestId: '' }));
    }
    // A device that is there is refused like one that is not.
    expect(refusals.size).toBe(1);
    expect((await ask(analytics('/v1/devices'))).text).toBe(before.text);
  });

  it('is known to be kept from other devices on every other route as well', () => {
    // A route that is new here needs a test of its own below.
    const others = routes.filter(({ path }) => !path.includes('{deviceId}'));
    expect(others.map(({ operationId }) => operationId)).toEqual([
      'postTelemetry',
      'listDevices',
      'listSiteAggregates',
    ]);
  });

  it('cannot write for another device', async () => {
    const late = '02:01';
    const alone = await ask(ingest([makeReading('pump-1', late)]), bound);
    expect(codeOf(alone)).toBe('403 device_not_allowed');
    const mixed = await ask(ingest([makeReading('pump-1', late), makeReading('boiler-1', late)]), bound);
    expect(mixed).toMatchObject({
      status: 202,
      body: { accepted: 1, rejected: [{ index: 0, code: 'device_not_allowed' }] },
    });
    await waitUntilQueryable(stack.infoUrl);
    const readingsOf = async (deviceId: string) =>
      (await ask(analytics(`/v1/devices/${deviceId}/readings?${day}`))).body['items'] as unknown[];
    expect(await readingsOf('boiler-1')).toHaveLength(5);
    expect(await readingsOf('pump-1')).toHaveLength(4);
  });

  async function listed(query: string, token: string): Promise<string[][]> {
    const pages: string[][] = [];
    let cursor: unknown;
    do {
      const more = typeof cursor === 'string' ? `&cursor=${cursor}` : '';
      const { status, body } = await ask(analytics(`/v1/devices?${query}${more}`), token);
      expect(status).toBe(200);
      pages.push((body['items'] as { deviceId: string }[]).map(({ deviceId }) => deviceId));
      cursor = body['nextCursor'];
    } while (cursor !== undefined);
    return pages;
  }

  it('sees its devices alone in lists, whatever the page and the filter', async () => {
    expect((await listed('limit=3', unbound)).flat()).toEqual(expect.arrayContaining(devices));
    for (const limit of [1, 2, 100]) {
      expect((await listed(`limit=${limit}`, bound)).flat()).toEqual(['boiler-1', 'boiler-2']);
      expect((await listed(`limit=${limit}&siteId=plant`, bound)).flat()).toEqual(['boiler-1', 'boiler-2']);
      expect((await listed(`limit=${limit}&prefix=b`, bound)).flat()).toEqual(['boiler-1', 'boiler-2']);
      expect((await listed(`limit=${limit}&prefix=boiler-2`, bound)).flat()).toEqual(['boiler-2']);
    }
    // Pages end with its own last device: not even their number tells of others.
    expect(await listed('limit=1', bound)).toHaveLength(2);
    for (const siteId of ['pumps', 'nowhere']) expect(await listed(`siteId=${siteId}`, bound)).toEqual([[]]);
    expect((await listed('prefix=pump', unbound)).flat()).toContain('pump-1');
    for (const prefix of ['p', 'pump-1', 'nothing'])
      expect(await listed(`prefix=${prefix}`, bound)).toEqual([[]]);
  });

  it('aggregates over its devices of a site alone, and does not learn of a site without', async () => {
    const siteQuery = (siteId: string) => analytics(`/v1/sites/${siteId}/aggregates?${hours}`);
    const own = await ask(siteQuery('plant'), bound);
    const all = await ask(siteQuery('plant'));
    const ofOwn = await ask(analytics(`/v1/devices/boiler-2/aggregates?${hours}`), bound);
    const firstCount = ({ body }: Answer) => (body['windows'] as { count: number }[])[0]?.count;
    expect([own.body['devices'], all.body['devices']]).toEqual([2, 3]);
    expect([firstCount(ofOwn), firstCount(own), firstCount(all)]).toEqual([2, 4, 6]);
    const refused = await Promise.all(['pumps', 'nowhere'].map((siteId) => ask(siteQuery(siteId), bound)));
    for (const { status, body } of refused) expect([status, body['code']]).toEqual([404, 'site_not_found']);
    expect({ ...refused[0]?.body, requestId: '' }).toEqual({ ...refused[1]?.body, requestId: '' });
  });

  it('gets nothing by asking for another form or with what it has already', async () => {
    for (const path of [`/v1/devices/pump-1/readings?${day}`, `/v1/devices/pump-1/aggregates?${hours}`]) {
      const etag = (await ask(analytics(path))).headers.get('etag') ?? '';
      expect(etag).not.toBe('');
      const forms: Record<string, string>[] = [
        { Accept: 'text/csv' },
        { 'If-None-Match': etag },
        { 'If-None-Match': '*' },
      ];
      for (const headers of forms) {
        expect(codeOf(await ask({ ...analytics(path), call: { headers } }, bound))).toBe(
          '403 device_not_allowed',
        );
      }
    }
    const site = `/v1/sites/plant/aggregates?${hours}`;
    const etag = (await ask(analytics(site))).headers.get('etag') ?? '';
    const answer = await ask({ ...analytics(site), call: { headers: { 'If-None-Match': etag } } }, bound);
    expect([answer.status, answer.body['devices']]).toEqual([200, 2]);
  });

  /** Routes with cursors, with the pages that a token gets of each. */
  const paged = [
    ['/v1/devices', ''],
    ['/v1/devices', 'prefix=boiler'],
    ['/v1/devices/pump-1/readings', day],
    ['/v1/devices/pump-1/aggregates', hours],
    ['/v1/sites/plant/aggregates', hours],
  ] as const;

  it.each(paged)('cannot go on in %s with the cursor of another token or device', async (path, query) => {
    const first = await ask(analytics(`${path}?${query}&limit=1`));
    const cursor = String(first.body['nextCursor']);
    expect(first.body).toHaveProperty('nextCursor');
    expect((await ask(analytics(`${path}?${query}&limit=1&cursor=${cursor}`))).status).toBe(200);
    const again = await ask(analytics(`${path}?${query}&limit=1&cursor=${cursor}`), bound);
    const own = await ask(
      analytics(`${path.replace('pump', 'boiler')}?${query}&limit=1&cursor=${cursor}`),
      bound,
    );
    expect(codeOf(again)).toBe(path.includes('pump') ? '403 device_not_allowed' : '400 invalid_parameter');
    expect(codeOf(own)).toBe('400 invalid_parameter');
    expect(own.body['errors']).toEqual([{ field: 'cursor', reason: expect.any(String) }]);
  });

  it('cannot make a cursor of its own lead to other devices', async () => {
    const own = await ask(analytics(`/v1/devices/boiler-1/readings?${day}&limit=1`), bound);
    const cursor = String(own.body['nextCursor']);
    const path = `readings?${day}&limit=1&cursor=${cursor}`;
    expect(codeOf(await ask(analytics(`/v1/devices/pump-1/${path}`), bound))).toBe('403 device_not_allowed');
    expect(codeOf(await ask(analytics(`/v1/devices/boiler-2/${path}`), bound))).toBe('400 invalid_parameter');
    const list = await ask(analytics('/v1/devices?limit=1'), bound);
    const forged = Buffer.from(String(list.body['nextCursor']), 'base64url')
      .toString()
      .replace('boiler-1', 'pump-1');
    const answer = await ask(
      analytics(`/v1/devices?cursor=${Buffer.from(forged).toString('base64url')}`),
      bound,
    );
    expect(codeOf(answer)).toBe('400 invalid_parameter');
  });
});

describe('the claim devices', () => {
  it.each([
    ['an empty list allows none', [], []],
    ['an empty text allows none', '', []],
    ['a text has commas or spaces', 'boiler-1, pump-1', ['boiler-1', 'pump-1']],
    ['an id is no prefix', ['boiler'], []],
    ['a prefix allows all that begin so', ['boiler-*', 'pump-*'], devices],
  ])('%s', async (_name, claim, allowed) => {
    const token = await mint.sign({ scope: allScopes, devices: claim });
    const { body } = await ask(analytics('/v1/devices'), token);
    expect((body['items'] as { deviceId: string }[]).map(({ deviceId }) => deviceId)).toEqual(allowed);
    for (const deviceId of devices) {
      const { status } = await ask(analytics(`/v1/devices/${deviceId}`), token);
      expect([deviceId, status]).toEqual([deviceId, allowed.includes(deviceId) ? 200 : 403]);
    }
  });
});
