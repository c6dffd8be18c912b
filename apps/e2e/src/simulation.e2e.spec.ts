import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAnalyticsClient, type AggregateWindow } from '@weir/analytics-client';
import {
  freePortBase,
  makeToken,
  root,
  startStack,
  waitUntilQueryable,
  type LocalStack,
} from './local-stack.js';

interface OracleLine {
  readonly deviceId: string;
  readonly metric: string;
  readonly start: string;
  readonly count: number;
  readonly sum: number;
}

/** Everything that devices do wrong, often. */
const PROFILE = {
  sites: [
    { site: 'mill', model: 'P-1', prefix: 'pump-', devices: 12 },
    { site: 'yard', model: 'T-2', prefix: 'tank:', devices: 8 },
  ],
  models: {
    'P-1': [{ name: 'flow', unit: 'l/min', level: 12, noise: 1, steps: { everyHours: 1, size: 3 } }],
    'T-2': [
      { name: 'level', unit: 'm', level: 2, noise: 0.1, decimals: 4, drift: { perDay: 0.5, resetDays: 1 } },
      { name: 'temperature', unit: 'Cel', level: 9, dailySwing: 4 },
    ],
  },
  intervalSeconds: 0.5,
  jitterSeconds: 0.2,
  skewSeconds: 200,
  offline: { probability: 0.3, slotSeconds: 2 },
  duplicates: 0.2,
  corrections: 0.2,
  garbage: 0.05,
};
const SECONDS = 10;

const dataDir = mkdtempSync(join(tmpdir(), 'weir-simulation-'));
let stack: LocalStack | undefined;

afterAll(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

it('a fleet with everything that goes wrong comes to what its oracle says', async () => {
  const seed = String(Math.floor(Math.random() * 1e9));
  process.stdout.write(`seed ${seed}\n`);
  const run = { dataDir, portBase: await freePortBase() };
  stack = await startStack(run);
  const token = await makeToken(run);
  const [profile, oracle] = [join(dataDir, 'profile.json'), join(dataDir, 'oracle.ndjson')];
  writeFileSync(profile, JSON.stringify(PROFILE));
  const output = await simulate(stack, token, ['--profile', profile, '--seed', seed, '--oracle', oracle]);
  expect(output).toMatch(/, [1-9]\d* rejected/);
  await waitUntilQueryable(stack.infoUrl);

  const lines = readFileSync(oracle, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OracleLine);
  expect(new Set(lines.map(({ deviceId }) => deviceId)).size).toBe(20);
  const series = new Map(
    lines.map(({ deviceId, metric }) => [`${deviceId} ${metric}`, { deviceId, metric }]),
  );
  expect(lines.filter(({ metric }) => metric === 'flow').reduce((sum, { count }) => sum + count, 0)).toBe(
    12 * 2 * SECONDS,
  );
  const client = createAnalyticsClient({ baseUrl: stack.analyticsUrl, token });
  for (const { deviceId, metric } of series.values()) {
    const expected = lines.filter((line) => line.deviceId === deviceId && line.metric === metric);
    const [from, to] = [
      Date.parse(expected[0]?.start ?? ''),
      Date.parse(expected.at(-1)?.start ?? '') + 3_600_000,
    ];
    const windows: AggregateWindow[] = [];
    const query = { deviceId, metric, resolution: '1h', from, to } as const;
    for await (const window of client.aggregates(query)) windows.push(window);
    expect(windows).toHaveLength(expected.length);
    for (const [place, { deviceId: _device, metric: _metric, sum, ...exact }] of expected.entries()) {
      expect(windows[place]).toMatchObject(exact);
      // The sum of an hour is that of its blocks' sums, which rounds elsewhere.
      expect(Math.abs((windows[place]?.sum ?? 0) - sum)).toBeLessThan(1e-9 * Math.abs(sum));
    }
  }
}, 120_000);

async function simulate(
  { ingestUrl, analyticsUrl }: LocalStack,
  token: string,
  args: string[],
): Promise<string> {
  const program = join(root, 'apps/device-simulator/dist/cli.mjs');
  const urls = ['--ingest-url', ingestUrl, '--analytics-url', analyticsUrl];
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [program, 'simulate', ...urls, '--duration', `${SECONDS}s`, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, WEIR_TOKEN: token } },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The simulator ended with ${code}`);
  return Buffer.concat(chunks).toString();
}
