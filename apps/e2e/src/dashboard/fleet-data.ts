import { createAnalyticsClient } from '@weir/analytics-client';
import { createIngestClient, type Reading } from '@weir/ingest-client';
import { waitUntilQueryable, type LocalStack } from '@weir/local-stack';

export const DEVICES = [
  { deviceId: 'press-1', siteId: 'hall-1', model: 'HP-40', level: 62 },
  { deviceId: 'press-2', siteId: 'hall-1', model: 'HP-40', level: 64 },
  { deviceId: 'oven-1', siteId: 'hall-2', model: 'KX-9', level: 180 },
];

const MINUTE_MS = 60_000;
const HISTORY_MS = 150 * MINUTE_MS;
const STEP_MS = 15_000;
/** The last minutes are left to the test, which sends into them. */
const QUIET_MS = 30_000;

/** What a device measures at a time: a wave of an hour and a faster one. */
export function readingAt({ deviceId, level }: (typeof DEVICES)[number], timestamp: number): Reading {
  const wave = Math.sin(timestamp / (10 * MINUTE_MS)) + 0.3 * Math.sin(timestamp / 20_000);
  const metrics = {
    temperature: round(level + 3 * wave),
    pressure: round(1.8 + 0.2 * Math.cos(timestamp / MINUTE_MS)),
  };
  return { deviceId, timestamp, metrics };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

/** Puts every device into the registry. */
export async function register(stack: LocalStack, token: string): Promise<void> {
  const analytics = createAnalyticsClient({ baseUrl: stack.analyticsUrl, token });
  for (const { deviceId, siteId, model } of DEVICES) {
    const metrics = { temperature: { unit: 'Cel' }, pressure: { unit: 'bar' } };
    await analytics.putDevice(deviceId, { siteId, model, metrics });
  }
}

/** Registers every device and sends two and a half hours of it; done when all of it is queryable. */
export async function sendHistory(stack: LocalStack, token: string, nowMs: number): Promise<void> {
  await register(stack, token);
  const lastMs = Math.floor((nowMs - QUIET_MS) / STEP_MS) * STEP_MS;
  const times = Array.from(
    { length: HISTORY_MS / STEP_MS },
    (_, index) => lastMs - index * STEP_MS,
  ).reverse();
  await send(
    stack,
    token,
    times.flatMap((timeMs) => DEVICES.map((device) => readingAt(device, timeMs))),
  );
}

/** Sends readings; done when all of them are queryable. */
export async function send(stack: LocalStack, token: string, readings: readonly Reading[]): Promise<void> {
  const client = createIngestClient({
    baseUrl: stack.ingestUrl,
    token,
    onRejected: ({ deviceId }, { code, detail }) => {
      throw new Error(`A reading of ${deviceId} was rejected: ${code}: ${detail}`);
    },
  });
  for (const reading of readings) await client.send(reading);
  await client.close();
  await waitUntilQueryable(stack.infoUrl);
}
