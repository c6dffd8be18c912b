import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePortBase, workspaceRoot } from '@weir/local-stack';

/** Prism (https://docs.stoplight.io/docs/prism) between a test and an API: it judges both by the contract. */
export interface ContractProxy {
  readonly url: string;
  stop(): Promise<void>;
}

/** One entry of the header `sl-violations`. */
interface Violation {
  readonly location: readonly string[];
  readonly severity: string;
  readonly message: string;
}

/** @param upstream base URL of the analytics API */
export async function startContractProxy(upstream: string): Promise<ContractProxy> {
  const root = workspaceRoot(process.cwd());
  const port = await freePortBase();
  const child = spawn(
    join(root, 'node_modules/.bin/node'),
    [
      join(root, 'node_modules/@stoplight/prism-cli/dist/index.js'),
      ...['proxy', join(root, 'openapi/analytics.v1.yaml'), upstream],
      ...['--port', String(port), '--host', '127.0.0.1'],
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'exit');
  const chunks: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const listening = new Promise<boolean>((proceed) => {
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunk.toString().includes('Prism is listening')) proceed(true);
    });
  });
  if (!(await Promise.race([listening, ended.then(() => false)]))) {
    throw new Error(`Prism did not start:\n${Buffer.concat(chunks).toString()}`);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/**
 * What Prism found in a passing exchange, one sentence each. What a test sends wrong on purpose is no violation as long as the
 * API refuses it too.
 */
export function violationsOf(status: number, headers: Headers): string[] {
  const found = JSON.parse(headers.get('sl-violations') ?? '[]') as Violation[];
  return found
    .filter(({ location }) => location[0] === 'response' || status < 400)
    .map(({ location, severity, message }) => `${severity} at ${location.join('.')}: ${message}`);
}
