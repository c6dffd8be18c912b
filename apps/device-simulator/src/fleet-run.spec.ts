import { setImmediate as turn } from 'node:timers/promises';

import { createIngestClient } from '@weir/ingest-client';
import type { Reading } from '@weir/ingest-client';

import { fleetOf } from './fleet-choice.js';
import { CATCH_UP_MS, finalReadings, runFleet } from './fleet-run.js';
import type { FleetRunOptions } from './fleet-run.js';
import { devicesOf } from './fleet-traffic.js';

const START_MS = Date.UTC(2026, 10, 1, 12, 0, 30, 500);
const MINUTE_MS = 60_000;

function optionsWith(change: Partial<FleetRunOptions> & { chances?: object } = {}): FleetRunOptions {
  const { chances, ...more } = change;
  const fleet = fleetOf({ profile: undefined, devices: 4, intervalMs: 10_000, prefix: '' });
  const none = {
    offline: { probability: 0, slotMs: 1_000 },
    duplicates: 0,
    corrections: 0,
    garbage: 0,
    skewMs: 0,
  };
  const plan = { profile: { ...fleet, ...none, ...chances }, seed: 7, startMs: START_MS };
  return { plan, devices: devicesOf(plan), durationMs: 60_000, historyMs: 0, ...more };
}

interface Sent {
  reading: Reading;
  atMs: number;
}

/** Runs a fleet on a clock that its sleeps move. */
async function run(
  options: FleetRunOptions,
  onSend: (clock: { nowMs: number }, sent: readonly Sent[], stop: AbortController) => void = () => undefined,
) {
  const stop = new AbortController();
  const clock = { nowMs: START_MS };
  const sent: Sent[] = [];
  const garbage: Reading[] = [];
  let behindMs = 0;
  const ends = await runFleet(
    options,
    {
      clock: () => clock.nowMs,
      sleep: (durationMs) => {
        clock.nowMs += durationMs;
        return Promise.resolve();
      },
      client: {
        send: (reading) => {
          sent.push({ reading, atMs: clock.nowMs });
          onSend(clock, sent, stop);
          return Promise.resolve();
        },
      },
      onGarbage: (reading) => garbage.push(reading),
      onBehind: (ms) => (behindMs = Math.max(behindMs, ms)),
    },
    stop.signal,
  );
  const final = [...ends].flatMap(([device, end]) => [...finalReadings(options, device, end)]);
  return { sent, garbage, behindMs, final };
}

