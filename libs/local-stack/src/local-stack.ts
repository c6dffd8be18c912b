import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** The folder of the whole repository. */
export const root = workspaceRoot(process.cwd());
/** What `npx nx synth infra-cdk` has written. */
export const synthesisedAssembly = join(root, 'apps/infra-cdk/cdk.out');
const node = join(root, 'node_modules/.bin/node');
const cli = join(root, 'apps/local-runtime/dist/cli.mjs');

/** A local runtime of its own: other ports and another data folder than anybody else's. */
export interface LocalStack {
  readonly portBase: number;
  readonly infoUrl: string;
  readonly ingestUrl: string;
  readonly analyticsUrl: string;
  readonly process: ChildProcess;
  /** How it ended: exit code, or the signal that ended it. */
  readonly ended: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  /** Everything that it printed so far. */
  output(): string;
  /**
   * As Ctrl-C does; resolves with the exit code once everything has ended.
   *
   * @throws when one of the answers until then was not what the contract of its API allows, or a function called what its
   *   role does not allow
   */
  stop(): Promise<number | null>;
  /** SIGKILL, which leaves it no time for anything. */
  kill(): Promise<void>;
}

export interface RunOptions {
  readonly dataDir: string;
  readonly portBase: number;
  readonly args?: readonly string[];
  /** Another cloud assembly than that of infra-cdk. */
  readonly assembly?: string;
  /** Where what it prints is written as well. */
  readonly outputFile?: string;
}

/** Starts the local runtime's command as `npm start` does, and collects what it prints. */
export function runCli({ dataDir, portBase, args = [], assembly, outputFile }: RunOptions): {
  process: ChildProcess;
  output(): string;
} {
  const child = spawn(
    node,
    [
      cli,
      ...['--assembly', assembly ?? synthesisedAssembly],
      ...['--simulator', join(root, 'apps/device-simulator/dist/cli.mjs')],
      ...['--parameter', 'TokenIssuer={issuer}', '--parameter', 'TokenJwksUri={jwksUri}'],
      ...['--port-base', String(portBase), '--data-dir', dataDir],
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  const chunks: Buffer[] = [];
  const collect = (chunk: Buffer): void => {
    chunks.push(chunk);
    if (outputFile !== undefined) appendFileSync(outputFile, chunk);
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return { process: child, output: () => Buffer.concat(chunks).toString() };
}

/** Starts a runtime without simulator and waits until it says that it is ready. */
export async function startStack(options: RunOptions): Promise<LocalStack> {
  const { portBase } = options;
  const { process: child, output } = runCli({
    ...options,
    args: ['--no-simulator', ...(options.args ?? [])],
  });
  const ended = once(child, 'exit') as LocalStack['ended'];
  const infoUrl = `http://127.0.0.1:${portBase}`;
  const ready = await Promise.race([waitUntilReady(infoUrl), ended.then(() => false)]);
  if (!ready) throw new Error(`The local runtime did not start:\n${output()}`);
  return {
    portBase,
    infoUrl,
    ingestUrl: `http://127.0.0.1:${portBase + 1}`,
    analyticsUrl: `http://127.0.0.1:${portBase + 2}`,
    process: child,
    ended,
    output,
    async stop() {
      child.kill('SIGINT');
      const [code] = await ended;
      requireContract(output());
      requireRoles(output());
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** @throws when the runtime has told of an answer that the contract of its API does not allow */
export function requireContract(output: string): void {
  const told = output.split('\n').filter((line) => line.includes('does not allow this answer'));
  if (told.length > 0) throw new Error([...new Set(told)].join('\n'));
}

/** @throws when the runtime has refused a function what its role does not allow */
export function requireRoles(output: string): void {
  const told = output.split('\n').filter((line) => / is refused .* which its role /.test(line));
  if (told.length > 0) throw new Error(told.join('\n'));
}

/** Waits until a runtime says that it is ready, however long that takes. */
export async function waitUntilReady(infoUrl: string): Promise<boolean> {
  for (;;) {
    const status = await fetch(`${infoUrl}/status`)
      .then((response) => response.json() as Promise<{ ready: boolean }>)
      .catch(() => ({ ready: false }));
    if (status.ready) return true;
    await new Promise((proceed) => setTimeout(proceed, 100));
  }
}

/** Waits until everything that was accepted before is part of the answers, however long that takes. */
export async function waitUntilQueryable(infoUrl: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${infoUrl}/status`);
    const { stream } = (await response.json()) as { stream: { records: number } };
    if (stream.records === 0) return;
    await new Promise((proceed) => setTimeout(proceed, 100));
  }
}

/** A token of the runtime that owns this data folder. */
export async function makeToken(options: RunOptions): Promise<string> {
  const child = spawn(
    node,
    [
      cli,
      'token',
      '--data-dir',
      options.dataDir,
      '--port-base',
      String(options.portBase),
      ...(options.args ?? []),
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`token ended with ${code}`);
  return Buffer.concat(chunks).toString().trim();
}

/** The folder of the whole repository, from any folder in it. */
export function workspaceRoot(folder: string): string {
  if (existsSync(join(folder, 'nx.json'))) return folder;
  if (dirname(folder) === folder) throw new Error(`${process.cwd()} is not inside the repository.`);
  return workspaceRoot(dirname(folder));
}

/** The first of three neighbouring ports that nobody listens on. */
export async function freePortBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all([0, 1, 2].map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const probe = createServer();
    probe.once('error', () => settle(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => settle(true)));
  });
}
