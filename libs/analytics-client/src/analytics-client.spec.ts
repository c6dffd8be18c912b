import { createManualRuntime, json, startScriptedServer } from '@weir/client-core/testing';
import type { Script, ScriptedServer } from '@weir/client-core/testing';

import { createAnalyticsClient } from './analytics-client.js';
import type { AnalyticsClientOptions } from './analytics-client.js';
import type { AggregateWindow } from './model.js';

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function prepare(script: Script, options: Partial<AnalyticsClientOptions> = {}) {
  const started = (server = await startScriptedServer(script));
  const runtime = createManualRuntime();
  const client = createAnalyticsClient({ baseUrl: started.url, token: 'secret', ...options }, runtime);
  return { server: started, client, runtime };
}

function makeWindow(startHour: number): AggregateWindow {
  const statistics = { count: 1, sum: 1, min: 1, max: 1, avg: 1, stddev: 0, first: 1, last: 1 };
  return {
    start: new Date(Date.UTC(2026, 10, 1, startHour)).toISOString(),
    end: new Date(Date.UTC(2026, 10, 1, startHour + 1)).toISOString(),
    ...statistics,
    ...{ p50: 1, p95: 1, p99: 1, final: true, version: 1 },
  };
}

const HOURLY = { metric: 'temperature', resolution: '1h' } as const;
const DAY = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' };

describe('lists', () => {
  it('iterate over the items of all pages, each fetched with the cursor of the one before', async () => {
    const head = { deviceId: 'boiler-1', ...HOURLY };
    const { server, client } = await prepare([
      json(200, { ...head, windows: [makeWindow(0), makeWindow(1)], nextCursor: 'c-1' }),
      json(200, { ...head, windows: [], nextCursor: 'c-2' }),
      json(200, { ...head, windows: [makeWindow(2)] }),
    ]);

    const starts: string[] = [];
    for await (const window of client.aggregates({ deviceId: 'boiler-1', ...HOURLY, ...DAY, limit: 2 })) {
      starts.push(window.start);
    }

    expect(starts).toEqual([0, 1, 2].map((hour) => makeWindow(hour).start));
    const queries = server.seen.map(({ path }) => new URL(path, server.url).searchParams);
    expect(queries.map((query) => query.get('cursor'))).toEqual([null, 'c-1', 'c-2']);
    expect(Object.fromEntries(queries[1] ?? [])).toEqual({
      metric: 'temperature',
      resolution: '1h',
      from: DAY.from,
      to: DAY.to,
      limit: '2',
      cursor: 'c-1',
    });
  });

  it('fetch no page that nobody asks for', async () => {
    const page = { items: [{ deviceId: 'a', registered: true, latest: {} }], nextCursor: 'next' };
    const { server, client } = await prepare([json(200, page)]);

    const devices = client.devices({ siteId: 'plant-1', prefix: 'a' });
    expect(server.seen).toHaveLength(0);
    for await (const device of devices) {
      expect(device.deviceId).toBe('a');
      break;
    }

    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/devices?siteId=plant-1&prefix=a']);
  });

  it('give single pages', async () => {
    const page = { siteId: 'plant-1', devices: 3, ...HOURLY, windows: [makeWindow(0)], nextCursor: 'n' };
    const { server, client } = await prepare([json(200, page)]);
    const list = client.siteAggregates({ siteId: 'plant-1', ...HOURLY, ...DAY });

    expect(await list.page()).toEqual(page);
    await list.page('abc');

    expect(server.seen[1]?.path).toMatch(/^\/v1\/sites\/plant-1\/aggregates\?.*cursor=abc$/);
  });

  it('stop when a server hands out the same cursor for ever', async () => {
    const { client } = await prepare([json(200, { items: [], nextCursor: 'again' })]);
    const readAll = async () => {
      for await (const device of client.devices()) expect(device).toBeUndefined();
    };

    await expect(readAll()).rejects.toMatchObject({ name: 'WeirTransportError', code: 'invalid_response' });
  });

  it('write times in every form, and ids so that they stay one path segment', async () => {
    const { server, client } = await prepare([json(200, { deviceId: 'a', items: [] })]);

    await client.readings({ deviceId: 'a/b?', from: 0, to: new Date(86_400_000), order: 'desc' }).page();

    expect(server.seen[0]?.path).toBe(
      '/v1/devices/a%2Fb%3F/readings?order=desc&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-02T00%3A00%3A00.000Z',
    );
  });
});