function byIdentity(readings: readonly Reading[]): Reading[] {
  const key = ({ deviceId, timestamp }: Reading): string => `${deviceId} ${timestamp}`;
  return [...readings].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

describe('a fleet that runs', () => {
  it('sends each reading when it is due, never sooner, and every interval of the duration', async () => {
    const { sent, final, behindMs } = await run(optionsWith());

    expect(sent).toHaveLength(4 * 6);
    for (const { reading, atMs } of sent) {
      expect(atMs - Number(reading.timestamp)).toBeGreaterThanOrEqual(0);
      expect(atMs - Number(reading.timestamp)).toBeLessThan(1_000 + 50);
    }
    expect(behindMs).toBeLessThanOrEqual(50);
    expect(byIdentity(final)).toEqual(byIdentity(sent.map(({ reading }) => reading)));
  });

  it('tells the history by the minute first, as it was', async () => {
    const options = optionsWith({ historyMs: 120 * MINUTE_MS, chances: { corrections: 0.2 } });
    const { sent, final } = await run(options);

    const history = sent.slice(0, 4 * 120);
    for (const { reading, atMs } of history) {
      expect(atMs).toBe(START_MS);
      expect(Number(reading.timestamp)).toBeLessThan(START_MS);
      expect(Number(reading.timestamp)).toBeGreaterThan(START_MS - 121 * MINUTE_MS);
    }
    expect(new Set(history.map(({ reading }) => `${reading.deviceId} ${reading.timestamp}`)).size).toBe(480);
    expect(final).toHaveLength(4 * (120 + 6));
    const times = new Set(sent.map(({ reading }) => reading.timestamp));
    for (const { timestamp } of final) expect(times).toContain(timestamp);

    const earlier = { ...options.plan, startMs: START_MS - 30 * MINUTE_MS };
    const ran = await run({
      ...options,
      plan: earlier,
      devices: devicesOf(earlier),
      durationMs: 30 * MINUTE_MS,
      historyMs: 0,
    });
    const before = new Map(ran.final.map((reading) => [`${reading.deviceId} ${reading.timestamp}`, reading]));
    const again = history.filter(({ reading }) => Number(reading.timestamp) > START_MS - 29 * MINUTE_MS);
    expect(again.length).toBeGreaterThan(100);
    for (const { reading } of again)
      expect(reading).toEqual(before.get(`${reading.deviceId} ${reading.timestamp}`));
  });

  it('sends late what it had to wait with, all of it, and says how late it is', async () => {
    const { sent, behindMs } = await run(optionsWith(), (clock, { length }) => {
      if (length === 5) clock.nowMs += 45_000;
    });

    expect(sent).toHaveLength(4 * 6);
    expect(behindMs).toBeGreaterThan(35_000);
  });

  it('leaves out what is older than two hours only where it has no end', async () => {
    const sleepLong = (clock: { nowMs: number }, sent: readonly Sent[], stop: AbortController): void => {
      if (sent.length === 5) clock.nowMs += 5 * CATCH_UP_MS;
      if (clock.nowMs > START_MS + 5 * CATCH_UP_MS + 10 * MINUTE_MS) stop.abort();
    };
    const endless = await run(optionsWith({ durationMs: Number.POSITIVE_INFINITY }), sleepLong);
    const perDevice = (CATCH_UP_MS + 11 * MINUTE_MS) / 10_000;
    expect(endless.sent.length).toBeLessThan(4 * (perDevice + 3));
    expect(endless.sent.length).toBeGreaterThan(4 * (CATCH_UP_MS / 10_000));

    const bounded = await run(optionsWith({ durationMs: 4 * CATCH_UP_MS }), sleepLong);
    expect(bounded.sent).toHaveLength((4 * 4 * CATCH_UP_MS) / 10_000);
  });

  it('still sends what devices have kept and found wrong when it is stopped', async () => {
    const chances = {
      offline: { probability: 0.5, slotMs: 20_000 },
      corrections: 0.5,
      duplicates: 0.2,
      garbage: 0.2,
    };
    const { sent, garbage, final } = await run(optionsWith({ chances }), (_, { length }, stop) => {
      if (length === 20) stop.abort();
    });

    const known = new Map<string, Reading>();
    for (const { reading } of sent.filter((one) => !garbage.includes(one.reading))) {
      const key = `${reading.deviceId} ${reading.timestamp}`;
      if ((known.get(key)?.revision ?? -1) < (reading.revision ?? 0)) known.set(key, reading);
    }
    expect(byIdentity([...known.values()])).toEqual(byIdentity(final));
    expect(garbage.length).toBeGreaterThan(0);
  });

  it('fails with the client', async () => {
    const parts = {
      clock: () => START_MS,
      sleep: () => Promise.resolve(),
      client: { send: () => Promise.reject(new Error('403 insufficient_scope')) },
      onGarbage: () => undefined,
      onBehind: () => undefined,
    };
    await expect(runFleet(optionsWith(), parts, new AbortController().signal)).rejects.toThrow(
      'insufficient_scope',
    );
  });

  it('holds no more readings than the client has room for, and one, while the API is away; then loses none', async () => {
    const room = 100;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const stored = new Set<string>();
    let most = 0;
    const client = createIngestClient({
      baseUrl: 'http://weir.test',
      token: 't',
      concurrency: 4,
      maxQueuedReadings: room,
      maxBatchReadings: 10,
      onRejected: () => undefined,
      fetch: async (_, { body }) => {
        await opened;
        const text = await new Response(body).body?.pipeThrough(new DecompressionStream('gzip'));
        const { readings } = (await new Response(text).json()) as { readings: Reading[] };
        for (const { deviceId, timestamp } of readings) stored.add(`${deviceId} ${timestamp}`);
        return Response.json({ accepted: readings.length, rejected: [], requestId: 'r' }, { status: 202 });
      },
    });
    const offline = { probability: 0.5, slotMs: 3_600_000 };
    const options = optionsWith({ durationMs: 6 * 3_600_000, chances: { offline } });
    const running = runFleet(
      options,
      {
        // Hours late from the beginning: everything is due.
        clock: () => START_MS + 24 * 3_600_000,
        sleep: () => Promise.reject(new Error('There is nothing to wait for')),
        client: {
          send: (reading) => {
            const sent = client.send(reading);
            const { sent: taken, accepted, rejected } = client.stats;
            most = Math.max(most, taken - accepted - rejected);
            return sent;
          },
        },
        onGarbage: () => undefined,
        onBehind: () => undefined,
      },
      new AbortController().signal,
    );
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(client.stats.sent).toBe(room + 1);
    open();
    await running;
    await client.close();

    expect(most).toBe(room + 1);
    expect(stored.size).toBe((4 * 6 * 3_600_000) / 10_000);
  });
});
