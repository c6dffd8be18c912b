import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { bundleSizesReport } from './bundle-sizes/report.js';
import { coldStartReport } from './cold-start/report.js';
import { documentOf } from './document.js';
import { keptRun } from './endurance/endurance-run.js';
import { enduranceReport } from './endurance/report.js';
import { endToEndReport } from './end-to-end/report.js';
import { exactnessReport } from './exactness/report.js';
import { packingReport } from './packing/report.js';
import type { Goal, PartReport } from './part-report.js';
import { queriesReport } from './queries/report.js';
import { throughputReport } from './throughput/report.js';
import { wholeNumber } from './whole-number.js';

/** Runs every part by its own command, one after the other, and writes docs/benchmarks.md. */

const { values } = parseArgs({
  options: { devices: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } },
});
const devices = wholeNumber('--devices', values.devices, 1, 100_000);
const DOCUMENT = fileURLToPath(new URL('../../../docs/benchmarks.md', import.meta.url));

interface MeasuredPart {
  readonly part: string;
  readonly result: unknown;
  readonly goals: readonly Goal[];
  readonly section: readonly string[];
}

function measure<Result>(part: string, report: PartReport<Result>, ...args: string[]): MeasuredPart {
  process.stderr.write(`== ${part}\n`);
  const program = fileURLToPath(new URL(`./${part}/cli.ts`, import.meta.url));
  const stdout = execFileSync(process.execPath, [...process.execArgv, program, '--json', ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const result = JSON.parse(stdout) as Result;
  return { part, result, goals: report.goals(result), section: report.section(result) };
}

/** Not measured here, as it takes too long. */
function keptEndurance(): MeasuredPart[] {
  const result = keptRun();
  if (result === undefined) return [];
  const { goals, section } = enduranceReport;
  return [{ part: 'endurance', result, goals: goals(result), section: section(result) }];
}

function versionOf(name: string): string {
  const manifest = fileURLToPath(new URL(`../../../node_modules/${name}/package.json`, import.meta.url));
  return `${name} ${(JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version}`;
}

const startMs = Date.now();
const parts = [
  measure('exactness', exactnessReport, '--devices', String(devices)),
  measure('throughput', throughputReport),
  measure('packing', packingReport),
  measure('queries', queriesReport),
  measure('end-to-end', endToEndReport),
  ...keptEndurance(),
  measure('bundle-sizes', bundleSizesReport),
  measure('cold-start', coldStartReport),
];
if (values.json)
  console.log(JSON.stringify(Object.fromEntries(parts.map(({ part, result }) => [part, result]))));
else {
  const goals = parts.flatMap((part) => part.goals);
  const sections = parts.flatMap((part) => part.section);
  const text = documentOf(goals, sections, {
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
