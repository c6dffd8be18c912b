import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeEnvelope, type EnvelopeReading } from '@weir/telemetry-schema';
import { parseCommandLine } from './command-line.js';
import { runQuery } from './run-query.js';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.UTC(2026, 4, 14, 12);

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'weir-archive-query-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function reading(value: number, overrides: Partial<EnvelopeReading> = {}): EnvelopeReading {
  return { deviceId: 'pump-1', timestamp: NOON_MS, metrics: { flow: value }, ...overrides };
}

function record(receivedAt: number, ...readings: readonly EnvelopeReading[]): Buffer {
  return gzipSync(encodeEnvelope({ version: 1, receivedAt, requestId: `r${receivedAt}`, readings }));
}

/** Puts an object where a local runtime keeps its archive. */
function archive(name: string, ...records: readonly Buffer[]): void {
  const folder = join(dataDir, 's3/weir-dev-archive-000000000000-us-east-1/envelopes/2026/05/14/12');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.gz`), Buffer.concat(records));
}

function query(...args: readonly string[]) {
  return runQuery(parseCommandLine([...args, '--data-dir', dataDir], '/'));
}

const POINTS =
  'SELECT metric, value, revision, received_at_ms FROM distinct_points ORDER BY timestamp_ms, metric';

describe('distinct_points', () => {
  it('has a point once, however often it was sent or delivered', async () => {
    archive('a', record(5, reading(1)), record(6, reading(1)));
    archive('b', record(5, reading(1)));
    expect((await query(POINTS)).rows).toEqual([['flow', 1, 0, 5]]);
  });

  it.each([
    ['the highest revision', [record(5, reading(1)), record(9, reading(3, { revision: 2 }))], 3],
    ['what was received first', [record(6, reading(1)), record(5, reading(3))], 3],
    ['the smaller value of one instant', [record(5, reading(3)), record(5, reading(-1))], -1],
    ['the first of an envelope, whatever the values', [record(5, reading(3), reading(-1))], 3],
    [
      'the first of an envelope before the smaller of two envelopes',
      [record(5, reading(3), reading(-9)), record(5, reading(2))],
      2,
    ],
  ])('takes %s', async (_rule, records, value) => {
    archive('a', ...records);
    archive('b', ...[...records].reverse());
    expect((await query('SELECT value FROM distinct_points')).rows).toEqual([[value]]);
  });

  it('knows metrics, devices and instants apart', async () => {
    archive(
      'a',
      record(5, reading(1, { metrics: { flow: 1, level: 2 } }), reading(3, { timestamp: NOON_MS + 1 })),
      record(6, reading(4, { deviceId: 'pump-2' })),
    );
    const { columns, rows } = await query(
      'SELECT * FROM distinct_points ORDER BY device_id, timestamp_ms, metric',
    );
    expect(columns).toEqual(['device_id', 'timestamp_ms', 'metric', 'value', 'revision', 'received_at_ms']);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['pump-1', NOON_MS, 'flow', 1],
      ['pump-1', NOON_MS, 'level', 2],
      ['pump-1', NOON_MS + 1, 'flow', 3],
      ['pump-2', NOON_MS, 'flow', 4],
    ]);
  });
});

describe('envelopes', () => {
  it('are the archive as it stands, without the records that are none', async () => {
    archive(
      'a',
      record(5, reading(1)),
      Buffer.from('poison'),
      gzipSync('{"version":9}\n'),
      record(6, reading(2)),
    );
    archive('b', record(5, reading(1)));
    const { rows } = await query(
      'SELECT version, receivedAt, len(readings) FROM envelopes ORDER BY receivedAt',
    );
    expect(rows).toEqual([
      [1, 5, 1],
      [1, 5, 1],
      [1, 6, 1],
    ]);
  });

  it('are none where everything is poison', async () => {
    archive('a', Buffer.from('poison'));
    expect((await query('SELECT * FROM envelopes')).rows).toEqual([]);
  });

  it('can be read from a folder that is named', async () => {
    archive('a', record(5, reading(1)));
    const folder = join(dataDir, 's3', readdirSync(join(dataDir, 's3'))[0] ?? '');
    const { rows } = await runQuery(
      parseCommandLine(['SELECT readings FROM envelopes', '--archive', folder], '/'),
    );
    expect(rows).toEqual([
      [[{ deviceId: 'pump-1', timestamp: NOON_MS, metrics: [{ key: 'flow', value: 1 }], revision: null }]],
    ]);
  });
});

describe('points', () => {
  it('are there as often as they arrived, stray records or not', async () => {
    archive('a', record(5, reading(1), reading(2)), Buffer.from('poison'), record(5, reading(1)));
    const columns = 'value, received_at_ms, request_id, position, arrival_hour';
    const { rows } = await query(`SELECT ${columns} FROM points ORDER BY line, position`);
    expect(rows).toEqual([
      [1, 5, 'r5', 1, '2026/05/14/12'],
      [2, 5, 'r5', 2, '2026/05/14/12'],
      [1, 5, 'r5', 1, '2026/05/14/12'],
    ]);
  });
});

describe('named queries', () => {
  it('hourly_averages', async () => {
    const ofHour = [1, 2, 6].map((value, index) =>
      reading(value, { timestamp: NOON_MS + index * 20 * 60_000 }),
    );
    const next = reading(9, { timestamp: NOON_MS + HOUR_MS });
    archive('a', record(5, ...ofHour), record(6, next, reading(7, { deviceId: 'pump-2' }), ...ofHour));
    const range = ['--param', 'from=2026-05-14T12:00:00Z', '--param', 'to=2026-05-14T15:00:00+02:00'];
    const { columns, rows } = await query('--named', 'hourly_averages', '--param', 'device=pump-1', ...range);
    expect(columns).toEqual(['metric', 'hour', 'count', 'avg', 'min', 'max']);
    expect(rows).toEqual([['flow', '2026-05-14T12:00:00.000Z', 3, 3, 1, 6]]);
  });

  it('silent_devices', async () => {
    const receivedAt = Date.now() - 2 * HOUR_MS;
    archive('a', record(receivedAt, reading(1)), record(Date.now(), reading(1, { deviceId: 'pump-2' })));
    archive('b', record(5, reading(1, { deviceId: 'pump-3' })));
    expect((await query('--named', 'silent_devices')).rows).toEqual([
      ['pump-1', new Date(receivedAt).toISOString(), '2026-05-14T12:00:00.000Z'],
    ]);
  });

  it('daily_volume', async () => {
    archive('a', record(5, reading(1), reading(2)), record(5, reading(1), reading(2)));
    archive('b', record(6, reading(1, { deviceId: 'pump-2' })));
    expect((await query('--named', 'daily_volume', '--param', 'day=2026/05/14')).rows).toEqual([
      ['2026/05/14', 'pump-1', 2, 4, 1],
      ['2026/05/14', 'pump-2', 1, 1, 1],
    ]);
    expect((await query('--named', 'daily_volume', '--param', 'day=2026/05/15')).rows).toEqual([]);
  });
});

describe('what cannot be answered', () => {
  it('says where it looked', async () => {
    await expect(query('SELECT 1')).rejects.toThrow(/There are no buckets in .*s3: start Weir/);
    mkdirSync(join(dataDir, 's3/weir-dev-archive-000000000000-us-east-1'), { recursive: true });
    await expect(query('SELECT 1')).rejects.toThrow(/There is no archived object below/);
  });

  it('passes on what the engine says about the SQL', async () => {
    archive('a', record(5, reading(1)));
    await expect(query('SELECT nothing FROM nowhere')).rejects.toThrow(/nowhere/);
  });
});
