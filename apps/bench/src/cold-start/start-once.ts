import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { bundleAs } from '../bundles.js';
import type { ColdStart, ColdStartOrder } from './cold-start-process.js';

/** The text of the program that is a container, bundled so that the loader of TypeScript is no part of a cold start. */
export async function bundleProgram(folder: string): Promise<string> {
  const outfile = join(folder, 'cold-start-process.mjs');
  const source = fileURLToPath(new URL('./cold-start-process.ts', import.meta.url));
  await bundleAs('esbuild.config.cjs', { entryPoints: [source] }, outfile);
  return readFileSync(outfile, 'utf8');
}

/**
 * One cold start, in a fresh process.
 *
 * @throws Error where the bundle does not load, or its handler throws; standard error tells more
 */
export async function startOnce(
  program: string,
  order: ColdStartOrder,
  environment: NodeJS.ProcessEnv,
): Promise<ColdStart> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', program, serialize(order).toString('base64')],
    // What a function logs goes nowhere, but is written as on Lambda.
    { env: environment, stdio: ['ignore', 'ignore', 'inherit', 'pipe'] },
  );
  const ended = once(child, 'exit');
  const result = await buffer(child.stdio[3] as Readable);
  const [code, killedBy] = await ended;
  if (code !== 0) throw new Error(`${order.bundle}: the cold start ended with ${code ?? killedBy}`);
  return deserialize(result) as ColdStart;
}
