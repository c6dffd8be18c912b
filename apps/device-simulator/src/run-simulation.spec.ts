import { mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SimulateCommand } from './command-line.js';
import type { OracleWindow } from './oracle.js';
import { runSimulationCommand } from './run-simulation.js';
import { startFakeWeir } from './testing/fake-weir.js';
import type { FakeWeir } from './testing/fake-weir.js';

const START_MS = Date.UTC(2026, 10, 1, 11, 58);
let folder: string;
let weir: FakeWeir;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-simulation-'));
  weir = await startFakeWeir();
});

afterEach(async () => {
  await weir.close();
  rmSync(folder, { recursive: true });
});

const EVERYTHING = `sites: [{ site: mill, model: P-1, prefix: pump-, devices: 6 }]
models: { P-1: [{ name: flow, unit: l/min, level: 12, noise: 1 }, { name: heat, unit: Cel, level: -3, noise: 4 }] }
intervalSeconds: 10
jitterSeconds: 3
skewSeconds: 60
offline: { probability: 0.3, slotSeconds: 60 }
duplicates: 0.2
corrections: 0.2
garbage: 0.1
`;

function profileFile(): string {
  const file = join(folder, 'profile.yaml');
  writeFileSync(file, EVERYTHING);
  return file;
}

/** Runs a fleet on a clock that sleeps move. */
async function run(
  options: Partial<SimulateCommand> = {},
  { onSleep = () => undefined, ...clock }: { onSleep?: (stop: AbortController) => void; nowMs?: number } = {},
) {
  const stop = new AbortController();
  const out = { lines: [] as string[], messages: '', result: '', elapsedMs: 0 };
  let { nowMs = START_MS } = clock;
  const command: SimulateCommand = {
    command: 'simulate',
    ingestUrl: weir.url,
    analyticsUrl: undefined,
    token: 't',
    profile: profileFile(),
    devices: undefined,
    intervalMs: undefined,
    prefix: '',
    seed: 5,
    startMs: undefined,
    durationMs: 240_000,
    historyMs: 0,
    oracle: undefined,
    ...options,
  };
  await runSimulationCommand(command, {
    signal: stop.signal,
    clock: () => nowMs,
    sleep: async (durationMs) => {
      await new Promise((resolve) => setImmediate(resolve));
      nowMs += durationMs;
      onSleep(stop);
    },
    writeLine: (line) => out.lines.push(line),
    writeMessage: (text) => (out.messages += text),
    writeResult: (text) => (out.result += text),
    messagesToTerminal: false,
  });
  return out;
}

/** In the order of time, for requests go side by side. */
function acceptedBytes(): string {
  return weir.accepted
    .map((reading) => JSON.stringify(reading))
    .sort()
    .join('\n');
}

