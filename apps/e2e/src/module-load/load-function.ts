import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a fresh process loaded and took, at two moments. */
export interface FunctionLoad {
  /** Files of the bundle that were loaded with the module. */
  readonly atStart: readonly string[];
  /** Files that the first invocation loaded besides. */
  readonly atInvocation: readonly string[];
  /** CPU time of loading the module, in milliseconds. */
  readonly startCpuMs: number;
  /** CPU time of the first invocation. */
  readonly invocationCpuMs: number;
}

/** Runs in a process of its own: notes every file that is loaded, loads a function and invokes it once. */
const PROGRAM = `
import { registerHooks } from 'node:module';
import { basename } from 'node:path';
const loaded = [];
registerHooks({ load: (url, context, next) => {
  if (url.startsWith('file:')) loaded.push(basename(new URL(url).pathname));
  return next(url, context);
} });
const cpuMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const before = cpuMs();
const { handler } = await import(process.argv[1]);
const started = cpuMs();
const atStart = loaded.splice(0);
process.env._X_AMZN_TRACE_ID = process.argv[2];
const context = { awsRequestId: 'r', functionName: 'f', functionVersion: '1', invokedFunctionArn: 'arn:f', getRemainingTimeInMillis: () => 30000 };
process.stdout.write = () => true;
await Promise.resolve(handler(JSON.parse(process.argv[3]), context)).catch(() => undefined);
const result = { atStart, atInvocation: loaded, startCpuMs: started - before, invocationCpuMs: cpuMs() - started };
process.stderr.write('LOADED ' + JSON.stringify(result) + '\\n', () => process.exit(0));
`;

const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8';

/** An event for each function that it answers without any other service. */
export const EVENTS: Readonly<Record<string, object>> = {
  'process-fn': { Records: [] },
  'ingest-fn': apiEvent('/v1/telemetry'),
  'analytics-fn': apiEvent('/v1/devices'),
  'authorizer-fn': { type: 'TOKEN', methodArn: 'arn:m', authorizationToken: 'Bearer none' },
};

/** A method that no operation is for: answered with 405. */
function apiEvent(resource: string): object {
  return { resource, httpMethod: 'TRACE', headers: {}, body: null, requestContext: { requestId: 'r' } };
}

/** Loads a bundled function in a fresh process, and invokes it once, sampled or not. */
export function loadFunction(root: string, entry: string, project: string, sampled: boolean): FunctionLoad {
  const { stderr } = spawnSync(
    join(root, 'node_modules/.bin/node'),
    [
      '--input-type=module',
      '-e',
      PROGRAM,
      entry,
      `${TRACE};Sampled=${sampled ? 1 : 0}`,
      JSON.stringify(EVENTS[project]),
    ],
    { encoding: 'utf8', env: { ...LAMBDA_VARIABLES, PATH: process.env['PATH'] ?? '' } },
  );
  const [, result] = /^LOADED (.*)$/m.exec(stderr) ?? [];
  if (result === undefined) throw new Error(`${project} does not load:\n${stderr}`);
  return JSON.parse(result) as FunctionLoad;
}

const LAMBDA_VARIABLES = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'f',
  LAMBDA_TASK_ROOT: '/var/task',
  STAGE: 'dev',
  STREAM_NAME: 's',
  TABLE_NAME: 't',
  QUARANTINE_BUCKET: 'q',
  TOKEN_ISSUER: 'https://issuer.example',
  TOKEN_AUDIENCE: 'weir',
  TOKEN_JWKS_URI: 'https://issuer.example/jwks.json',
};
