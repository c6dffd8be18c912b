import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { allWindows } from './api.js';
import { startContractProxy, type ContractProxy } from './contract-proxy.js';
import { freePortBase, makeToken, runCli, startStack, type LocalStack } from '@weir/local-stack';
import { readCsv } from './recording.js';
import { expectedWindows, windowDifferences, type ActualWindow } from '@weir/window-oracle';

const HOUR_MS = 3_600_000;
const RESOLUTIONS = { '10m': HOUR_MS / 6, '1h': HOUR_MS, '1d': 24 * HOUR_MS };
const RANGE = { from: '2013-01-01T00:00:00Z', to: '2016-01-01T00:00:00Z' };

const fixtures = resolve(__dirname, '../fixtures/nab');
const GROUPS = [
  { file: 'machine_temperature_excerpt.csv', device: 'machine-1', metric: 'temperature', site: 'mill' },
  { file: 'occupancy_6005.csv', device: 'road-6005', metric: 'occupancy' },
  { file: 'speed_7578.csv', device: 'road-7578', metric: 'speed' },
];

const dataDir = mkdtempSync(join(tmpdir(), 'weir-e2e-'));
const manifest = join(dataDir, '..', `weir-manifest-${process.pid}.json`);
let portBase: number;
let running: LocalStack | undefined;
let proxy: ContractProxy | undefined;

beforeAll(async () => {
  portBase = await freePortBase();
  writeFileSync(
    manifest,
    JSON.stringify(GROUPS.map((group) => ({ ...group, file: join(fixtures, group.file) }))),
  );
});

afterAll(async () => {
  await proxy?.stop();
  await running?.stop();
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(manifest, { force: true });
}, 60_000);

async function replay(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = runCli({ dataDir, portBase, args: [...args, '--exit'] });
  const [code] = (await once(child.process, 'exit')) as [number | null];
  return { code, output: child.output() };
}

/** Every window of every fixture at every resolution, and whatever differs from the CSV's own. */
async function readBack(): Promise<{ windows: ActualWindow[]; differences: string[] }> {
  running = await startStack({ dataDir, portBase });
  proxy ??= await startContractProxy(running.analyticsUrl);
  const token = await makeToken({ dataDir, portBase });
  const windows: ActualWindow[] = [];
  const differences: string[] = [];
  for (const { file, device, metric } of GROUPS) {
    const { points } = readCsv(join(fixtures, file));
    for (const [resolution, lengthMs] of Object.entries(RESOLUTIONS)) {
      const query = { path: `/v1/devices/${device}/aggregates`, metric, resolution, ...RANGE };
      const actual = await allWindows(proxy.url, token, query);
      windows.push(...actual);
      differences.push(
        ...windowDifferences(actual, expectedWindows(points, lengthMs)).map(
          (difference) => `${device} ${resolution} ${difference}`,
        ),
      );
    }
  }
  await running.stop();
  running = undefined;
  return { windows, differences };
}

describe('replaying real sensor data through the whole pipeline', () => {
  let first: ActualWindow[];

  it('SIGKILLed in the middle, it starts again where it was, and the same file again completes it', async () => {
    const child = runCli({
      dataDir,
      portBase,
      args: ['--replay-manifest', manifest, '--rate', '2000', '--exit'],
    });
    const exited = once(child.process, 'exit');
    await until(() => /readings|sent/i.test(child.output()) && archiveOrTableExists());
    await new Promise((proceed) => setTimeout(proceed, 1500));
    child.process.kill('SIGKILL');
    await exited;
    const { code, output } = await replay('--replay-manifest', manifest);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('machine-1') });
  }, 240_000);

  it('answers windows that agree with an independent computation over the files', async () => {
    const { windows, differences } = await readBack();
    expect(differences).toEqual([]);
    expect(windows.length).toBeGreaterThan(1000);
    first = windows;
  }, 120_000);

  it('sent a second time, changes no window', async () => {
    const { code, output } = await replay('--replay-manifest', manifest);
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    const { windows } = await readBack();
    expect(windows).toEqual(first);
  }, 240_000);

  it('says in one sentence what is wrong with a file that cannot be replayed', async () => {
    const { code, output } = await replay(
      '--replay',
      join(fixtures, 'missing.csv'),
      '--device',
      'd',
      '--metric',
      'm',
    );
    expect(code).not.toBe(0);
    expect(output).toContain('missing.csv');
  }, 120_000);
});

function archiveOrTableExists(): boolean {
  return readdirSync(dataDir).length > 0;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((proceed) => setTimeout(proceed, 100));
}
