import { createDynamoRepositories, openDeviceWindows } from '@weir/dynamo-repo';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { hourOf, type Design, type Place } from '../design.js';
import { loadBundle } from '../../bundles.js';
import { LAMBDA_CONTEXT } from '../../lambda-context.js';

const BLOCK_MINUTES = 60;
/** In every workload. */
const COUNTED_METRIC = 'temperature';

/** process-fn as it is deployed, with hourly blocks. */
export const weir: Design = {
  name: 'weir',
  title: 'Weir',
  keepsReadings: true,
  lacks: '',
  start: async ({ tableName }) => {
    const handler = await loadBundle<KinesisStreamEvent, KinesisStreamBatchResponse>('process-fn', {
      TABLE_NAME: tableName,
      QUARANTINE_BUCKET: 'quarantine',
      STAGE: 'bench',
      BLOCK_MINUTES: String(BLOCK_MINUTES),
    });
    return (event) => handler(event, LAMBDA_CONTEXT);
  },
  counts: async (place, devices, fromMs, toMs) => {
    const counts = new Map<string, number>();
    for (const deviceId of devices) await countDevice(place, { deviceId, fromMs, toMs }, counts);
    return counts;
  },
};

async function countDevice(
  { client, tableName, clock }: Place,
  { deviceId, fromMs, toMs }: { readonly deviceId: string; readonly fromMs: number; readonly toMs: number },
  counts: Map<string, number>,
): Promise<void> {
  const repositories = createDynamoRepositories({
    client,
    tableName,
    blockMinutes: BLOCK_MINUTES,
    clock,
    random: Math.random,
  });
  const work = {
    deadlineMs: clock() + 60_000,
    meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 },
  };
  const source = { repositories, blockMs: BLOCK_MINUTES * 60_000, work };
  const device = await openDeviceWindows({ deviceId, metric: COUNTED_METRIC, resolution: '1h' }, source);
  for (let reachedMs = fromMs; reachedMs < toMs;) {
    const batch = await device.read({ fromMs: reachedMs, toMs, itemsMax: 100 });
    for (const { window, summary } of batch.windows)
      counts.set(hourOf(deviceId, window.startMs), summary.count);
    reachedMs = batch.reachedMs;
  }
}
