import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

import { expectedWindows } from '@weir/window-oracle';

interface Reading {
  deviceId: string;
  timestamp: number;
  metrics: Record<string, number | null>;
  revision?: number;
}

interface Point {
  timestampMs: number;
  value: number;
  revision: number;
}

export interface Answer {
  status: number;
  body?: unknown;
}

/** As much of both APIs and of the status page as the commands see, in memory, on one free loopback port. */
export interface FakeWeir {
  url: string;
  /** The readings of every accepted request, in the order of arrival. */
  accepted: Reading[];
  /** Registry entries by device. */
  registry: Map<string, Record<string, unknown>>;
  /** Requests as `METHOD path`. */
  requests: string[];
  /** So many records, each a request's readings, are held back; every look at the status page processes one. */
  holdBack(records: number): void;
  /** Answers instead of the API when it returns something. */
  intercept: (request: string, readings: readonly Reading[]) => Answer | undefined;
  /** Readings that are accepted and then never stored. */
  quarantines: (reading: Reading) => boolean;
  close(): Promise<void>;
}

const WINDOW_MS: Record<string, number> = { '1h': 3_600_000, '1d': 86_400_000 };
/** Small enough that every list of a test takes several pages. */
const PAGE_ITEMS = 7;

export async function startFakeWeir(): Promise<FakeWeir> {
  const points = new Map<string, Point[]>();
  const stream: Reading[][] = [];
  let heldBack = 0;
  const fake: FakeWeir = {
    url: '',
    accepted: [],
    registry: new Map(),
    requests: [],
    holdBack: (records) => {
      heldBack = records;
    },
    intercept: () => undefined,
    quarantines: () => false,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const processStream = (): void => {
    while (stream.length > heldBack) {
      for (const reading of stream.shift() ?? []) if (!fake.quarantines(reading)) store(points, reading);
    }
  };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await readBody(request);
    const line = `${request.method} ${url.pathname}`;
    fake.requests.push(line);
    const readings =
      line === 'POST /v1/telemetry' ? (JSON.parse(body) as { readings: Reading[] }).readings : [];
    const intercepted = fake.intercept(line, readings);
    if (intercepted !== undefined) return intercepted;
    if (line === 'POST /v1/telemetry') {
      const accepted = readings.filter(isAcceptable);
      const rejected = readings.flatMap((reading, index) =>
        isAcceptable(reading)
          ? []
          : [{ index, code: 'invalid_reading', detail: `/readings/${index} is garbage` }],
      );
      fake.accepted.push(...accepted);
      stream.push(accepted);
      processStream();
      return { status: 202, body: { accepted: accepted.length, rejected, requestId: 'r' } };
    }
    if (line === 'GET /status') {
      const answered = { stream: { records: stream.length, iteratorAgeMs: stream.length * 3_600_000 } };
      heldBack = Math.max(0, heldBack - 1);
      processStream();
      return { status: 200, body: answered };
    }
    const [, deviceId = '', what] =
      /^\/v1\/devices\/([^/]+)(?:\/(readings|aggregates))?$/.exec(url.pathname) ?? [];
    if (what === undefined) return registryAnswer(fake.registry, request.method ?? '', deviceId, body);
    const metric = url.searchParams.get('metric') ?? '';
    const stored = points.get(`${deviceId}/${metric}`);
    if (stored === undefined)
      return { status: 404, body: { code: 'device_not_found', title: 'No such device' } };
    return what === 'readings'
      ? readingsPage(deviceId, metric, stored, url.searchParams)
      : windowsPage(deviceId, metric, stored, url.searchParams);
  };
  const server = createServer((request, response) => {
    void answer(request).then((result) => send(response, result));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  fake.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

/** As much of the contract as the simulator breaks on purpose. */
function isAcceptable({ deviceId, timestamp, metrics }: Reading): boolean {
  const isNumber = Object.values(metrics).every((value) => typeof value === 'number');
  return isNumber && timestamp >= Date.UTC(2000, 0, 1) && /^[A-Za-z0-9._:-]+$/.test(deviceId);
}

/** The highest revision of an identity stays, and of equal ones the first, as in the real pipeline. */
function store(points: Map<string, Point[]>, { deviceId, timestamp, metrics, revision = 0 }: Reading): void {
  for (const [metric, value] of Object.entries(metrics)) {
    const key = `${deviceId}/${metric}`;
    const stored = points.get(key) ?? [];
    points.set(key, stored);
    const known = stored.find(({ timestampMs }) => timestampMs === timestamp);
    if (known === undefined) stored.push({ timestampMs: timestamp, value: Number(value), revision });
    else if (revision > known.revision) Object.assign(known, { value: Number(value), revision });
    stored.sort((a, b) => a.timestampMs - b.timestampMs);
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function registryAnswer(
  registry: FakeWeir['registry'],
  method: string,
  deviceId: string,
  body: string,
): Answer {
  if (method === 'PUT') {
    const update = JSON.parse(body) as Record<string, unknown>;
    registry.set(deviceId, { effectiveFrom: '2026-11-01T00:00:00.000Z', ...update, deviceId });
  }
  const entry = registry.get(deviceId);
  return entry === undefined
    ? { status: 404, body: { code: 'device_not_found', title: 'No such device' } }
    : { status: 200, body: entry };
}

function paged<Item>(items: Item[], query: URLSearchParams): { items: Item[]; nextCursor?: string } {
  const from = Number(query.get('cursor') ?? 0);
  const next = from + PAGE_ITEMS;
  return { items: items.slice(from, next), ...(next < items.length ? { nextCursor: String(next) } : {}) };
}

function readingsPage(deviceId: string, metric: string, stored: Point[], query: URLSearchParams): Answer {
  const fromMs = Date.parse(query.get('from') ?? '');
  const toMs = Date.parse(query.get('to') ?? '');
  const items = stored
    .filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs < toMs)
    .map(({ timestampMs, value }) => ({
      timestamp: new Date(timestampMs).toISOString(),
      metrics: { [metric]: value },
    }));
  return { status: 200, body: { deviceId, ...paged(items, query) } };
}

function windowsPage(deviceId: string, metric: string, stored: Point[], query: URLSearchParams): Answer {
  const resolution = query.get('resolution') ?? '';
  const lengthMs = WINDOW_MS[resolution] ?? 0;
  const fromMs = Math.floor(Date.parse(query.get('from') ?? '') / lengthMs) * lengthMs;
  const toMs = Math.ceil(Date.parse(query.get('to') ?? '') / lengthMs) * lengthMs;
  const within = stored.filter(({ timestampMs }) => timestampMs >= fromMs && timestampMs < toMs);
  const pointsWithin = new Map(within.map(({ timestampMs, value }) => [timestampMs, value]));
  const windows = expectedWindows(pointsWithin, lengthMs).map((window) => ({
    ...window,
    end: new Date(Date.parse(window.start) + lengthMs).toISOString(),
    final: true,
    version: 1,
  }));
  const { items, nextCursor } = paged(windows, query);
  return { status: 200, body: { deviceId, metric, resolution, windows: items, nextCursor } };
}
