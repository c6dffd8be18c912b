import { createAnalyticsClient } from '@weir/analytics-client';
import { postReadings, type Pipeline } from './pipeline.js';

const DEVICES = 100;
const READINGS_PER_DEVICE_AND_REQUEST = 10;
const STEP_MS = 10_000;
const SENDERS = 4;
const METRIC = 'temperature';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Readings of a request: a gateway's, of many devices. */
export const READINGS_PER_REQUEST = DEVICES * READINGS_PER_DEVICE_AND_REQUEST;

/** A load to be sent: whole requests, the first reading of every device at `startMs`. */
export interface Load {
  readonly requests: number;
  readonly startMs: number;
}

/** As many requests as come closest to so many readings, the last of them an hour old. */
export function loadOf(readings: number): Load {
  const requests = Math.max(1, Math.round(readings / READINGS_PER_REQUEST));
  const spanMs = requests * READINGS_PER_DEVICE_AND_REQUEST * STEP_MS;
  return { requests, startMs: Date.now() - spanMs - HOUR_MS };
}

/** Sends a load as fast as it is taken, each request until it is accepted. */
export async function sendLoad(pipeline: Pipeline, { requests, startMs }: Load): Promise<void> {
  let next = 0;
  const send = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++)
      await postReadings(pipeline, readingsOf(index, startMs));
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

function readingsOf(request: number, startMs: number) {
  return Array.from({ length: READINGS_PER_REQUEST }, (_, place) => {
    const step = request * READINGS_PER_DEVICE_AND_REQUEST + Math.floor(place / DEVICES);
    const device = place % DEVICES;
    const metrics = {
      [METRIC]: 20 + ((step * 7 + device) % 100) / 10,
      pressure: 3 + (step % 50) / 100,
      flow: 100 + ((step + device) % 37) / 10,
    };
    return { deviceId: deviceId(device), timestamp: startMs + step * STEP_MS, metrics };
  });
}

/** How many readings of a load can be queried. */
export async function countQueryable(
  { analyticsUrl, token }: Pipeline,
  { requests, startMs }: Load,
): Promise<number> {
  const client = createAnalyticsClient({ baseUrl: analyticsUrl, token });
  const endMs = startMs + requests * READINGS_PER_DEVICE_AND_REQUEST * STEP_MS;
  const range = { from: Math.floor(startMs / DAY_MS) * DAY_MS, to: Math.ceil(endMs / DAY_MS) * DAY_MS };
  let count = 0;
  for (let device = 0; device < DEVICES; device += 1) {
    const query = { deviceId: deviceId(device), metric: METRIC, resolution: '1d', ...range } as const;
    for await (const window of client.aggregates(query)) count += window.count;
  }
  return count;
}

function deviceId(device: number): string {
  return `measured-${device}`;
}
