import type { Resolution } from '@weir/aggregation';
import { ITEMS_MAX_LEAST, openDeviceWindows, type MetricWindow, type Repositories } from '@weir/dynamo-repo';
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
  const device = await openDeviceWindows({ deviceId, metric, resolution }, source);
  const toMs = Date.UTC(2100, 0, 1);
  const windows: MetricWindow[] = [];
  let fromMs = FIRST_SLOT_MS - (FIRST_SLOT_MS % DAY_MS);
  while (fromMs < toMs) {
    const batch = await device.read({ fromMs, toMs, itemsMax: ITEMS_MAX_LEAST });
    windows.push(...batch.windows);
    fromMs = batch.reachedMs;
  }
  return windows;
}
