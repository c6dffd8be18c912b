import type { Reading } from '@weir/ingest-client';
import fc from 'fast-check';

import { finalReadings, runFleet } from './fleet-run.js';
import { devicesOf } from './fleet-traffic.js';
import { oracleWindows } from './oracle.js';
import { parseProfile } from './parse-profile.js';
import { hashText } from './seeded-noise.js';

const HOUR_MS = 3_600_000;

/** What a store keeps: of each identity the highest revision, in whatever order readings come. */
function storedPoints(arrived: readonly Reading[]) {
  const points = new Map<string, { series: string; timestampMs: number; value: number; revision: number }>();
  for (const { deviceId, timestamp, metrics, revision = 0 } of arrived) {
    if (Number(timestamp) < Date.UTC(2000, 0, 1) || deviceId.includes(' ')) continue;
    for (const [metric, value] of Object.entries(metrics)) {
      const key = `${deviceId}/${metric}/${timestamp}`;
      if (Number.isNaN(value) || (points.get(key)?.revision ?? -1) >= revision) continue;
      points.set(key, { series: `${deviceId}/${metric}`, timestampMs: Number(timestamp), value, revision });
    }
  }
  return [...points.values()];
}

/** Hour by hour, added up value by value: another way than that of the oracle. */
function fold(arrived: readonly Reading[]) {
  const windows = new Map<string, number[]>();
  for (const { series, timestampMs, value } of storedPoints(arrived).sort(
    (a, b) => a.timestampMs - b.timestampMs,
  )) {
    const key = `${series} ${new Date(timestampMs - (timestampMs % HOUR_MS)).toISOString()}`;
    windows.set(key, [...(windows.get(key) ?? []), value]);
  }
  const entries = [...windows].map(([key, values]) => {
    const mean = values.reduce((known, value, place) => known + (value - known) / (place + 1), 0);
    const rank = (part: number) =>
      values.find(
        (value) =>
          values.filter((other) => other <= value).length >= part * values.length &&
          values.filter((other) => other < value).length < part * values.length,
      );
    const ends = {
      first: values[0],
      last: values.at(-1),
      min: Math.min(...values),
      max: Math.max(...values),
    };
    return [
      key,
      { count: values.length, mean, ...ends, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) },
    ] as const;
  });
  return new Map(entries);
}

const probability = fc.double({ min: 0, max: 0.5, noNaN: true });
const profile = fc.record({
  intervalSeconds: fc.constantFrom(20, 60, 90, 600),
  jitter: fc.double({ min: 0, max: 0.9, noNaN: true }),
  skewSeconds: fc.integer({ min: 0, max: 240 }),
  offline: fc.record({ probability, slotSeconds: fc.integer({ min: 20, max: 3_000 }) }),
  duplicates: probability,
  corrections: probability,
  garbage: probability,
});

it('the oracle is a fold over what arrives, in any order, whatever devices do wrong', async () => {
  await fc.assert(
    fc.asyncProperty(
      profile,
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2040, 0) }),
      fc.integer({ min: 0, max: 3 * HOUR_MS }),
      fc.nat(),
      async ({ jitter, ...chances }, seed, startMs, historyMs, order) => {
        const parsed = parseProfile({
          ...chances,
          jitterSeconds: Math.floor(jitter * chances.intervalSeconds),
          sites: [
            { site: 'a', model: 'M', prefix: 'm-', devices: 2 },
            { site: 'b', model: 'N', prefix: 'n-', devices: 1 },
          ],
          models: {
            M: [
              { name: 'x', unit: '1', level: 0, noise: 5, decimals: 3 },
              { name: 'y', unit: '1', level: -40, dailySwing: 50, decimals: 0 },
            ],
            N: [{ name: 'x', unit: '1', level: 1e6, deviceSpread: 10, steps: { everyHours: 1, size: 3 } }],
          },
        });
        const plan = { profile: parsed, seed, startMs };
        const options = { plan, devices: devicesOf(plan), durationMs: 100 * 60_000, historyMs };
        const arrived: Reading[] = [];
        const ends = await runFleet(
          options,
          {
            clock: () => startMs + 24 * HOUR_MS,
            sleep: () => Promise.resolve(),
            client: { send: (reading) => Promise.resolve(void arrived.push(reading)) },
            onGarbage: () => undefined,
            onBehind: () => undefined,
          },
          new AbortController().signal,
        );
        const oracle = [...ends].flatMap(([device, end]) => [
          ...oracleWindows(device.deviceId, finalReadings(options, device, end)),
        ]);
        const shuffled = arrived
          .map((reading, place) => ({ reading, place: hashText(`${order}/${place}`) }))
          .sort((one, other) => one.place - other.place)
          .map(({ reading }) => reading);
        const folded = fold(shuffled);
        expect(oracle.map(({ deviceId, metric, start }) => `${deviceId}/${metric} ${start}`).sort()).toEqual(
          [...folded.keys()].sort(),
        );
        for (const { deviceId, metric, start, avg, ...window } of oracle) {
          const { mean, ...exact } = folded.get(`${deviceId}/${metric} ${start}`) ?? { mean: Number.NaN };
          expect(window).toMatchObject(exact);
          expect(Math.abs(avg - mean)).toBeLessThan(1e-9 * Math.max(1, Math.abs(mean)));
        }
      },
    ),
    { numRuns: 20 },
  );
}, 60_000);
