import { setTimeout as pause } from 'node:timers/promises';
import { createAnalyticsClient, WeirProblemError, type AnalyticsClient } from '@weir/analytics-client';
import { randomOf } from '../random.js';
import { percentile } from './percentile.js';
import { postReadings, type Pipeline } from './pipeline.js';

/** From sending a reading, in milliseconds. */
export interface Latency {
  readonly samples: number;
  /** To the answer that it is durable. */
  readonly accepted: { readonly p50: number; readonly p99: number };
  /** To the end of the first answer of a query that has it. */
  readonly queryable: { readonly p50: number; readonly p99: number };
}

/** Readings under way at once; few, so that they do not wait for each other. */
const LANES = 3;
/** Before a lane's samples count: functions start and caches fill. */
const WARM_UP = 3;
/** Between two queries. */
const POLL_MS = 10;
/** Between two readings of a lane, so that they come at any moment of a batching window. */
const PAUSE_MS_MAX = 1_000;
const SEED = 7;

/** Posts single readings of a few devices and asks for each until it is there. */
export async function measureLatency(pipeline: Pipeline, samples: number): Promise<Latency> {
  const random = randomOf(SEED);
  const accepted: number[] = [];
  const queryable: number[] = [];
  const lane = async (lane: number): Promise<void> => {
    for (let index = -WARM_UP; index < Math.ceil(samples / LANES); index += 1) {
      await pause(random() * PAUSE_MS_MAX);
      const took = await followReading(pipeline, `latency-${lane}`);
      if (index < 0) continue;
      accepted.push(took.acceptedMs);
      queryable.push(took.queryableMs);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  const both = (values: readonly number[]) => ({ p50: percentile(values, 50), p99: percentile(values, 99) });
  return { samples: queryable.length, accepted: both(accepted), queryable: both(queryable) };
}

async function followReading(pipeline: Pipeline, deviceId: string) {
  const client = createAnalyticsClient({ baseUrl: pipeline.analyticsUrl, token: pipeline.token });
  const timestamp = Date.now();
  const startMs = performance.now();
  await postReadings(pipeline, [{ deviceId, timestamp, metrics: { temperature: 20 } }]);
  const acceptedMs = performance.now() - startMs;
  while (!(await isThere(client, deviceId, timestamp))) await pause(POLL_MS);
  return { acceptedMs, queryableMs: performance.now() - startMs };
}

/** A device is not known before its first reading is. */
async function isThere(client: AnalyticsClient, deviceId: string, timestamp: number): Promise<boolean> {
  try {
    const page = await client.readings({ deviceId, from: timestamp, to: timestamp + 1 }).page();
    return page.items.length > 0;
  } catch (error) {
    if (error instanceof WeirProblemError && error.status === 404) return false;
    throw error;
  }
}
