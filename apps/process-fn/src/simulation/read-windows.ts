import type { Resolution } from '@weir/aggregation';
import { ITEMS_MAX_LEAST, readWindows, type MetricWindow, type Repositories } from '@weir/dynamo-repo';
import { freely } from './simulated-world.js';
import { BLOCK_MS, DAY_MS, FIRST_SLOT_MS } from './workload.js';

/** All windows of one metric of a device, in time order, read as queries do: in small pages. */
export async function readAllWindows(
  repositories: Repositories,
  deviceId: string,
  metric: string,
  resolution: Resolution,
): Promise<MetricWindow[]> {
  const source = { repositories, blockMs: BLOCK_MS, work: freely() };
  const toMs = Date.UTC(2100, 0, 1);
  const windows: MetricWindow[] = [];
  let fromMs = FIRST_SLOT_MS - (FIRST_SLOT_MS % DAY_MS);
  while (fromMs < toMs) {
    const query = { deviceId, metric, resolution, fromMs, toMs, itemsMax: ITEMS_MAX_LEAST };
    const batch = await readWindows(query, source);
    windows.push(...batch.windows);
    fromMs = batch.reachedMs;
  }
  return windows;
}
