import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root, type LocalStack } from '@weir/local-stack';

const node = join(root, 'node_modules/.bin/node');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where the engines of a runtime listen, as `GET /status` names them. */
export type Engines = Readonly<Record<'kinesis' | 'dynamodb' | 's3', { readonly endpoint: string }>>;

export async function enginesOf({ infoUrl }: Pick<LocalStack, 'infoUrl'>): Promise<Engines> {
  const { engines } = (await (await fetch(`${infoUrl}/status`)).json()) as { engines: Engines };
  return engines;
}

/** Runs `weir` with an environment that names the engines, as it would name another place. */
export async function runWeir(engines: Engines, ...args: readonly string[]): Promise<Ended> {
  return run(['apps/operations/dist/cli.mjs', ...args], {
    AWS_ENDPOINT_URL_KINESIS: engines.kinesis.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: engines.dynamodb.endpoint,
    AWS_ENDPOINT_URL_S3: engines.s3.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
}

/** Runs a script of the workspace, such as `query`, as npm does. */
export async function runScript(name: string, ...args: readonly string[]): Promise<Ended> {
  return run(['tools/run.mjs', name, ...args], {});
}

async function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const child = spawn(node, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}
