import fc from 'fast-check';
import { RESOLUTION_MS, type BlockReading, type Resolution } from '@weir/aggregation';
import { createApi, type Api } from './testing/api.js';
import { DeviceHistory, Stopped, makeReading } from './testing/device-history.js';
import { expectWindows, recompute, type AggregateWindow } from './testing/recomputation.js';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 9, 31, 20);
const RESOLUTIONS: readonly Resolution[] = ['1m', '10m', '1h', '1d'];

/** Readings in bursts: mostly going forward, over the ends of hours, a day and a month, and sometimes late. */
const batches = fc.array(
  fc.record({
    aheadMinutes: fc.integer({ min: -200, max: 90 }),
    values: fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -1000, max: 1000 })), {
      minLength: 1,
      maxLength: 8,
    }),
    /** After how many writes the work on the batch breaks off; it is delivered again after the next look. */
    stepsMax: fc.option(fc.integer({ min: 0, max: 12 }), { nil: Infinity, freq: 2 }),
  }),
  { minLength: 1, maxLength: 8 },
);

async function windowsOf(api: Api, resolution: Resolution): Promise<AggregateWindow[]> {
  const answer = await api.call('/v1/devices/{deviceId}/aggregates', {
    path: { deviceId: 'boiler-1' },
    query: { metric: 't', resolution, from: START_MS - 864e5, to: START_MS + 2 * 864e5, limit: 1000 },
  });
  if (answer.status !== 200) throw new Error(answer.text);
  expect(answer.json['nextCursor']).toBeUndefined();
  return answer.json['windows'] as AggregateWindow[];
}

/** Counts by window start. */
function countsOf(windows: readonly { start: string; count: number }[]): Map<string, number> {
  return new Map(windows.map(({ start, count }) => [start, count]));
}

/** Nothing that finished is missing, nothing that was never sent is there, and no version or count went back. */
function expectBetween(
  actual: readonly AggregateWindow[],
  before: readonly AggregateWindow[],
  finished: readonly { start: string; count: number }[],
  sent: readonly { start: string; count: number }[],
): void {
  const counts = countsOf(actual);
  const most = countsOf(sent);
  for (const { start, count } of finished) expect(counts.get(start) ?? 0).toBeGreaterThanOrEqual(count);
  for (const { start, count } of actual) expect(count).toBeLessThanOrEqual(most.get(start) ?? 0);
  const versions = new Map(actual.map(({ start, version }) => [start, version]));
  for (const { start, count, version } of before) {
    expect(counts.get(start) ?? 0).toBeGreaterThanOrEqual(count);
    expect(versions.get(start) ?? 0).toBeGreaterThanOrEqual(version);
  }
}

describe('windows', () => {
  it.each([3, 10, 20])(
    'are exact after every finished batch, and lose nothing after a broken one, in blocks of %i minutes',
    async (blockMinutes) => {
      await fc.assert(
        fc.asyncProperty(batches, async (plan) => {
          const api = createApi({ blockMinutes });
          const device = new DeviceHistory(
            api.repositories,
            'boiler-1',
            blockMinutes * MINUTE_MS,
            () => api.nowMs,
          );
          const points = new Map<number, BlockReading>();
          const finished = new Map<number, BlockReading>();
          const before = new Map<Resolution, AggregateWindow[]>();
          let headMs = START_MS;
          for (const { aheadMinutes, values, stepsMax } of plan) {
            const fromMs = Math.max(START_MS - 200 * MINUTE_MS, headMs + aheadMinutes * MINUTE_MS);
            const readings = values
              .map(([minute, t]) => makeReading(fromMs + minute * MINUTE_MS, { t }))
              .filter(
                ({ timestampMs }, index, all) =>
                  all.findIndex((other) => other.timestampMs === timestampMs) === index,
              )
              .filter(({ timestampMs }) => !points.has(timestampMs));
            headMs = Math.max(headMs, ...readings.map(({ timestampMs }) => timestampMs));
            for (const reading of readings) points.set(reading.timestampMs, reading);
            device.stepsMax = stepsMax;
            const done = await device.store(readings).then(
              () => true,
              (error: unknown) => {
                if (error instanceof Stopped) return false;
                throw error;
              },
            );
            if (done) for (const reading of readings) finished.set(reading.timestampMs, reading);
            for (const resolution of RESOLUTIONS) {
              const windows = await windowsOf(api, resolution);
              expectBetween(
                windows,
                before.get(resolution) ?? [],
                recompute([...finished.values()], 't', resolution),
                recompute([...points.values()], 't', resolution),
              );
              before.set(resolution, windows);
            }
            if (done) continue;
            device.stepsMax = Infinity;
            await device.store(readings);
            for (const reading of readings) finished.set(reading.timestampMs, reading);
            for (const resolution of RESOLUTIONS) {
              expectWindows(
                await windowsOf(api, resolution),
                recompute([...points.values()], 't', resolution),
              );
            }
          }
          for (const resolution of RESOLUTIONS) {
            const lengthMs = RESOLUTION_MS[resolution];
            const windows = await windowsOf(api, resolution);
            expectWindows(windows, recompute([...points.values()], 't', resolution));
            const newestMs = Math.max(...points.keys());
            const newestSlotMs = newestMs - (newestMs % (blockMinutes * MINUTE_MS));
            for (const { start, final } of windows)
              expect(final).toBe(Date.parse(start) + lengthMs <= newestSlotMs);
          }
        }),
        { numRuns: 25 },
      );
    },
    60_000,
  );
});
