import type { AggregateWindow, AnalyticsClient } from '@weir/analytics-client';
import { windowDifferences } from '@weir/window-oracle';

import type { OracleWindow } from './oracle.js';
import { windowsOf } from './stored-points.js';

/** The windows of one metric of one device, in the order of time. */
export type OracleSeries = readonly [OracleWindow, ...OracleWindow[]];

/** What a series is not, one sentence each. */
export interface WrongSeries {
  series: OracleSeries;
  differences: string[];
}

export interface OracleCheck {
  client: Pick<AnalyticsClient, 'aggregates'>;
  signal: AbortSignal;
  /** Told after each series. */
  onChecked(series: OracleSeries, wrong: WrongSeries | undefined): void;
}

/** Series that are asked for at the same time. */
const CONCURRENCY = 8;
const HOUR_MS = 3_600_000;

/**
 * Compares what the API answers with what it must answer: counts, bounds and ends exactly, sums and means within 1e-9, quantiles
 * within 2 %, and no other windows between a series' first and last.
 *
 * @throws whatever the client or the iterator does.
 */
export async function checkSeries(
  all: AsyncIterable<OracleSeries> | Iterable<OracleSeries>,
  { client, signal, onChecked }: OracleCheck,
): Promise<WrongSeries[]> {
  const wrong: WrongSeries[] = [];
  const source = iterate(all);
  const work = async (): Promise<void> => {
    for await (const series of source) {
      const differences = await differencesOf(series, client, signal);
      const found = differences.length === 0 ? undefined : { series, differences };
      if (found !== undefined) wrong.push(found);
      onChecked(series, found);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return wrong;
}

async function differencesOf(
  series: OracleSeries,
  client: OracleCheck['client'],
  signal: AbortSignal,
): Promise<string[]> {
  const [first] = series;
  const last = series.at(-1) ?? first;
  const { deviceId: device, metric } = first;
  const range = {
    group: { device, metric },
    firstMs: Date.parse(first.start),
    lastMs: Date.parse(last.start) + HOUR_MS - 1,
    signal,
  };
  const actual: AggregateWindow[] = [];
  for await (const window of windowsOf(client, range, '1h')) actual.push(window);
  return windowDifferences(actual, series).map((difference) => `${device} ${metric} ${difference}`);
}

/** One iterator that several workers take from. */
async function* iterate(all: AsyncIterable<OracleSeries> | Iterable<OracleSeries>) {
  yield* all;
}
