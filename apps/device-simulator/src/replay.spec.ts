import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ReplayCommand } from './command-line.js';
import { runReplayCommand } from './run-replay.js';
import { startFakeWeir } from './testing/fake-weir.js';
import type { FakeWeir } from './testing/fake-weir.js';

let folder: string;
let weir: FakeWeir;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-replay-'));
  weir = await startFakeWeir();
});

afterEach(async () => {
  await weir.close();
  await rm(folder, { recursive: true });
});

const START_MS = Date.UTC(2013, 11, 2, 21, 15);
const FIVE_MINUTES_MS = 300_000;

/** Rows five minutes apart, of which row 3 repeats the timestamp of row 2 with another value. */
function makeCsv(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const place = index === 3 ? 2 : index;
    const timestamp = new Date(START_MS + place * FIVE_MINUTES_MS)
      .toISOString()
      .slice(0, 19)
      .replace('T', ' ');
    return `${timestamp},${index + 0.5}`;
  });
  return ['timestamp,value', ...lines, ''].join('\n');
}

async function makeFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** Runs a replay on a clock that every sleep moves on. */
async function run(
  source: ReplayCommand['source'],
  options: Partial<ReplayCommand> = {},
  signal?: AbortSignal,
) {
  const out = { result: '', messages: '', elapsedMs: 0 };
  let nowMs = START_MS;
  const command: ReplayCommand = {
    command: 'replay',
    ingestUrl: weir.url,
    analyticsUrl: weir.url,
    statusUrl: `${weir.url}/status`,
    token: 't',
    source,
    timestampColumn: 'timestamp',
    valueColumn: 'value',
    ratePerSecond: undefined,
    batchReadings: 10,
    ...options,
  };
  await runReplayCommand(command, {
    signal: signal ?? new AbortController().signal,
    clock: () => nowMs,
    sleep: async (durationMs, sleepSignal) => {
      nowMs += durationMs;
      out.elapsedMs = nowMs - START_MS;
      await new Promise((resolve) => setImmediate(resolve));
      sleepSignal.throwIfAborted();
    },
    writeLine: (line) => (out.messages += `${line}\n`),
    writeMessage: (text) => (out.messages += text),
    writeResult: (text) => (out.result += text),
    messagesToTerminal: false,
  });
  return out;
}

describe('a replay', () => {
  it('sends a file in its order and reports what became of it', async () => {
    const file = await makeFile('a.csv', makeCsv(100));
    weir.holdBack(4);

    const { result } = await run({ group: { file, device: 'machine-1', metric: 'temperature' } });

    expect(weir.accepted.map(({ metrics }) => metrics['temperature'])).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 0.5),
    );
    const lines = result.trim().split('\n');
    expect(lines[0]).toBe('machine-1 temperature: hourly averages, 9 windows');
    expect(lines[1]).toMatch(/^hour +count +avg +min +max$/);
    expect(lines[2]).toMatch(/^2013-12-02T21:00Z +8 +4.625 +0.5 +8.5$/);
    expect(lines[5]).toBe('…');
    expect(lines[8]).toMatch(/^2013-12-03T05:00Z +7 +96.5 +93.5 +99.5$/);
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('sent 100, accepted 100, rejected 0, duplicate 1, stored 99');
  });

  it('stores nothing the second time', async () => {
    const file = await makeFile('a.csv', makeCsv(30));
    const group = { file, device: 'machine-1', metric: 'temperature' };

    await run({ group });
    const { result } = await run({ group });

    expect(result).toContain('sent 30, accepted 30, rejected 0, duplicate 30, stored 0');
  });

  it('does not count as stored what an earlier run left in the stream', async () => {
    const file = await makeFile('a.csv', makeCsv(30));
    const group = { file, device: 'machine-1', metric: 'temperature' };
    await run({ group });
    const other = await makeFile('b.csv', makeCsv(60));
    weir.holdBack(3);

    const { result } = await run({ group: { ...group, file: other } });

    expect(result).toContain('sent 60, accepted 60, rejected 0, duplicate 30, stored 30');
  });

  it('goes without a status page', async () => {
    const file = await makeFile('a.csv', makeCsv(20));

    const { result } = await run(
      { group: { file, device: 'machine-1', metric: 'temperature' } },
      { statusUrl: undefined },
    );

    expect(result).toContain('stored 19');
  });

  it('shows unreadable rows by line and counts them as rejected', async () => {
    const file = await makeFile('a.csv', `${makeCsv(5)}never,1\n2013-12-03,x\n`);

    const { result, messages } = await run({ group: { file, device: 'machine-1', metric: 'temperature' } });

    expect(messages).toContain('2 unreadable rows are not sent:\n');
    expect(messages).toContain(`${file}:7: "never" is no timestamp\n`);
    expect(messages).toContain(`${file}:8: "x" is no finite number\n`);
    expect(result).toContain('sent 5, accepted 5, rejected 2, duplicate 1, stored 4');
  });

  it('does not wait for readings that the API rejects', async () => {
    const file = await makeFile('a.csv', makeCsv(5));
    weir.intercept = (request, readings) =>
      request === 'POST /v1/telemetry' && readings.length === 5
        ? {
            status: 202,
            body: {
              accepted: 0,
              rejected: readings.map((_, index) => ({ index, code: 'timestamp_too_old', detail: 'too old' })),
              requestId: 'r',
            },
          }
        : undefined;

    await expect(run({ group: { file, device: 'machine-1', metric: 'temperature' } })).rejects.toThrow(
      `None of the 5 readings of ${file} was accepted`,
    );
  });

  it('survives an outage and keeps the order', async () => {
    const file = await makeFile('a.csv', makeCsv(40));
    let requests = 0;
    weir.intercept = (request) =>
      request === 'POST /v1/telemetry' && ++requests % 2 === 1 ? { status: 503 } : undefined;

    const { result } = await run({ group: { file, device: 'machine-1', metric: 'temperature' } });

    expect(weir.accepted.map(({ metrics }) => metrics['temperature'])).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 0.5),
    );
    expect(result).toContain('sent 40, accepted 40, rejected 0, duplicate 1, stored 39');
  });

  it('sends no faster than it is told to', async () => {
    const file = await makeFile('a.csv', makeCsv(21));

    const { elapsedMs } = await run(
      { group: { file, device: 'machine-1', metric: 'temperature' } },
      { ratePerSecond: 8 },
    );

    expect(elapsedMs).toBeGreaterThanOrEqual(20 * 125);
  });

  it('takes several groups from a manifest, those of one device in order', async () => {
    await makeFile('a.csv', makeCsv(20));
    await makeFile('b.csv', makeCsv(30));
    const manifest = await makeFile(
      'manifest.json',
      JSON.stringify([
        { file: 'a.csv', device: 'machine-1', metric: 'temperature', site: 'plant-1' },
        { file: 'b.csv', device: 'machine-2', metric: 'speed' },
        { file: 'b.csv', device: 'machine-1', metric: 'temperature' },
      ]),
    );
    weir.registry.set('machine-1', {
      deviceId: 'machine-1',
      model: 'M-1',
      metrics: { temperature: { unit: 'Cel' } },
      effectiveFrom: '2013-01-01T00:00:00.000Z',
    });

    const { result } = await run({ manifest });

    expect(result).toContain('sent 20, accepted 20, rejected 0, duplicate 1, stored 19');
    expect(result).toContain('sent 30, accepted 30, rejected 0, duplicate 1, stored 29');
    expect(result).toContain('sent 30, accepted 30, rejected 0, duplicate 20, stored 10');
    expect(weir.registry.get('machine-1')).toMatchObject({
      siteId: 'plant-1',
      model: 'M-1',
      metrics: { temperature: { unit: 'Cel' } },
    });
    const machine1 = weir.accepted.filter(({ deviceId }) => deviceId === 'machine-1');
    expect(machine1.map(({ metrics }) => metrics['temperature'])).toEqual(
      [20, 30].flatMap((rows) => Array.from({ length: rows }, (_, index) => index + 0.5)),
    );
  });
});