describe('a simulation', () => {
  it('sends its readings, says what became of them and writes what must come of them', async () => {
    const oracle = join(folder, 'oracle.ndjson');
    const { lines, messages, result } = await run({ oracle });

    expect(lines).toEqual([
      `6 devices send to ${weir.url} every 10 s for 240 s, seed 5, start 2026-11-01T11:58:00.000Z`,
    ]);
    const garbage = Number(/, (\d+) of them garbage/.exec(result)?.[1]);
    expect(garbage).toBeGreaterThan(0);
    expect(messages).toMatch(
      /^\d+ s: \d+ readings\/s, 0 in flight, \d+ accepted, \d+ rejected, 0 retries, p50 \d+ ms/,
    );
    expect(result).toMatch(
      new RegExp(`^${weir.accepted.length + garbage} readings in .* ${garbage} rejected`),
    );
    const windows = readFileSync(oracle, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as OracleWindow);
    expect(result).toContain(`${windows.length} windows in ${oracle}`);
    const flow = windows.filter(({ metric }) => metric === 'flow');
    expect(flow.reduce((sum, { count }) => sum + count, 0)).toBe(6 * 24);
    expect(new Set(flow.map(({ start }) => start))).toEqual(
      new Set(['2026-11-01T11:00:00.000Z', '2026-11-01T12:00:00.000Z']),
    );
  });

  it('sends the same bytes, and expects the same, for the same seed and start', async () => {
    const [one, two, other] = ['one', 'two', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await run({ oracle: one });
    const first = acceptedBytes();
    weir.accepted.length = 0;
    // Hours later: everything is due at once.
    await run({ oracle: two, startMs: START_MS }, { nowMs: START_MS + 3 * 3_600_000 });
    expect(acceptedBytes()).toBe(first);
    expect(readFileSync(two)).toEqual(readFileSync(one));
    weir.accepted.length = 0;
    await run({ oracle: other, seed: 6 });
    expect(acceptedBytes()).not.toBe(first);
    expect(readFileSync(other)).not.toEqual(readFileSync(one));
  });

  it('runs the built-in fleet, scaled and under another name', async () => {
    await run({ profile: undefined, devices: 24, intervalMs: 60_000, prefix: 'sim-', durationMs: 60_000 });
    const devices = new Set(weir.accepted.map(({ deviceId }) => deviceId.replace(/\d+$/, '')));
    expect(devices).toEqual(new Set(['sim-boiler-', 'sim-pump-', 'sim-climate-']));
    expect(new Set(weir.accepted.map(({ deviceId }) => deviceId)).size).toBeGreaterThanOrEqual(22);
  });

  it('puts its devices on their sites and leaves those alone that are there', async () => {
    const entry = {
      deviceId: 'pump-1',
      siteId: 'mill',
      model: 'own',
      effectiveFrom: '2026-01-01T00:00:00.000Z',
    };
    weir.registry.set('pump-1', entry);
    await run({ analyticsUrl: weir.url });

    expect(weir.registry.get('pump-1')).toEqual(entry);
    expect(weir.registry.size).toBe(6);
    expect(weir.registry.get('pump-6')).toMatchObject({
      siteId: 'mill',
      model: 'P-1',
      metrics: { flow: { unit: 'l/min' }, heat: { unit: 'Cel' } },
    });
  });

  it('goes on until it is stopped where it has no end, and still has its oracle', async () => {
    const oracle = join(folder, 'oracle.ndjson');
    let sleeps = 0;
    await run(
      { durationMs: Number.POSITIVE_INFINITY, oracle },
      { onSleep: (stop) => void (++sleeps === 200 && stop.abort()) },
    );
    expect(weir.accepted.length).toBeGreaterThan(150);
    expect(existsSync(oracle)).toBe(true);
  });

  it('ends at once when it is stopped while the API is away, and says what was not delivered', async () => {
    let sleeps = 0;
    weir.intercept = () => ({ status: 503 });
    const { lines } = await run(
      { durationMs: Number.POSITIVE_INFINITY },
      { onSleep: (stop) => void (++sleeps === 50 && stop.abort()) },
    );
    expect(lines.at(-1)).toMatch(/^\d+ readings .*not/);
  });

  it('fails, without an oracle, when it may not send', async () => {
    const oracle = join(folder, 'oracle.ndjson');
    weir.intercept = () => ({
      status: 403,
      body: { code: 'insufficient_scope', detail: 'Not with this token.' },
    });
    await expect(run({ oracle })).rejects.toThrow('403 insufficient_scope: Not with this token.');
    expect(existsSync(oracle)).toBe(false);
  });

  it.each([
    ['everything is rejected', 'rejected that should', (count: number) => ({ accepted: 0, all: count })],
    ['garbage is accepted', 'accepted that are garbage', (count: number) => ({ accepted: count, all: 0 })],
  ])('fails, without an oracle, when %s', async (_, message, verdict) => {
    const oracle = join(folder, 'oracle.ndjson');
    weir.intercept = (__, readings) => {
      const { accepted, all } = verdict(readings.length);
      const rejected = Array.from({ length: all }, (___, index) => ({ index, code: 'x', detail: 'y' }));
      return { status: 202, body: { accepted, rejected, requestId: 'r' } };
    };
    await expect(run({ oracle })).rejects.toThrow(message);
    expect(existsSync(oracle)).toBe(false);
  });
});
