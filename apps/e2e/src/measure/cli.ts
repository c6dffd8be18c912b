/**
 * Measures the local runtime on this machine: start to ready, processor time at rest, memory under load. Prints a table,
 * writes it to `reports/measure.json`, and ends with 1 when something is beyond its budget. Needs Linux.
 *
 *     npx nx run e2e:measure -- --readings 500000
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePortBase, makeToken, startStack, waitUntilReady, type LocalStack } from '../local-stack.js';
import { isBounded, summarizeMemory, type RoleMemory } from './memory-record.js';
import { readUsage, type ProcessUsage } from './process-usage.js';
import { countQueryable, sendLoad, spanMs, wholeRequests, type LoadOptions } from './steady-load.js';

const startMsMax = 10_000;
const idleCpuPercentMax = 3;

/** After a start or a load, before processors are at rest: caches fill, batches end, readers ask less often. */
const settleMs = 20_000;
const hourMs = 3_600_000;

interface Line {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  readonly kept: boolean;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      readings: { type: 'string', default: '500000' },
      starts: { type: 'string', default: '3' },
      'idle-seconds': { type: 'string', default: '30' },
    },
  });
  const readings = wholeNumber('readings', values.readings);
  const starts = wholeNumber('starts', values.starts);
  const idleMs = wholeNumber('idle-seconds', values['idle-seconds']) * 1_000;
  if (process.platform !== 'linux') throw new Error('Only Linux shows what processes use in /proc.');
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-measure-'));
  const portBase = await freePortBase();
  const place = { dataDir, portBase };
  let stack: LocalStack | undefined;
  try {
    const lines: Line[] = [];
    for (let run = 1; run <= starts; run += 1) lines.push(startLine(run, await timeStart(place)));
    stack = await startStack(place);
    lines.push(idleLine('at rest after the start', await idlePercent(stack.infoUrl, idleMs)));
    lines.push(...(await measureLoad(stack, await makeToken(place), readings)));
    lines.push(idleLine('at rest after the load', await idlePercent(stack.infoUrl, idleMs)));
    report(lines);
    return lines.every(({ kept }) => kept) ? 0 : 1;
  } finally {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** From `npm start` to ready, with everything built already; milliseconds. */
async function timeStart({ dataDir, portBase }: { dataDir: string; portBase: number }): Promise<number> {
  const startedMs = performance.now();
  const args = ['start', '--', '--no-simulator', '--data-dir', dataDir, '--port-base', String(portBase)];
  const npm = spawn('npm', args, { cwd: join(process.cwd(), '../..'), stdio: 'ignore' });
  const ended = once(npm, 'exit');
  const infoUrl = `http://127.0.0.1:${portBase}`;
  const ready = await Promise.race([waitUntilReady(infoUrl), ended.then(() => false)]);
  const tookMs = performance.now() - startedMs;
  if (!ready) throw new Error('npm start ended before it was ready.');
  const { pid } = (await (await fetch(`${infoUrl}/status`)).json()) as { pid: number };
  process.kill(pid, 'SIGTERM');
  await ended;
  return tookMs;
}

/** Processor time of all processes together, in per cent of one core. */
async function idlePercent(infoUrl: string, durationMs: number): Promise<number> {
  await pause(settleMs);
  const before = await readUsage(infoUrl);
  const startedMs = performance.now();
  await pause(durationMs);
  const after = await readUsage(infoUrl);
  const earlier = new Map(before.map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  const seconds = after.reduce((sum, { pid, cpuSeconds }) => sum + cpuSeconds - (earlier.get(pid) ?? 0), 0);
  return (100_000 * seconds) / (performance.now() - startedMs);
}

async function measureLoad(stack: LocalStack, token: string, readings: number): Promise<Line[]> {
  const options: LoadOptions = { ...stack, token, readings, startMs: Date.now() - spanMs(readings) - hourMs };
  const samples: ProcessUsage[][] = [];
  let running = true;
  const sampling = (async () => {
    while (running) {
      samples.push(await readUsage(stack.infoUrl));
      await pause(1_000);
    }
  })();
  const startedMs = performance.now();
  await sendLoad(options);
  const sentMs = performance.now() - startedMs;
  await untilProcessed(stack.infoUrl);
  const processedMs = performance.now() - startedMs;
  running = false;
  await sampling;

  const sent = wholeRequests(readings);
  const found = await countQueryable(options);
  const rate = (durationMs: number): string => `${Math.round((sent * 1_000) / durationMs)} readings/s`;
  return [
    { what: 'accepted', measured: rate(sentMs), budget: '', kept: true },
    { what: 'accepted and processed', measured: rate(processedMs), budget: '', kept: true },
    { what: 'queryable', measured: `${found} of ${sent}`, budget: 'all', kept: found === sent },
    ...summarizeMemory(samples).map(memoryLine),
  ];
}

async function untilProcessed(infoUrl: string): Promise<void> {
  for (;;) {
    const { stream } = (await (await fetch(`${infoUrl}/status`)).json()) as {
      stream: { records: number } | null;
    };
    if (stream?.records === 0) return;
    await pause(200);
  }
}

function startLine(run: number, tookMs: number): Line {
  const measured = `${(tookMs / 1_000).toFixed(1)} s`;
  return { what: `npm start to ready, ${run}`, measured, budget: '< 10 s', kept: tookMs < startMsMax };
}

function idleLine(when: string, percent: number): Line {
  const measured = `${percent.toFixed(2)} % of a core`;
  return { what: `processor ${when}`, measured, budget: '< 3 %', kept: percent < idleCpuPercentMax };
}

function memoryLine(memory: RoleMemory): Line {
  const mb = (bytes: number): number => Math.round(bytes / 1_048_576);
  const quarters = `${mb(memory.secondQuarterBytes)} → ${mb(memory.lastQuarterBytes)} MB`;
  return {
    what: `memory of ${memory.role} (up to ${memory.processesMax})`,
    measured: `${quarters}, one at most ${mb(memory.peakBytes)} MB`,
    budget: '2nd → last quarter: level',
    kept: isBounded(memory),
  };
}

function report(lines: readonly Line[]): void {
  mkdirSync('reports', { recursive: true });
  writeFileSync('reports/measure.json', `${JSON.stringify(lines, null, 2)}\n`);
  for (const { what, measured, budget, kept } of lines) {
    console.log(`${kept ? ' ' : '✗'} ${what.padEnd(46)} ${measured.padEnd(40)} ${budget}`);
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} must be a whole number from 1, not ${text}.`);
}

function pause(durationMs: number): Promise<void> {
  return new Promise((proceed) => setTimeout(proceed, durationMs));
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
