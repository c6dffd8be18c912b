import {
  createTransport,
  normaliseBaseUrl,
  problemFrom,
  retryPolicy,
  systemRuntime,
  WeirProblemError,
  WeirTransportError,
} from '@weir/client-core';
import type {
  ClientRuntime,
  FetchFunction,
  RetryEvent,
  RetryOptions,
  TokenSource,
  Transport,
} from '@weir/client-core';
import createClient from 'openapi-fetch';

import type { components, paths } from './generated/analytics.v1.js';
import type {
  AggregatesQuery,
  AggregateWindow,
  Device,
  DeviceAggregatePage,
  DevicePage,
  DevicesQuery,
  DeviceSummary,
  DeviceUpdate,
  ReadingPage,
  ReadingsQuery,
  SiteAggregatePage,
  SiteAggregatesQuery,
  StoredReading,
  WindowsQuery,
} from './model.js';
import { pagedList } from './paged-list.js';
import type { PagedList } from './paged-list.js';
import { queryTime } from './time-input.js';

export interface AnalyticsClientOptions {
  /** Where the analytics API is, without `/v1`: `http://127.0.0.1:4002` */
  baseUrl: string;
  /** A bearer token, or a function that gets one: called at the first request and once more after a 401. */
  token: TokenSource;
  /** By default 5 attempts with delays of up to 0.2, 0.4, 0.8 and 1.6 seconds, or what `Retry-After` says. */
  retry?: RetryOptions;
  /** Each attempt's limit in milliseconds, the answer's body included; 30,000 by default. */
  timeoutMs?: number;
  /** The platform's `fetch` by default. */
  fetch?: FetchFunction;
  /** Told of every failed attempt that another one follows. */
  onRetry?: (event: RetryEvent) => void;
}

