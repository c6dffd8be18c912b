import { WeirProblemError } from '@weir/analytics-client';
import type { AnalyticsClient, AggregateWindow, Resolution, StoredReading } from '@weir/analytics-client';

import { formatAge } from '../format.js';
import type { TimeRangeMs } from '../charts/window-chart.js';

/** What a chart view knows of a device or a site. */
export interface Subject {
  /** Names of metrics, in order. */
  metrics: string[];
  /** What is said below the title. */
  facts: string[];
  /** UCUM codes by metric, as far as they are registered. */
  units: Readonly<Record<string, string>>;
}

export interface WindowAnswer {
  windows: AggregateWindow[];
  unit: string | undefined;
}

/** Where a chart view gets what it shows. */
export interface ChartSource {
  readonly kind: 'devices' | 'sites';
  readonly id: string;
  subject(nowMs: number, signal: AbortSignal): Promise<Subject>;
  windows(
    metric: string,
    resolution: Resolution,
    range: TimeRangeMs,
    signal: AbortSignal,
  ): Promise<WindowAnswer>;
  /** Absent where there are none. */
  readings?(metric: string, range: TimeRangeMs, signal: AbortSignal): Promise<StoredReading[]>;
}

const DAY_MS = 86_400_000;
/** The newest readings tell which metrics a device has. */
const NEWEST_READINGS = 20;
/** So far back they may lie. */
const NEWEST_WITHIN_MS = 30 * DAY_MS;
/** A site's metrics are those of so many of its devices. */
const SITE_DEVICES = 100;

export function deviceSource(client: AnalyticsClient, deviceId: string): ChartSource {
  return {
    kind: 'devices',
    id: deviceId,
    subject: async (nowMs, signal) => {
      const newest = {
        deviceId,
        from: nowMs - NEWEST_WITHIN_MS,
        to: nowMs + 300_000,
        order: 'desc',
      } as const;
      const [entry, { items }] = await Promise.all([
        registryEntry(client, deviceId, signal),
        client.readings({ ...newest, limit: NEWEST_READINGS }, { signal }).page(),
      ]);
      const registered = Object.entries(entry?.metrics ?? {});
      const measured = items.flatMap(({ metrics }) => Object.keys(metrics));
      const lastSeen = items[0]?.timestamp;
      return {
        metrics: sortedNames([...registered.map(([name]) => name), ...measured]),
        units: Object.fromEntries(
          registered.flatMap(([name, { unit }]) => (unit === undefined ? [] : [[name, unit]])),
        ),
        facts: [
          entry === undefined ? 'not registered' : `model ${entry.model ?? '–'}`,
          entry?.siteId === undefined ? 'without a site' : `site ${entry.siteId}`,
          lastSeen === undefined
            ? 'nothing in 30 days'
            : `last seen ${formatAge(Date.parse(lastSeen), nowMs)}`,
        ],
      };
    },
    windows: (metric, resolution, range, signal) =>
      allWindows(
        client
          .aggregates({ deviceId, metric, resolution, ...queryRange(range), limit: 1_000 }, { signal })
          .pages(),
      ),
    readings: async (metric, range, signal) => {
      const readings: StoredReading[] = [];
      const list = client.readings({ deviceId, metric, ...queryRange(range), limit: 5_000 }, { signal });
      for await (const reading of list) readings.push(reading);
      return readings;
    },
  };
}

export function siteSource(client: AnalyticsClient, siteId: string): ChartSource {
  return {
    kind: 'sites',
    id: siteId,
    subject: async (nowMs, signal) => {
      const { items, nextCursor } = await client.devices({ siteId, limit: SITE_DEVICES }, { signal }).page();
      const seen = items.flatMap(({ lastSeen }) => (lastSeen === undefined ? [] : [Date.parse(lastSeen)]));
      const number = nextCursor === undefined ? String(items.length) : `more than ${items.length}`;
      return {
        metrics: sortedNames(items.flatMap(({ latest }) => Object.keys(latest ?? {}))),
        units: {},
        facts: [
          `${number} ${items.length === 1 ? 'device' : 'devices'}`,
          seen.length === 0 ? 'nothing seen yet' : `last seen ${formatAge(Math.max(...seen), nowMs)}`,
        ],
      };
    },
    windows: (metric, resolution, range, signal) =>
      allWindows(
        client
          .siteAggregates({ siteId, metric, resolution, ...queryRange(range), limit: 1_000 }, { signal })
          .pages(),
      ),
  };
}

function queryRange({ fromMs, toMs }: TimeRangeMs): { from: number; to: number } {
  return { from: Math.floor(fromMs), to: Math.ceil(toMs) };
}

function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

async function registryEntry(client: AnalyticsClient, deviceId: string, signal: AbortSignal) {
  try {
    return await client.device(deviceId, { signal });
  } catch (error) {
    // Most devices need no entry: they are known by what they have sent.
    if (error instanceof WeirProblemError && error.code === 'device_not_found') return undefined;
    throw error;
  }
}

async function allWindows(
  pages: AsyncIterable<{ windows: AggregateWindow[]; unit?: string | undefined }>,
): Promise<WindowAnswer> {
  const answer: WindowAnswer = { windows: [], unit: undefined };
  for await (const { windows, unit } of pages) {
    answer.windows.push(...windows);
    answer.unit = unit;
  }
  return answer;
}
