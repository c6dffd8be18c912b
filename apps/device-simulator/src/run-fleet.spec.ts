import type { FleetCommand } from './command-line.js';
import { runFleetCommand } from './run-fleet.js';
import { startFakeWeir } from './testing/fake-weir.js';
import type { FakeWeir } from './testing/fake-weir.js';

const NOW_MS = Date.UTC(2026, 10, 1, 12, 0, 1);
const HISTORY_READINGS = 240;
let weir: FakeWeir;

beforeEach(async () => {
  weir = await startFakeWeir();
});

afterEach(async () => {
  await weir.close();
});

/** Runs two boilers on a clock that sleeps move, until it is done. */
async function runUntil(isDone: () => boolean, options: Partial<FleetCommand> = {}): Promise<string[]> {
  const stop = new AbortController();
  const lines: string[] = [];
  let nowMs = NOW_MS;
  const command: FleetCommand = {
    command: 'fleet',
    ingestUrl: weir.url,
    analyticsUrl: undefined,
    token: 't',
    devices: 2,
    intervalMs: 2000,
    seed: 1,
    site: undefined,
    ...options,
  };
  await runFleetCommand(command, {
    signal: stop.signal,
    clock: () => nowMs,
    sleep: async (durationMs) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      nowMs += durationMs;
      if (isDone()) stop.abort();
    },
    writeLine: (line) => lines.push(line),
    writeMessage: (text) => lines.push(text),
    writeResult: (text) => lines.push(text),
    messagesToTerminal: false,
  });
  return lines;
}

describe('the fleet command', () => {
  it('has two hours of readings accepted at once, says one line and loses nothing at its end', async () => {
    const lines = await runUntil(() => weir.accepted.length >= HISTORY_READINGS + 2);

    expect(lines).toEqual([`2 boilers send readings every 2 s to ${weir.url}`]);
    const times = weir.accepted
      .filter(({ deviceId }) => deviceId === 'boiler-2')
      .map(({ timestamp }) => timestamp);
    expect(times[0]).toBe(Date.UTC(2026, 10, 1, 10, 1));
    expect(times.length).toBeGreaterThan(HISTORY_READINGS / 2);
    expect(times.at(-1)).toBe(NOW_MS - 1000 + 2000 * (times.length - HISTORY_READINGS / 2));
    expect(Object.keys(weir.accepted[0]?.metrics ?? {})).toEqual(['temperature', 'pressure', 'vibration']);
  });

  it('puts its boilers on a site and leaves those alone that are there', async () => {
    const entry = {
      deviceId: 'boiler-1',
      siteId: 'plant-1',
      model: 'own',
      effectiveFrom: '2026-01-01T00:00:00.000Z',
    };
    weir.registry.set('boiler-1', entry);

    await runUntil(() => weir.registry.has('boiler-2'), { site: 'plant-1', analyticsUrl: weir.url });

    expect(weir.registry.get('boiler-1')).toEqual(entry);
    expect(weir.registry.get('boiler-2')).toMatchObject({
      siteId: 'plant-1',
      model: 'WB-200',
      metrics: { temperature: { unit: 'Cel' } },
    });
  });

  it('fails when it may not send', async () => {
    weir.intercept = () => ({
      status: 403,
      body: { code: 'insufficient_scope', detail: 'Not with this token.' },
    });

    await expect(runUntil(() => false)).rejects.toThrow('403 insufficient_scope: Not with this token.');
  });
});
