import { allWindows, call } from '../api.js';
import { expectedWindows, windowDifferences, type ActualWindow } from '@weir/window-oracle';
import { DAY_MS, devicesOf, HOUR_MS, METRICS, MINUTE_MS, type Fleet } from './fleet.js';
import type { DevicePoints, PointLedger } from './point-ledger.js';

export const RESOLUTIONS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '10m': 10 * MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
};

/** Length of a block: what a device measured in its newest one is not final. */
const BLOCK_MS = 10 * MINUTE_MS;
const PAGE = { windows: 1000, readings: 5000 };

/** Where the store is to be asked, and for what range. */
export interface StoreQuery {
  readonly analyticsUrl: string;
  readonly token: string;
  readonly from: string;
  readonly to: string;
}

export interface Comparison {
  windows: number;
  readings: number;
  readonly differences: string[];
}

/** Compares all that the analytics API can say about a fleet with what it must say. */
export async function compareStore(
  fleet: Fleet,
  ledger: PointLedger,
  query: StoreQuery,
): Promise<Comparison> {
  const result: Comparison = { windows: 0, readings: 0, differences: [] };
  for (const { deviceId } of devicesOf(fleet)) {
    const points = ledger.device(deviceId);
    await compareReadings(deviceId, points, query, result);
    const newestMs = newestTimestamp(points);
    for (const metric of METRICS) {
      const series = points.get(metric) ?? new Map<number, number>();
      const isFinal = (endMs: number): boolean => endMs <= newestMs - (newestMs % BLOCK_MS);
      await compareWindows(`/v1/devices/${deviceId}`, metric, series, isFinal, query, result);
    }
  }
  await compareSite(fleet, ledger, query, result);
  await compareDevices(fleet, ledger, query, result);
  return result;
}

async function compareWindows(
  path: string,
  metric: string,
  series: ReadonlyMap<number, number>,
  isFinal: ((endMs: number) => boolean) | undefined,
  { analyticsUrl, token, from, to }: StoreQuery,
  result: Comparison,
): Promise<void> {
  for (const [resolution, lengthMs] of Object.entries(RESOLUTIONS)) {
    const question = { path: `${path}/aggregates`, metric, resolution, from, to, limit: PAGE.windows };
    const actual = await allWindows(analyticsUrl, token, question);
    result.windows += actual.length;
    const wrong = [
      ...windowDifferences(actual, expectedWindows(series, lengthMs)),
      ...actual.flatMap((window) => wrongFrame(window, lengthMs, isFinal)),
    ];
    result.differences.push(...wrong.map((difference) => `${path} ${metric} ${resolution} ${difference}`));
  }
}

/** What is wrong with all but the statistics of a window. */
function wrongFrame(
  { start, end, final, version }: ActualWindow,
  lengthMs: number,
  isFinal?: (endMs: number) => boolean,
): string[] {
  const startMs = Date.parse(start);
  const endMs = startMs + lengthMs;
  const wrong: string[] = [];
  if (Date.parse(end) !== endMs) wrong.push(`${start} ends at ${end}`);
  if (!Number.isInteger(version) || version < 1) wrong.push(`${start} version: ${version}`);
  if (isFinal !== undefined && final !== isFinal(endMs))
    wrong.push(`${start} final: ${final} instead of ${isFinal(endMs)}`);
  return wrong;
}

async function compareReadings(
  deviceId: string,
  points: DevicePoints,
  { analyticsUrl, token, from, to }: StoreQuery,
  result: Comparison,
): Promise<void> {
  const wanted = new Map<string, Record<string, number>>();
  for (const [metric, series] of points) {
    for (const [timestampMs, value] of series) {
      const timestamp = new Date(timestampMs).toISOString();
      wanted.set(timestamp, { ...wanted.get(timestamp), [metric]: value });
    }
  }
  let before = '';
  for await (const item of pages(`${analyticsUrl}/v1/devices/${deviceId}/readings`, token, {
    from,
    to,
    limit: String(PAGE.readings),
  })) {
    const { timestamp, metrics } = item as { timestamp: string; metrics: Record<string, number> };
    result.readings += 1;
    const have = sortedText(metrics);
    const want = sortedText(wanted.get(timestamp) ?? {});
    if (have !== want)
      result.differences.push(`${deviceId} reading ${timestamp}: ${have} instead of ${want}`);
    if (timestamp <= before)
      result.differences.push(`${deviceId} reading ${timestamp} comes after ${before}`);
    wanted.delete(timestamp);
    before = timestamp;
  }
  for (const [timestamp, metrics] of wanted) {
    result.differences.push(`${deviceId} reading ${timestamp} is missing: ${sortedText(metrics)} expected`);
  }
}

