import type { Reading } from '@weir/ingest-client';

import { HISTORY_MS, historyTimestamps, readingsAt, runFleet } from './fleet.js';

const NOW_MS = Date.UTC(2026, 10, 1, 12, 0, 30, 500);
const OPTIONS = { devices: 2, intervalMs: 2000, seed: 7 };

/** Runs a fleet on a clock that its sleeps move, until it has sent readings of `until` or later. */
async function sentUntil(untilMs: number, onSend: (clock: { nowMs: number }) => void = () => undefined) {
  const stop = new AbortController();
  const clock = { nowMs: NOW_MS };
  const sent: Reading[] = [];
  await runFleet(
    OPTIONS,
    {
      clock: () => clock.nowMs,
      sleep: (durationMs) => {
        clock.nowMs += durationMs;
        return Promise.resolve();
      },
      client: {
        send: (reading) => {
          sent.push(reading);
          onSend(clock);
          if (Number(reading.timestamp) >= untilMs && reading.deviceId === 'boiler-2') stop.abort();
          return Promise.resolve();
        },
      },
    },
    stop.signal,
  );
  return { sent, clock };
}

describe('runFleet', () => {
  it('fills in two hours by the minute, then sends at multiples of the interval, never ahead of time', async () => {
    const { sent, clock } = await sentUntil(NOW_MS + 10_000);

    const times = sent
      .filter(({ deviceId }) => deviceId === 'boiler-1')
      .map(({ timestamp }) => Number(timestamp));
    const history = historyTimestamps(NOW_MS);
    expect(times.slice(0, 120)).toEqual(history);
    expect([history[0], history.at(-1)]).toEqual([
      Date.UTC(2026, 10, 1, 10, 1),
      Date.UTC(2026, 10, 1, 12, 0),
    ]);
    expect(times.slice(120)).toEqual(
      [32, 34, 36, 38, 40, 42].map((second) => Date.UTC(2026, 10, 1, 12, 0, second)),
    );
    expect(Math.max(...times)).toBeLessThanOrEqual(clock.nowMs);
    expect(sent).toHaveLength(2 * times.length);
  });

  it('sends identical values when it is started again', async () => {
    const first = await sentUntil(NOW_MS + 4000);
    const second = await sentUntil(NOW_MS + 4000);

    expect(second.sent).toEqual(first.sent);
    expect(readingsAt(historyTimestamps(NOW_MS)[3] ?? 0, OPTIONS)).toEqual(first.sent.slice(6, 8));
  });

  it('catches up with what it missed while it had to wait', async () => {
    let waited = false;
    const { sent } = await sentUntil(NOW_MS + 70_000, (clock) => {
      if (!waited && clock.nowMs > NOW_MS + 3000) {
        waited = true;
        clock.nowMs += 60_000;
      }
    });

    const live = sent.slice(240).filter(({ deviceId }) => deviceId === 'boiler-1');
    const steps = live
      .slice(1)
      .map(({ timestamp }, index) => Number(timestamp) - Number(live[index]?.timestamp));
    expect(new Set(steps)).toEqual(new Set([2000]));
  });

  it('leaves out what is older than two hours after a long sleep', async () => {
    let waited = false;
    const { sent } = await sentUntil(NOW_MS + 5 * HISTORY_MS, (clock) => {
      if (!waited && clock.nowMs > NOW_MS + 3000) {
        waited = true;
        clock.nowMs += 5 * HISTORY_MS;
      }
    });

    expect(sent.length).toBeLessThan(2 * (120 + 10 + HISTORY_MS / OPTIONS.intervalMs));
  });

  it('ends at once while the client makes it wait', async () => {
    const stop = new AbortController();
    const running = runFleet(
      OPTIONS,
      {
        clock: () => NOW_MS,
        sleep: () => Promise.resolve(),
        client: { send: () => new Promise(() => setImmediate(() => stop.abort())) },
      },
      stop.signal,
    );

    await expect(running).resolves.toBeUndefined();
  });

  it('fails with the client', async () => {
    const running = runFleet(
      OPTIONS,
      {
        clock: () => NOW_MS,
        sleep: () => Promise.resolve(),
        client: { send: () => Promise.reject(new Error('403 insufficient_scope')) },
      },
      new AbortController().signal,
    );

    await expect(running).rejects.toThrow('insufficient_scope');
  });
});
