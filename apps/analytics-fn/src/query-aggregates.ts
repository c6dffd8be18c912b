import { statisticsOf, type Resolution, type Window } from '@weir/aggregation';
import { openDeviceWindows, type MetricWindow, type WindowSource } from '@weir/dynamo-repo';
import { formatRfc3339 } from '@weir/telemetry-schema';
import type { Schemas } from './contract.js';
import { requireListed, unitOf } from './device-registry.js';
import { readWindowPage } from './window-page.js';

export interface AggregateQuery {
  readonly metric: string;
  readonly resolution: Resolution;
  /** On the grid of the windows. */
  readonly range: Window;
  readonly limit: number;
}

/** A page without its cursor, which is the transport's. */
export interface AggregateAnswer<Page> {
  readonly page: Page;
  /** Start of the window to go on with; undefined on the last page. */
  readonly nextMs: number | undefined;
}

/**
 * The windows of one metric of a device, as far as a page goes. A metric that no reading has gives no windows.
 *
 * @throws ProblemError `device_not_found` for a device that neither is registered nor has sent anything
 */
export async function queryDeviceAggregates(
  deviceId: string,
  query: AggregateQuery,
  source: WindowSource,
): Promise<AggregateAnswer<Schemas['DeviceAggregatePage']>> {
  const { repositories, work } = source;
  const { metric, resolution } = query;
  const device = await openDeviceWindows({ deviceId, metric, resolution }, source);
  if (!device.hasBlocks && device.entries.length === 0) await requireListed(deviceId, repositories, work);
  const { windows, nextMs } = await readWindowPage([device], query, source.blockMs);
  const unit = unitOf(device.entries, metric);
  return {
    page: {
      deviceId,
      metric,
      unit,
      resolution,
      windows: windows.map(contractWindow),
    },
    nextMs,
  };
}

/** A window as the contract writes it, field by field, so that one which the contract lacks does not type-check. */
export function contractWindow({
  window,
  summary,
  version,
  final,
}: MetricWindow): Schemas['AggregateWindow'] {
  const { count, sum, min, max, avg, stddev, first, last, p50, p95, p99 } = statisticsOf(summary);
  return {
    start: formatRfc3339(window.startMs),
    end: formatRfc3339(window.endMs),
    count,
    sum,
    min,
    max,
    avg,
    stddev,
    first,
    last,
    p50,
    p95,
    p99,
    final,
    version,
  };
}