export interface RequestOptions {
  /** Ends the request, or a list's requests, with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * A client of the analytics API. Every method rejects with {@link WeirProblemError} when the API answers no, with
 * {@link WeirTransportError} when there is no answer to rely on, and with the signal's reason when it is aborted.
 */
export interface AnalyticsClient {
  /** All devices that are registered or have sent readings, in order of their id. */
  devices(query?: DevicesQuery, options?: RequestOptions): PagedList<DeviceSummary, DevicePage>;
  /** A device's registry entry; a problem with status 404 when it has none. */
  device(deviceId: string, options?: RequestOptions): Promise<Device>;
  /** Replaces a device's registry entry. */
  putDevice(deviceId: string, update: DeviceUpdate, options?: RequestOptions): Promise<Device>;
  /**
   * Takes a device off the registry; a problem with status 404 when it is not on it, which can also mean that an earlier
   * attempt of this call took it off and its answer was lost.
   */
  deleteDevice(deviceId: string, options?: RequestOptions): Promise<void>;
  /** A device's readings as stored, by timestamp. */
  readings(query: ReadingsQuery, options?: RequestOptions): PagedList<StoredReading, ReadingPage>;
  /** A device's aggregates, one a window that holds data, in time order. */
  aggregates(
    query: AggregatesQuery,
    options?: RequestOptions,
  ): PagedList<AggregateWindow, DeviceAggregatePage>;
  /** The same over all devices of a site. */
  siteAggregates(
    query: SiteAggregatesQuery,
    options?: RequestOptions,
  ): PagedList<AggregateWindow, SiteAggregatePage>;
}

/**
 * Makes a client. It holds no connection and needs no closing.
 *
 * @param runtime clock, chance and timers; only tests pass their own.
 * @throws TypeError on a base URL that is not absolute; RangeError on retry options that make no sense.
 */
export function createAnalyticsClient(
  options: AnalyticsClientOptions,
  runtime: ClientRuntime = systemRuntime,
): AnalyticsClient {
  const transport = createTransport(
    {
      token: options.token,
      retry: retryPolicy(options.retry),
      timeoutMs: options.timeoutMs ?? 30_000,
      fetch: options.fetch,
      onRetry: options.onRetry,
    },
    runtime,
  );
  const api = createClient<paths, 'application/json'>({
    baseUrl: normaliseBaseUrl(options.baseUrl),
    fetch: (request) => throughTransport(transport, request),
    headers: { Accept: 'application/json' },
  });
  return {
    ...deviceMethods(api),
    readings: ({ deviceId, from, to, ...rest }, { signal = null } = {}) =>
      pagedList(
        (cursor) => {
          const query = { ...rest, from: queryTime(from), to: queryTime(to), ...optionalCursor(cursor) };
          const params = { path: { deviceId }, query };
          return answerOf(api.GET('/v1/devices/{deviceId}/readings', { params, signal }));
        },
        (page) => page.items,
      ),
    aggregates: ({ deviceId, ...query }, { signal = null } = {}) =>
      pagedList(
        (cursor) => {
          const params = { path: { deviceId }, query: windowsQuery(query, cursor) };
          return answerOf(api.GET('/v1/devices/{deviceId}/aggregates', { params, signal }));
        },
        (page) => page.windows,
      ),
    siteAggregates: ({ siteId, ...query }, { signal = null } = {}) =>
      pagedList(
        (cursor) => {
          const params = { path: { siteId }, query: windowsQuery(query, cursor) };
          return answerOf(api.GET('/v1/sites/{siteId}/aggregates', { params, signal }));
        },
        (page) => page.windows,
      ),
  };
}

function deviceMethods(
  api: ReturnType<typeof createClient<paths, 'application/json'>>,
): Pick<AnalyticsClient, 'devices' | 'device' | 'putDevice' | 'deleteDevice'> {
  return {
    devices: (query = {}, { signal = null } = {}) =>
      pagedList(
        (cursor) => {
          const params = { query: { ...query, ...optionalCursor(cursor) } };
          return answerOf(api.GET('/v1/devices', { params, signal }));
        },
        (page) => page.items,
      ),
    device: (deviceId, { signal = null } = {}) =>
      answerOf(api.GET('/v1/devices/{deviceId}', { params: { path: { deviceId } }, signal })),
    putDevice: (deviceId, update, { signal = null } = {}) => {
      const body = update as components['schemas']['DeviceUpdate'];
      return answerOf(api.PUT('/v1/devices/{deviceId}', { params: { path: { deviceId } }, body, signal }));
    },
    deleteDevice: async (deviceId, { signal = null } = {}) => {
      const call = api.DELETE('/v1/devices/{deviceId}', { params: { path: { deviceId } }, signal });
      await settled(call);
    },
  };
}

function windowsQuery({ from, to, ...rest }: WindowsQuery, cursor: string | undefined) {
  return { ...rest, from: queryTime(from), to: queryTime(to), ...optionalCursor(cursor) };
}

function optionalCursor(cursor: string | undefined): { cursor?: string } {
  return cursor === undefined ? {} : { cursor };
}

async function throughTransport(transport: Transport, request: Request): Promise<Response> {
  const { status, body } = await transport.send({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: request.body === null ? undefined : await request.text(),
    signal: request.signal,
  });
  // A response with one of these statuses must not even have an empty body. The headers stay behind: they describe the
  // body on the wire, which may have been compressed.
  return new Response(status === 204 || status === 304 ? null : body, { status });
}

interface Call<Data> {
  data?: Data | undefined;
  error?: unknown;
  response: Response;
}

async function answerOf<Data>(call: Promise<Call<Data>>): Promise<Data> {
  const { data, response } = await settled(call);
  if (data === undefined) {
    throw new WeirTransportError('invalid_response', `The answer with status ${response.status} is empty`);
  }
  return data;
}

async function settled<Data>(call: Promise<Call<Data>>): Promise<Call<Data>> {
  let result: Call<Data>;
  try {
    result = await call;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new WeirTransportError('invalid_response', `The answer is not JSON: ${error.message}`, error);
  }
  if (result.response.ok) return result;
  const { error, response } = result;
  throw typeof error === 'string'
    ? problemFrom(response.status, error)
    : new WeirProblemError(response.status, error);
}
