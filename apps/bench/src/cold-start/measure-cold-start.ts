import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleOf, FUNCTIONS, type FunctionProject } from '../bundles.js';
import { FUNCTION_VARIABLES } from '../child-process.js';
import { median } from '../median.js';
import { startCountingStream } from '../packing/counting-stream.js';
import { MINUTE_MS } from '../readings.js';
import { startAnsweringStore } from '../throughput/answering-store.js';
import { BLOCK_MS } from '../throughput/device-batch.js';
import { BARE, bundleBare, type Bare } from './bare-client.js';
import type { ColdStart } from './cold-start-process.js';
import { RESOURCES, firstInvocations } from './first-invocations.js';
import { bundleProgram, startOnce } from './start-once.js';
import { TOKEN, startTokenIssuer, type TokenIssuer } from './token-issuer.js';

/** What a function's cold start takes, in CPU time, which other work on the machine disturbs least. */
export interface ColdStartTime {
  readonly project: FunctionProject;
  readonly bareClient: Bare;
  /** Until the module is loaded. */
  readonly load: ComparedTime;
  /** Until the first event is answered, the load included. */
  readonly answered: ComparedTime;
}

export interface ComparedTime {
  /** Median, in milliseconds. */
  readonly cpuMs: number;
  /** By that of the client that the function needs. */
  readonly toBareClient: number;
  /** By that of a handler that does nothing. */
  readonly toEmpty: number;
}

type Started = FunctionProject | Bare;
type CpuTime = 'loadMs' | 'answeredMs';

const CLIENT_OF: Readonly<Record<FunctionProject, Bare>> = {
  'authorizer-fn': 'fetch',
  'ingest-fn': 'kinesis',
  'process-fn': 'dynamodb',
  'analytics-fn': 'dynamodb',
};

/**
 * Each in `runs` fresh processes, by turns, so that all see the same load of the machine. What they call answers at once, from
 * this process.
 *
 * @throws Error naming the function that did not answer as it should
 */
export async function measureColdStarts(runs: number): Promise<ColdStartTime[]> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-bench-'));
  const stream = await startCountingStream();
  const store = await startAnsweringStore();
  const issuer = await startTokenIssuer();
  try {
    const { port } = store.address() as AddressInfo;
    const environment = {
      ...VARIABLES,
      AWS_ENDPOINT_URL_KINESIS: stream.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
      TOKEN_JWKS_URI: issuer.jwksUri,
    };
    return comparedTimes(await startByTurns(runs, folder, environment, issuer));
  } finally {
    stream.close();
    store.close();
    store.closeAllConnections();
    issuer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startByTurns(
  runs: number,
  folder: string,
  environment: NodeJS.ProcessEnv,
  issuer: TokenIssuer,
): Promise<ReadonlyMap<Started, readonly ColdStart[]>> {
  const bundles = new Map<Started, string>();
  for (const bare of Object.keys(BARE) as Bare[])
    bundles.set(bare, pathToFileURL(await bundleBare(bare, folder)).href);
  for (const project of FUNCTIONS) bundles.set(project, bundleOf(project).href);
  const program = await bundleProgram(folder);

  const coldStarts = new Map<Started, ColdStart[]>([...bundles.keys()].map((name) => [name, []]));
  for (let turn = 0; turn < runs; turn += 1) {
    const invocations = firstInvocations(turn, issuer);
    for (const [name, bundle] of bundles) {
      const { event, isAnswered } = invocations[name];
      const coldStart = await startOnce(program, { bundle, event }, environment);
      if (!isAnswered(coldStart.answer))
        throw new Error(`${name} answered ${JSON.stringify(coldStart.answer)}`);
      coldStarts.get(name)?.push(coldStart);
    }
  }
  return coldStarts;
}

function comparedTimes(coldStarts: ReadonlyMap<Started, readonly ColdStart[]>): ColdStartTime[] {
  const medianOf = (name: Started, time: CpuTime): number =>
    median((coldStarts.get(name) ?? []).map((coldStart) => coldStart[time]));
  const compared = (project: FunctionProject, time: CpuTime): ComparedTime => {
    const cpuMs = medianOf(project, time);
    return {
      cpuMs,
      toBareClient: cpuMs / medianOf(CLIENT_OF[project], time),
      toEmpty: cpuMs / medianOf('empty', time),
    };
  };
  return FUNCTIONS.map((project) => ({
    project,
    bareClient: CLIENT_OF[project],
    load: compared(project, 'loadMs'),
    answered: compared(project, 'answeredMs'),
  }));
}

/** As the template has it, Node reads source maps; only the functions have one. */
const VARIABLES = {
  ...FUNCTION_VARIABLES,
  PATH: process.env['PATH'] ?? '',
  NODE_OPTIONS: '--enable-source-maps',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  LAMBDA_TASK_ROOT: '/var/task',
  STAGE: 'bench',
  STREAM_NAME: RESOURCES.stream,
  TABLE_NAME: RESOURCES.table,
  QUARANTINE_BUCKET: 'quarantine',
  BLOCK_MINUTES: String(BLOCK_MS / MINUTE_MS),
  TOKEN_ISSUER: TOKEN.issuer,
  TOKEN_AUDIENCE: TOKEN.audience,
};
