import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePortBase, root, waitUntilReady } from '@weir/local-stack';
import { cpuByRole, recordUsage } from '../end-to-end/usage-recorder.js';

/** After a start or a load, before processors are at rest: caches fill, batches end, readers ask less often. */
const SETTLE_MS = 20_000;

/** From `npm start` to ready, with everything built already; milliseconds. */
export async function timeStart(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-start-'));
  const portBase = await freePortBase();
  const startMs = performance.now();
  const args = ['start', '--', '--no-simulator', '--data-dir', dataDir, '--port-base', String(portBase)];
  const npm = spawn('npm', args, { cwd: root, stdio: 'ignore' });
  const ended = once(npm, 'exit');
  const infoUrl = `http://127.0.0.1:${portBase}`;
  const ready = await Promise.race([waitUntilReady(infoUrl), ended.then(() => false)]);
  const tookMs = performance.now() - startMs;
  if (!ready) throw new Error('npm start ended before it was ready.');
  const { pid } = (await (await fetch(`${infoUrl}/status`)).json()) as { pid: number };
  process.kill(pid, 'SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
  return tookMs;
}

/** CPU time of all processes of a runtime together while nothing is sent, in per cent of one core. */
export async function idlePercent(infoUrl: string, durationMs: number): Promise<number> {
  await pause(SETTLE_MS);
  const startMs = performance.now();
  const { usage } = await recordUsage(infoUrl, () => pause(durationMs));
  const seconds = Object.values(cpuByRole(usage.samples)).reduce((sum, each) => sum + each, 0);
  return (100_000 * seconds) / (performance.now() - startMs);
}
