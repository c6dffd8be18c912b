import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { documentOf } from './document.js';
import type { Measurements } from './goals.js';
import { wholeNumber } from './whole-number.js';

/** Runs every part by its own command, one after the other, and writes docs/benchmarks.md. */

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } },
});
const devices = wholeNumber('--devices', values.devices, 1, 100_000);
const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

function run<Result>(part: string, ...args: string[]): Result {
  process.stderr.write(`== ${part}\n`);
  const program = fileURLToPath(new URL(`./${part}/cli.ts`, import.meta.url));
  const stdout = execFileSync(process.execPath, [...process.execArgv, program, '--json', ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(stdout) as Result;
}

function versionOf(name: string): string {
  const manifest = fileURLToPath(new URL(`../../../node_modules/${name}/package.json`, import.meta.url));
  return `${name} ${(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version}`;
}

const startMs = Date.now();
const measured: Measurements = {
  bundles: run('bundle-sizes'),
  loads: run('cold-start'),
  packing: run('packing'),
  queries: run('queries'),
  exactness: run('exactness', '--devices', String(devices)),
};
if (values.json) console.log(JSON.stringify(measured));
else {
  const text = documentOf(measured, {
    date: new Date(startMs).toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`,
    versions: [
      `Node ${process.version}`,
      versionOf('@dynoxide/linux-x64'),
      versionOf('@aws-sdk/client-dynamodb'),
      versionOf('@aws-lambda-powertools/idempotency'),
    ].join(', '),
    seconds: Math.round((Date.now() - startMs) / 1000),
  });
  writeFileSync(DOCUMENT, await format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' }));
  console.log(`Written: ${DOCUMENT}`);
}