describe('a replay that cannot end well', () => {
  it('says what is missing when nothing moves any more', async () => {
    const file = await makeFile('a.csv', makeCsv(20));
    weir.quarantines = ({ metrics }) => (metrics['temperature'] ?? 0) > 15;

    await expect(run({ group: { file, device: 'machine-1', metric: 'temperature' } })).rejects.toMatchObject({
      name: 'ReplayError',
      message:
        '5 readings of machine-1 temperature (2013-12-02T22:30:00.000Z to 2013-12-02T22:50:00.000Z) were accepted ' +
        'but cannot be queried, and nothing has moved for 120 s; the stream is 0 records behind. ' +
        'They may be in quarantine.',
    });
  });

  it('sends nothing at all when one of its files is bad', async () => {
    await makeFile('good.csv', makeCsv(20));
    await makeFile('bad.csv', 'time,value\n');
    const groups = ['good', 'bad'].map((name) => ({ file: `${name}.csv`, device: name, metric: 'm' }));
    const manifest = await makeFile('manifest.json', JSON.stringify(groups));

    await expect(run({ manifest })).rejects.toThrow('bad.csv:1: there is no column "timestamp"');
    expect(weir.requests).toEqual([]);
  });

  it('gives the reason of the API', async () => {
    const file = await makeFile('a.csv', makeCsv(20));
    weir.intercept = (request) =>
      request === 'POST /v1/telemetry'
        ? { status: 403, body: { code: 'insufficient_scope', detail: 'telemetry:write is needed.' } }
        : undefined;

    await expect(run({ group: { file, device: 'machine-1', metric: 'temperature' } })).rejects.toThrow(
      '403 insufficient_scope: telemetry:write is needed.',
    );
  });

  it('ends all devices with the first that fails', async () => {
    await makeFile('a.csv', makeCsv(20));
    await makeFile('b.csv', makeCsv(20));
    const groups = ['a', 'b'].map((name) => ({ file: `${name}.csv`, device: name, metric: 'm' }));
    const manifest = await makeFile('manifest.json', JSON.stringify(groups));
    weir.quarantines = ({ deviceId }) => deviceId === 'b';
    weir.intercept = (request) =>
      request === 'GET /v1/devices/a/aggregates'
        ? { status: 403, body: { code: 'device_not_allowed' } }
        : undefined;

    await expect(run({ manifest })).rejects.toThrow('403 device_not_allowed');
  });

  it('stops when it is told to', async () => {
    const file = await makeFile('a.csv', makeCsv(40));
    const stop = new AbortController();
    weir.intercept = (request) => {
      if (request === 'POST /v1/telemetry') stop.abort(new Error('Stopped by SIGINT'));
      return undefined;
    };

    await expect(
      run({ group: { file, device: 'machine-1', metric: 'temperature' } }, {}, stop.signal),
    ).rejects.toThrow('Stopped by SIGINT');
  });
});
