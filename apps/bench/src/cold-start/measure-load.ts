import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleOf } from '../bundles.js';
import { FUNCTION_VARIABLES } from '../child-process.js';
import { median } from '../median.js';
import { BARE, bundleBare, type Bare } from './bare-client.js';

/** How long a function's module takes to load, in CPU time, which other work on the machine disturbs least. */
export interface LoadTime {
  readonly project: string;
  /** Median, in milliseconds. */
  readonly loadMs: number;
  readonly bareClient: Bare;
  /** By the load of the client that it needs. */
  readonly toBareClient: number;
  /** By the load of a handler that does nothing. */
  readonly toEmpty: number;
}

const CLIENT_OF: Readonly<Record<string, Bare>> = {
  'authorizer-fn': 'empty',
  'ingest-fn': 'kinesis',
  'process-fn': 'dynamodb',
  'analytics-fn': 'dynamodb',
};

const PROGRAM = `
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const before = cpuMs();
await import(process.argv[1]);
process.stdout.write(String(cpuMs() - before), () => process.exit(0));
`;

/** Each in `runs` fresh processes, by turns, so that all see the same load of the machine. */
export async function measureLoads(runs: number): Promise<LoadTime[]> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  try {
    const files = new Map<string, string>();
    for (const bare of Object.keys(BARE) as Bare[])
      files.set(bare, pathToFileURL(await bundleBare(bare, folder)).href);
    for (const project of Object.keys(CLIENT_OF)) files.set(project, bundleOf(project).href);
    const times = new Map<string, number[]>([...files.keys()].map((name) => [name, []]));
    for (let run = 0; run < runs; run += 1)
      for (const [name, file] of files) times.get(name)?.push(loadOnce(file));
    const loadOf = (name: string): number => median(times.get(name) ?? []);
    return Object.entries(CLIENT_OF).map(([project, bareClient]) => ({
      project,
      loadMs: loadOf(project),
      bareClient,
      toBareClient: loadOf(project) / loadOf(bareClient),
      toEmpty: loadOf(project) / loadOf('empty'),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadOnce(file: string): number {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, file],
    {
      encoding: 'utf8',
      env: { ...VARIABLES, PATH: process.env['PATH'] ?? '' },
    },
  );
  if (status !== 0) throw new Error(`${file} does not load:\n${stderr}`);
  return Number(stdout);
}

const VARIABLES = {
  ...FUNCTION_VARIABLES,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  LAMBDA_TASK_ROOT: '/var/task',
  STAGE: 'bench',
  STREAM_NAME: 'telemetry',
  TABLE_NAME: 'telemetry',
  QUARANTINE_BUCKET: 'quarantine',
  TOKEN_ISSUER: 'https://issuer.example',
  TOKEN_AUDIENCE: 'weir',
  TOKEN_JWKS_URI: 'https://issuer.example/jwks.json',
};
