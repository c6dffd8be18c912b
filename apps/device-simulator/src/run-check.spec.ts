import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { oracleWindows } from './oracle.js';
import type { OracleWindow } from './oracle.js';
import { writeOracle } from './oracle-file.js';
import { runCheckCommand } from './run-check.js';
import { startFakeWeir } from './testing/fake-weir.js';
import type { FakeWeir } from './testing/fake-weir.js';

const START_MS = Date.UTC(2026, 10, 1, 11, 30);
const MINUTE_MS = 60_000;
let folder: string;
let oracle: string;
let weir: FakeWeir;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'weir-check-'));
  oracle = join(folder, 'oracle.ndjson');
  weir = await startFakeWeir();
  const readings = Array.from({ length: 90 }, (_, place) => ({
    deviceId: `d-${place % 3}`,
    timestamp: START_MS + place * MINUTE_MS,
    metrics: { a: place, b: -place / 7 },
  }));
  const devices = ['d-0', 'd-1', 'd-2'];
  const windows = devices.flatMap((device) =>
    oracleWindows(
      device,
      readings.filter(({ deviceId }) => deviceId === device),
    ),
  );
  expect(await writeOracle(oracle, windows)).toBe(12);
  await send(readings);
});

afterEach(async () => {
  await weir.close();
  rmSync(folder, { recursive: true });
});

async function send(readings: readonly object[]): Promise<void> {
  const body = JSON.stringify({ readings });
  expect((await fetch(`${weir.url}/v1/telemetry`, { method: 'POST', body })).status).toBe(202);
}

/** Checks on a clock that sleeps move. */
async function check(onSleep: () => Promise<void> = () => Promise.resolve()) {
  const out = { result: '', elapsedMs: 0, error: '' };
  let nowMs = START_MS;
  await runCheckCommand(
    { command: 'check', analyticsUrl: weir.url, statusUrl: `${weir.url}/status`, token: 't', oracle },
    {
      signal: new AbortController().signal,
      clock: () => nowMs,
      sleep: async (durationMs) => {
        nowMs += durationMs;
        out.elapsedMs = nowMs - START_MS;
        await onSleep();
      },
      writeLine: () => undefined,
      writeMessage: () => undefined,
      writeResult: (text) => (out.result += text),
      messagesToTerminal: false,
    },
  ).catch((error: unknown) => {
    out.error = String(error);
  });
  return out;
}

function changeLine(place: number, change: (window: OracleWindow) => OracleWindow): void {
  const lines = readFileSync(oracle, 'utf8').trim().split('\n');
  lines[place] = JSON.stringify(change(JSON.parse(lines[place] ?? '') as OracleWindow));
  writeFileSync(oracle, `${lines.join('\n')}\n`);
}

describe('a check', () => {
  it('compares every window of every metric of every device', async () => {
    expect(await check()).toEqual({
      result: '12 windows of 6 series are what they must be\n',
      elapsedMs: 0,
      error: '',
    });
    expect(weir.requests.filter((line) => line.endsWith('/aggregates')).length).toBeGreaterThanOrEqual(6);
  });

  it.each<[number, (window: OracleWindow) => OracleWindow, string]>([
    [0, (window) => ({ ...window, count: 11 }), 'd-0 a 2026-11-01T11:00:00.000Z count: 10 instead of 11'],
    [3, (window) => ({ ...window, max: window.max + 1e-12 }), 'd-0 b 2026-11-01T12:00:00.000Z max: '],
    [4, (window) => ({ ...window, sum: window.sum * (1 + 1e-8) }), 'd-1 a 2026-11-01T11:00:00.000Z sum: '],
    [11, (window) => ({ ...window, p95: window.p95 * 1.03 }), 'd-2 b 2026-11-01T12:00:00.000Z p95: '],
    [11, (window) => ({ ...window, metric: 'c' }), 'd-2 c 2026-11-01T12:00:00.000Z is missing: count '],
  ])('fails and lists a difference in line %i', async (place, change, difference) => {
    changeLine(place, change);
    const { result, error } = await check();
    expect(result.split('\n')).toHaveLength(2);
    expect(result).toContain(difference);
    expect(error).toContain('1 series differ in 1 places');
  });

  it('finds a window too many between two others', async () => {
    const more = { deviceId: 'd-0', timestamp: START_MS + 180 * MINUTE_MS, metrics: { a: 1 } };
    const late = { ...more, timestamp: START_MS + 240 * MINUTE_MS };
    const known = readFileSync(oracle, 'utf8').split('\n');
    const [window] = oracleWindows('d-0', [late]);
    writeFileSync(oracle, [...known.slice(0, 2), JSON.stringify(window), ...known.slice(2)].join('\n'));
    await send([more, late]);
    expect((await check()).result).toBe(
      'd-0 a 2026-11-01T14:00:00.000Z is there with count 1, and should not be\n',
    );
  });

  it('waits for what is in the stream, and asks again for what is still under way', async () => {
    appendFileSync(oracle, `${JSON.stringify(oracleWindows('d-9', [late(0)])[0])}\n`);
    weir.holdBack(4);
    await send([late(0)]);
    const waited = await check();
    expect(waited).toMatchObject({ error: '', result: '13 windows of 7 series are what they must be\n' });
    expect(waited.elapsedMs).toBeGreaterThan(0);

    appendFileSync(oracle, `${JSON.stringify(oracleWindows('e-9', [{ ...late(1), deviceId: 'e-9' }])[0])}\n`);
    const asked = await check(async () => send([{ ...late(1), deviceId: 'e-9' }]));
    expect(asked).toMatchObject({ error: '', result: '14 windows of 8 series are what they must be\n' });
  });

  function late(minute: number) {
    return { deviceId: 'd-9', timestamp: START_MS + minute * MINUTE_MS, metrics: { a: 5 } };
  }

  it.each([
    ['', 'is empty'],
    ['{', ':1: this is not JSON'],
    ['[]', ':1: deviceId must be a text'],
    [
      '{"deviceId":"d","metric":"m","start":"2026-11-01T11:00:00.000Z","count":"1"}',
      ':1: count must be a number',
    ],
  ])('refuses what is no oracle: %s', async (text, message) => {
    writeFileSync(oracle, text);
    expect((await check()).error).toContain(message);
  });

  it('refuses a file that is not there', async () => {
    rmSync(oracle);
    expect((await check()).error).toContain('oracle.ndjson cannot be read: ENOENT');
  });
});