/** A site's window holds the values of all its devices. */
async function compareSite(
  fleet: Fleet,
  ledger: PointLedger,
  query: StoreQuery,
  result: Comparison,
): Promise<void> {
  for (const metric of METRICS) {
    const all = new Map<number, number>();
    for (const { deviceId } of devicesOf(fleet)) {
      for (const [timestampMs, value] of ledger.device(deviceId).get(metric) ?? [])
        all.set(timestampMs, value);
    }
    await compareWindows(`/v1/sites/${fleet.siteId}`, metric, all, undefined, query, result);
  }
}

interface ListedDevice {
  readonly deviceId: string;
  readonly lastSeen?: string;
  readonly latest: Readonly<Record<string, { readonly value: number; readonly timestamp: string }>>;
}

/** The devices and their latest values, which are those of the newest block. */
async function compareDevices(
  fleet: Fleet,
  ledger: PointLedger,
  { analyticsUrl, token }: StoreQuery,
  result: Comparison,
): Promise<void> {
  const listed: string[] = [];
  for await (const item of pages(`${analyticsUrl}/v1/devices`, token, { limit: '4' })) {
    const { deviceId, lastSeen, latest } = item as ListedDevice;
    const expected = latestOf(ledger.device(deviceId));
    listed.push(sortedText({ deviceId, lastSeen, latest: sortedText(latest, valueText) }));
    const want = sortedText({ deviceId, ...expected, latest: sortedText(expected.latest, valueText) });
    if (listed.at(-1) !== want) result.differences.push(`device ${listed.at(-1)} instead of ${want}`);
  }
  const count = devicesOf(fleet).length;
  if (listed.length !== count)
    result.differences.push(`${listed.length} devices are listed instead of ${count}`);
}

function latestOf(points: DevicePoints): Pick<ListedDevice, 'lastSeen' | 'latest'> {
  const newestMs = newestTimestamp(points);
  const latest: Record<string, { value: number; timestamp: string }> = {};
  for (const [metric, series] of points) {
    const timestampMs = Math.max(...series.keys());
    if (timestampMs < newestMs - (newestMs % BLOCK_MS)) continue;
    latest[metric] = {
      value: series.get(timestampMs) ?? NaN,
      timestamp: new Date(timestampMs).toISOString(),
    };
  }
  return { lastSeen: new Date(newestMs).toISOString(), latest };
}

function newestTimestamp(points: DevicePoints): number {
  return [...points.values()].flatMap((series) => [...series.keys()]).reduce((a, b) => Math.max(a, b), 0);
}

function valueText(value: { readonly value: number; readonly timestamp: string }): string {
  return `${value.value} at ${value.timestamp}`;
}

/** An object as text in which the order of its members does not count. */
function sortedText<Value>(
  members: Readonly<Record<string, Value>>,
  text: (value: Value) => string = String,
): string {
  const parts = Object.entries(members).map(([name, value]) => `${name} ${text(value)}`);
  return `{${parts.sort().join(', ')}}`;
}

/** The items of a list, page after page. */
async function* pages(
  url: string,
  token: string,
  parameters: Readonly<Record<string, string>>,
): AsyncGenerator {
  let cursor: string | undefined;
  do {
    const search = new URLSearchParams({ ...parameters, ...(cursor === undefined ? {} : { cursor }) });
    const answer = await call(`${url}?${search}`, { headers: { Authorization: `Bearer ${token}` } });
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${answer.text}`);
    yield* answer.body['items'] as unknown[];
    cursor = answer.body['nextCursor'] as string | undefined;
  } while (cursor !== undefined);
}
