import { WeirProblemError } from '@weir/analytics-client';
import type { AggregateWindow, AnalyticsClient, Resolution } from '@weir/analytics-client';

import type { ReplayGroup } from './replay-group.js';

/** Where a group's points are asked for: [firstMs, lastMs], both included, in epoch milliseconds. */
export interface PointRange {
  group: Pick<ReplayGroup, 'device' | 'metric'>;
  firstMs: number;
  lastMs: number;
  signal: AbortSignal;
}

/** The largest pages that the API gives. */
const READINGS_PAGE = 5000;
const WINDOWS_PAGE = 1000;

/** The windows that hold data, in time order; none for a device that nobody knows yet. */
export async function* windowsOf(
  client: Pick<AnalyticsClient, 'aggregates'>,
  { group, firstMs, lastMs, signal }: PointRange,
  resolution: Resolution,
): AsyncGenerator<AggregateWindow, void, undefined> {
  const query = {
    deviceId: group.device,
    metric: group.metric,
    resolution,
    from: firstMs,
    to: lastMs + 1,
    limit: WINDOWS_PAGE,
  };
  yield* noneIfUnknown(client.aggregates(query, { signal }));
}

/** How many points of the metric are stored in the days that the range touches. */
export async function countPoints(
  client: Pick<AnalyticsClient, 'aggregates'>,
  range: PointRange,
): Promise<number> {
  let count = 0;
  for await (const window of windowsOf(client, range, '1d')) count += window.count;
  return count;
}

/** Takes those timestamps out of `missing` that can be queried by now. Asks only for the range of what is missing. */
export async function removeQueryable(
  client: Pick<AnalyticsClient, 'readings'>,
  group: PointRange['group'],
  missing: Set<number>,
  signal: AbortSignal,
): Promise<void> {
  if (missing.size === 0) return;
  const { earliestMs, latestMs } = bounds(missing);
  const query = {
    deviceId: group.device,
    metric: group.metric,
    from: earliestMs,
    to: latestMs + 1,
    limit: READINGS_PAGE,
  };
  for await (const reading of noneIfUnknown(client.readings(query, { signal }))) {
    missing.delete(Date.parse(reading.timestamp));
  }
}

/** The earliest and the latest of some timestamps. */
export function bounds(timestamps: Iterable<number>): { earliestMs: number; latestMs: number } {
  let earliestMs = Number.POSITIVE_INFINITY;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const timestampMs of timestamps) {
    earliestMs = Math.min(earliestMs, timestampMs);
    latestMs = Math.max(latestMs, timestampMs);
  }
  return { earliestMs, latestMs };
}

async function* noneIfUnknown<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (error instanceof WeirProblemError && error.code === 'device_not_found') return;
    throw error;
  }
}
