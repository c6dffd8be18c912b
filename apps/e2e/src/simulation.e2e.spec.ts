import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePortBase, makeToken, root, startStack, type LocalStack } from '@weir/local-stack';

/** Everything that devices do wrong, often. */
const PROFILE = `
sites:
  - { site: mill, model: P-1, prefix: pump-, devices: 12 }
  - { site: yard, model: T-2, prefix: 'tank:', devices: 8 }
models:
  P-1:
    - { name: flow, unit: l/min, level: 12, noise: 1, steps: { everyHours: 1, size: 3 } }
  T-2:
    - { name: level, unit: m, level: 2, noise: 0.1, decimals: 4, drift: { perDay: 0.5, resetDays: 1 } }
    - { name: temperature, unit: Cel, level: 0, dailySwing: 4, noise: 3 }
intervalSeconds: 0.5
jitterSeconds: 0.2
skewSeconds: 200
offline: { probability: 0.3, slotSeconds: 2 }
duplicates: 0.2
corrections: 0.2
garbage: 0.05
`;
const SECONDS = 10;

const dataDir = mkdtempSync(join(tmpdir(), 'weir-simulation-'));
let stack: LocalStack | undefined;

afterAll(async () => {
  await stack?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

it('a fleet with everything that goes wrong comes to what its oracle says, window by window', async () => {
  const seed = String(Math.floor(Math.random() * 1e9));
  process.stdout.write(`seed ${seed}\n`);
  const run = { dataDir, portBase: await freePortBase() };
  const { infoUrl, ingestUrl, analyticsUrl } = (stack = await startStack(run));
  const token = await makeToken(run);
  const [profile, oracle] = [join(dataDir, 'profile.yaml'), join(dataDir, 'oracle.ndjson')];
  writeFileSync(profile, PROFILE);
  const simulator = (...args: string[]): Promise<Ended> => runSimulator(args, token);

  const urls = ['--ingest-url', ingestUrl, '--analytics-url', analyticsUrl];
  const options = ['--profile', profile, '--duration', `${SECONDS}s`, '--seed', seed, '--oracle', oracle];
  const simulated = await simulator('simulate', ...urls, ...options);
  expect(simulated).toMatchObject({ exitCode: 0 });
  expect(simulated.output).toMatch(/, [1-9]\d* of them garbage/);

  const lines = readFileSync(oracle, 'utf8').trim().split('\n');
  const windows = lines.map(
    (line) => JSON.parse(line) as { deviceId: string; metric: string; count: number },
  );
  expect(new Set(windows.map(({ deviceId }) => deviceId)).size).toBe(20);
  const flow = windows.filter(({ metric }) => metric === 'flow');
  expect(flow.reduce((sum, { count }) => sum + count, 0)).toBe(12 * 2 * SECONDS);

  const check = ['check', oracle, '--analytics-url', analyticsUrl, '--status-url', `${infoUrl}/status`];
  expect(await simulator(...check)).toEqual({
    exitCode: 0,
    output: `${lines.length} windows of 28 series are what they must be\n`,
  });

  const [first = '', ...others] = lines;
  writeFileSync(oracle, [first.replace(/"count":\d+/, '"count":1000'), ...others].join('\n'));
  const failed = await simulator(...check);
  expect(failed.exitCode).toBe(1);
  expect(failed.output).toMatch(/^\S+ \S+ \S+ count: \d+ instead of 1000\n$/);
}, 150_000);

interface Ended {
  readonly exitCode: number | null;
  /** What it wrote to its standard output. */
  readonly output: string;
}

async function runSimulator(args: readonly string[], token: string): Promise<Ended> {
  const program = join(root, 'apps/device-simulator/dist/cli.mjs');
  const child = spawn(join(root, 'node_modules/.bin/node'), [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, WEIR_TOKEN: token },
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, output: Buffer.concat(chunks).toString() };
}
