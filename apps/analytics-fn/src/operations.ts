import { RESOLUTION_MS } from '@weir/aggregation';
import {
  TransientStoreError,
  type CapacityMeter,
  type Repositories,
  type WindowSource,
  type WorkContext,
} from '@weir/dynamo-repo';
import { METRIC, type Observability } from '@weir/observability';
import { json, requireDevice, type ApiRequest } from '@weir/rest-api';
import { FUTURE_TOLERANCE_MS, ProblemError } from '@weir/telemetry-schema';
import { negotiate } from './content-negotiation.js';
import type { AnalyticsHandlers, Answer, ParametersOf, Schemas } from './contract.js';
import { readingsCsv, windowsCsv } from './csv.js';
import { decodeDeviceCursor, decodeTimeCursor, encodeCursor } from './cursor.js';
import { deleteDevice, getDevice, putDevice } from './device-registry.js';
import { readDeviceUpdate } from './device-update.js';
import * as validators from './generated/analytics.v1.validators.js';
import { listDevices } from './list-devices.js';
import { listReadings } from './list-readings.js';
import { pageResponse, type PageAnswer } from './page-response.js';
import { queryDeviceAggregates, type AggregateAnswer, type AggregateQuery } from './query-aggregates.js';
import { rangeOf, readParameters } from './query-parameters.js';
import { querySiteAggregates } from './query-site-aggregates.js';
import { wholeWindows } from './window-page.js';

/** What the operations work on. */
export interface AnalyticsPorts {
  readonly repositories: Repositories;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Length of a block's slot. */
  readonly blockMs: number;
  /** How long process-fn may believe an old registry entry. */
  readonly registryCacheMs: number;
  readonly observability: Observability;
}

/** Leaves API Gateway's 29 seconds room for the answer. */
const STORE_TIME_MAX_MS = 20_000;

/** One operation: what it reads of the request is checked, what it answers is the contract's. */
type Serve<Answered> = (
  request: ApiRequest,
  source: WindowSource,
  ports: AnalyticsPorts,
) => Promise<Answered>;

/** The handlers of all operations of the contract. */
export function createOperations(ports: AnalyticsPorts): AnalyticsHandlers {
  const onStore =
    <Answered>(serve: Serve<Answered>) =>
    async (request: ApiRequest) => {
      const meter: CapacityMeter = { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 };
      const work: WorkContext = { deadlineMs: ports.clock() + STORE_TIME_MAX_MS, meter };
      try {
        return await serve(
          request,
          { repositories: ports.repositories, blockMs: ports.blockMs, work },
          ports,
        );
      } catch (error) {
        if (!(error instanceof TransientStoreError)) throw error;
        ports.observability.logger.warn('The store did not answer in time.', error);
        throw new ProblemError('unavailable', { retryAfterSeconds: 1 });
      } finally {
        report(meter, ports.observability);
      }
    };
  return {
    listDevices: onStore(serveDevices),
    getDevice: onStore(serveDevice),
    putDevice: onStore(servePutDevice),
    deleteDevice: onStore(serveDeleteDevice),
    listReadings: onStore(serveReadings),
    listDeviceAggregates: onStore(serveDeviceAggregates),
    listSiteAggregates: onStore(serveSiteAggregates),
  };
}

async function serveDevices(
  request: ApiRequest,
  { repositories, work }: WindowSource,
): Promise<Answer<'listDevices'>> {
  const { siteId, prefix, limit, cursor } = readParameters<ParametersOf<'listDevices', 'limit'>>(
    request,
    validators.validateListDevicesParameters,
  );
  const scope = { operation: 'listDevices', query: { siteId, prefix, devices: devicesOfToken(request) } };
  const after = cursor === undefined ? undefined : decodeDeviceCursor(cursor, scope);
  const { principal } = request;
  const query = { principal, siteId, prefix, limit, after };
  const { page, nextAfter } = await listDevices(query, repositories, work);
  return json(200, withCursor(page, nextAfter === undefined ? undefined : encodeCursor(scope, nextAfter)));
}

async function serveDevice(
  request: ApiRequest,
  { repositories, work }: WindowSource,
  ports: AnalyticsPorts,
): Promise<Answer<'getDevice'>> {
  requireOwnDevice(request);
  const { deviceId } = readParameters<ParametersOf<'getDevice'>>(
    request,
    validators.validateGetDeviceParameters,
  );
  return json(200, await getDevice(deviceId, earliestEffect(ports), repositories, work));
}

async function servePutDevice(
  request: ApiRequest,
  { repositories, work }: WindowSource,
  ports: AnalyticsPorts,
): Promise<Answer<'putDevice'>> {
  requireOwnDevice(request);
  const { deviceId } = readParameters<ParametersOf<'putDevice'>>(
    request,
    validators.validatePutDeviceParameters,
  );
  const update = readDeviceUpdate(request, earliestEffect(ports));
  return json(200, await putDevice(deviceId, update, repositories, work));
}

async function serveDeleteDevice(
  request: ApiRequest,
  { repositories, work }: WindowSource,
  ports: AnalyticsPorts,
): Promise<Answer<'deleteDevice'>> {
  requireOwnDevice(request);
  const { deviceId } = readParameters<ParametersOf<'deleteDevice'>>(
    request,
    validators.validateDeleteDeviceParameters,
  );
  await deleteDevice(deviceId, earliestEffect(ports), repositories, work);
  return { status: 204 };
}

