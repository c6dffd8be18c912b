import type { AggregateWindow, AnalyticsClient } from '@weir/analytics-client';

/** The windows of one metric of one device. */
export interface WindowSeries {
  deviceId: string;
  metric: string;
  windows: readonly AggregateWindow[];
}

export interface WindowComparison {
  /** Windows that were there before. */
  compared: number;
  /** Those of them that are another one now, or gone: `device metric start`. */
  changed: string[];
}

const DEVICES_MAX = 20;
/** So many of a device's newest readings tell which metrics it has. */
const NEWEST_READINGS = 100;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Devices may send late by this much; windows that end later than so long ago can change without a replay. */
const SETTLED_MS = 2 * MINUTE_MS;

/** All settled one-minute windows of the last two hours, of the first 20 devices, each metric. */
export async function settledWindows(
  client: AnalyticsClient,
  untilMs: number,
  signal: AbortSignal,
): Promise<WindowSeries[]> {
  const toMs = Math.floor((untilMs - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
  const range = { from: toMs - 2 * HOUR_MS, to: toMs };
  const { items } = await client.devices({ limit: DEVICES_MAX }, { signal }).page();
  const found: WindowSeries[] = [];
  for (const { deviceId } of items) {
    // The latest values are those of the newest block alone, which may only just have begun.
    const newest = client.readings({ deviceId, ...range, order: 'desc', limit: NEWEST_READINGS }, { signal });
    const names = (await newest.page()).items.flatMap(({ metrics }) => Object.keys(metrics));
    for (const metric of new Set(names)) {
      const query = { deviceId, metric, resolution: '1m', ...range, limit: 1_000 } as const;
      const windows: AggregateWindow[] = [];
      for await (const window of client.aggregates(query, { signal })) windows.push(window);
      found.push({ deviceId, metric, windows });
    }
  }
  return found;
}

/**
 * Every window of before, compared in every statistic with what is there after. The version is left out: that of a short
 * window is its block's, which also grows with readings of other windows.
 */
export function compareWindows(
  before: readonly WindowSeries[],
  after: readonly WindowSeries[],
): WindowComparison {
  const later = new Map(after.flatMap((series) => keyed(series)));
  const earlier = before.flatMap((series) => keyed(series));
  const changed = earlier.filter(([key, window]) => !isSame(window, later.get(key))).map(([key]) => key);
  return { compared: earlier.length, changed };
}

function keyed({ deviceId, metric, windows }: WindowSeries): [string, AggregateWindow][] {
  return windows.map((window) => [`${deviceId} ${metric} ${window.start}`, window]);
}

/** `final` says that a later window has begun, which time brings about and no reading of this one. */
function isSame(before: AggregateWindow, after: AggregateWindow | undefined): boolean {
  if (after === undefined) return false;
  const names = Object.keys(before) as (keyof AggregateWindow)[];
  return names.every((name) => name === 'final' || name === 'version' || before[name] === after[name]);
}