describe('the registry', () => {
  const device = { deviceId: 'boiler-1', siteId: 'plant-1', effectiveFrom: '2026-11-01T12:01:00.000Z' };

  it('is read, written and deleted', async () => {
    const { server, client } = await prepare([json(200, device), json(200, device), { status: 204 }]);

    expect(await client.device('boiler-1')).toEqual(device);
    expect(await client.putDevice('boiler-1', { siteId: 'plant-1' })).toEqual(device);
    expect(await client.deleteDevice('boiler-1')).toBeUndefined();

    expect(server.seen.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['GET', '/v1/devices/boiler-1', ''],
      ['PUT', '/v1/devices/boiler-1', '{"siteId":"plant-1"}'],
      ['DELETE', '/v1/devices/boiler-1', ''],
    ]);
    expect(server.seen[1]?.headers).toMatchObject({
      authorization: 'Bearer secret',
      'content-type': 'application/json',
      accept: 'application/json',
    });
  });

  it('is written again with its whole body after a failure', async () => {
    const { server, client, runtime } = await prepare([{ status: 503 }, json(200, device)]);

    await client.putDevice('boiler-1', { model: 'WB-200' });

    expect(server.seen.map(({ body }) => body)).toEqual(['{"model":"WB-200"}', '{"model":"WB-200"}']);
    expect(runtime.slept).toEqual([100]);
  });
});

describe('errors', () => {
  it('carry what the problem says', async () => {
    const errors = [{ field: 'resolution', reason: 'must be one of 1m, 10m, 1h, 1d' }];
    const { client } = await prepare([
      json(400, {
        type: 't',
        title: 'A parameter is invalid',
        status: 400,
        code: 'invalid_parameter',
        errors,
      }),
    ]);

    await expect(client.devices().page()).rejects.toMatchObject({
      name: 'WeirProblemError',
      status: 400,
      code: 'invalid_parameter',
      errors,
    });
  });

  it('name the status of an answer that is no problem document', async () => {
    const { client } = await prepare([{ status: 502, body: '<html></html>' }], { retry: { maxAttempts: 1 } });

    await expect(client.device('a')).rejects.toMatchObject({ status: 502, code: 'http_502' });
  });

  it.each(['<html></html>', ''])('tell an unusable 200 from an answer: %p', async (body) => {
    const { client } = await prepare([
      { status: 200, body, headers: { 'Content-Length': String(body.length) } },
    ]);

    await expect(client.device('a')).rejects.toMatchObject({
      name: 'WeirTransportError',
      code: 'invalid_response',
    });
  });

  it('are the reason of an abort', async () => {
    const { server, client } = await prepare([{ status: 200, silent: true }]);
    const controller = new AbortController();

    const failure = expect(client.devices({}, { signal: controller.signal }).page()).rejects.toThrow(
      'closed the tab',
    );
    await server.reached(1);
    controller.abort(new Error('closed the tab'));

    await failure;
  });

  it('come only after the token was fetched anew', async () => {
    let asked = 0;
    const { server, client } = await prepare([json(401, { code: 'unauthorized' })], {
      token: () => Promise.resolve(`token-${++asked}`),
    });

    await expect(client.device('a')).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('point out a base URL that is none', () => {
    expect(() => createAnalyticsClient({ baseUrl: 'localhost', token: 't' })).toThrow(
      'baseUrl must be an absolute http or https URL, not "localhost"',
    );
  });
});