async function serveReadings(request: ApiRequest, source: WindowSource): Promise<Answer<'listReadings'>> {
  requireOwnDevice(request);
  const { deviceId, metric, order, limit, cursor, ...parameters } = readParameters<
    ParametersOf<'listReadings', 'limit' | 'order'>
  >(request, validators.validateListReadingsParameters);
  const mediaType = negotiate(request.headers['accept']);
  const whole = rangeOf(parameters);
  const scope = {
    operation: 'listReadings',
    query: { deviceId, metric, order, fromMs: whole.startMs, toMs: whole.endMs },
  };
  const positionMs = cursor === undefined ? undefined : decodeTimeCursor(cursor, scope, whole);
  const range =
    order === 'asc'
      ? { ...whole, startMs: positionMs ?? whole.startMs }
      : { ...whole, endMs: positionMs === undefined ? whole.endMs : positionMs + 1 };
  const { page, nextMs } = await listReadings({ deviceId, metric, order, range, limit }, source);
  const body = withCursor(page, nextMs === undefined ? undefined : encodeCursor(scope, nextMs));
  return pageResponse({ body, csv: () => readingsCsv(page.items), vary: 'Accept' }, mediaType, request);
}

async function serveDeviceAggregates(
  request: ApiRequest,
  source: WindowSource,
): Promise<Answer<'listDeviceAggregates'>> {
  requireOwnDevice(request);
  const { deviceId, ...parameters } = readParameters<ParametersOf<'listDeviceAggregates', 'limit'>>(
    request,
    validators.validateListDeviceAggregatesParameters,
  );
  return serveAggregates('listDeviceAggregates', { deviceId }, parameters, 'Accept', request, (query) =>
    queryDeviceAggregates(deviceId, query, source),
  );
}

async function serveSiteAggregates(
  request: ApiRequest,
  source: WindowSource,
): Promise<Answer<'listSiteAggregates'>> {
  const { siteId, ...parameters } = readParameters<ParametersOf<'listSiteAggregates', 'limit'>>(
    request,
    validators.validateListSiteAggregatesParameters,
  );
  // What a token may read of a site is for its eyes only, hence the second name.
  return serveAggregates(
    'listSiteAggregates',
    { siteId, devices: devicesOfToken(request) },
    parameters,
    'Accept, Authorization',
    request,
    (query) => querySiteAggregates(siteId, request.principal, query, source),
  );
}

interface AggregateParameters {
  readonly metric: string;
  readonly resolution: Schemas['Resolution'];
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly cursor?: string;
}

async function serveAggregates<Page extends Schemas['DeviceAggregatePage'] | Schemas['SiteAggregatePage']>(
  operation: string,
  subject: Readonly<Record<string, string | undefined>>,
  parameters: AggregateParameters,
  vary: string,
  request: ApiRequest,
  ask: (query: AggregateQuery) => Promise<AggregateAnswer<Page>>,
): Promise<PageAnswer<Page>> {
  const { metric, resolution, limit, cursor } = parameters;
  const mediaType = negotiate(request.headers['accept']);
  const whole = wholeWindows(rangeOf(parameters), resolution);
  const scope = {
    operation,
    query: { ...subject, metric, resolution, fromMs: whole.startMs, toMs: whole.endMs },
  };
  const startMs =
    cursor === undefined ? whole.startMs : decodeTimeCursor(cursor, scope, whole, RESOLUTION_MS[resolution]);
  const { page, nextMs } = await ask({ metric, resolution, range: { ...whole, startMs }, limit });
  const body = withCursor(page, nextMs === undefined ? undefined : encodeCursor(scope, nextMs));
  return pageResponse({ body, csv: () => windowsCsv(page.windows), vary }, mediaType, request);
}

/** Before anything else is looked at, so that a token learns nothing about devices that are none of its own. */
function requireOwnDevice({ principal, path }: ApiRequest): void {
  requireDevice(principal, path['deviceId'] ?? '');
}

/** What a token may read decides what there is, so a cursor goes with it; undefined for one that is bound to no devices. */
function devicesOfToken({ principal }: ApiRequest): string | undefined {
  return principal.devices && [...principal.devices].sort().join(',');
}

/**
 * The earliest measuring time of a reading that cannot have been converted by an older registry entry: until its container
 * of process-fn forgets that, readings are accepted that were measured as far ahead as a device's clock may be.
 */
function earliestEffect({ clock, registryCacheMs }: AnalyticsPorts): number {
  return clock() + registryCacheMs + FUTURE_TOLERANCE_MS;
}

function withCursor<Page extends { nextCursor?: string }>(page: Page, nextCursor: string | undefined): Page {
  return nextCursor === undefined ? page : { ...page, nextCursor };
}

function report(meter: CapacityMeter, { metrics }: Observability): void {
  metrics.addMetric(METRIC.readUnits, 'Count', meter.readUnits);
  if (meter.writeUnits > 0) metrics.addMetric(METRIC.writeUnits, 'Count', meter.writeUnits);
  if (meter.retries > 0) metrics.addMetric(METRIC.storeRetries, 'Count', meter.retries);
}
