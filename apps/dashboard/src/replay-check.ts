import type { AggregateWindow, AnalyticsClient } from '@weir/analytics-client';

/** The windows of one metric of one device. */
export interface WindowSeries {
  deviceId: string;
  metric: string;
  windows: readonly AggregateWindow[];
}

/** One-minute windows as they were when they were asked for. */
export interface WindowMemory {
  series: readonly WindowSeries[];
  /** Windows that end at or before this are settled, in milliseconds since the epoch; the others are live. */
  settledToMs: number;
}

export interface WindowComparison {
  /** Settled windows that were there before. */
  settled: number;
  /** Live windows that were there before. */
  live: number;
  /** What must not be, at most one line a window: `device metric start: max 7 → 6`. */
  broken: string[];
}

const DEVICES_MAX = 20;
/** So many of a device's newest readings tell which metrics it has. */
const NEWEST_READINGS = 100;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Devices may send late by this much; windows that end later than so long ago can change without a replay. */
const SETTLED_MS = 2 * MINUTE_MS;

/**
 * All one-minute windows of the last two hours, of the first 20 devices, each metric. Asked twice with the same time, it
 * looks at the same range.
 */
export async function rememberWindows(
  client: AnalyticsClient,
  untilMs: number,
  signal: AbortSignal,
): Promise<WindowMemory> {
  const toMs = Math.ceil(untilMs / MINUTE_MS) * MINUTE_MS;
  const range = { from: toMs - 2 * HOUR_MS, to: toMs };
  const { items } = await client.devices({ limit: DEVICES_MAX }, { signal }).page();
  const series: WindowSeries[] = [];
  for (const { deviceId } of items) {
    // The latest values are those of the newest block alone, which may only just have begun.
    const newest = client.readings({ deviceId, ...range, order: 'desc', limit: NEWEST_READINGS }, { signal });
    const names = (await newest.page()).items.flatMap(({ metrics }) => Object.keys(metrics));
    for (const metric of new Set(names)) {
      const query = { deviceId, metric, resolution: '1m', ...range, limit: 1_000 } as const;
      const windows: AggregateWindow[] = [];
      for await (const window of client.aggregates(query, { signal })) windows.push(window);
      series.push({ deviceId, metric, windows });
    }
  }
  return { series, settledToMs: untilMs - SETTLED_MS };
}

/**
 * Every window of before, compared with what is there after. In a settled one every statistic is the same. A live one may
 * have got further values: none is taken away. In both the version never falls, and what is final remains so. An equal version
 * is not asked for: that of a short window is its block's, which also grows with late readings of other windows.
 */
export function compareWindows(
  { series, settledToMs }: WindowMemory,
  after: readonly WindowSeries[],
): WindowComparison {
  const later = new Map(after.flatMap((each) => keyed(each)));
  const earlier = series.flatMap((each) => keyed(each));
  const isSettled = ({ end }: AggregateWindow): boolean => Date.parse(end) <= settledToMs;
  const broken = earlier.flatMap(([key, window]) => {
    const rules = isSettled(window) ? SETTLED_RULES : LIVE_RULES;
    const what = firstBroken(window, later.get(key), rules);
    return what === undefined ? [] : [`${key}: ${what}`];
  });
  const settled = earlier.filter(([, window]) => isSettled(window)).length;
  return { settled, live: earlier.length - settled, broken };
}

function keyed({ deviceId, metric, windows }: WindowSeries): [string, AggregateWindow][] {
  return windows.map((window) => [`${deviceId} ${metric} ${window.start}`, window]);
}

type Rule = (before: number | boolean, after: number | boolean) => boolean;
type RuleOf = Readonly<Record<Exclude<keyof AggregateWindow, 'start' | 'end'>, Rule>>;
type Rules = Partial<RuleOf>;

const same: Rule = (before, after) => after === before;
const neverFalls: Rule = (before, after) => after >= before;
const neverRises: Rule = (before, after) => after <= before;

/** Of a truth value, never to fall is to remain true. */
const ALWAYS = { version: neverFalls, final: neverFalls };

const SETTLED_RULES: RuleOf = {
  count: same,
  sum: same,
  min: same,
  max: same,
  avg: same,
  stddev: same,
  first: same,
  last: same,
  p50: same,
  p95: same,
  p99: same,
  ...ALWAYS,
};

const LIVE_RULES: Rules = { count: neverFalls, min: neverRises, max: neverFalls, ...ALWAYS };

function firstBroken(
  before: AggregateWindow,
  after: AggregateWindow | undefined,
  rules: Rules,
): string | undefined {
  if (after === undefined) return 'gone';
  const names = Object.keys(rules) as (keyof Rules)[];
  const name = names.find((each) => rules[each]?.(before[each], after[each]) === false);
  return name === undefined ? undefined : `${name} ${before[name]} → ${after[name]}`;
}
