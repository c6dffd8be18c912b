import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../../../..');

/** Runs a part of the benchmark as its command does, and answers what it prints with `--json`. */
export async function runPart<Result>(part: string, ...args: string[]): Promise<Result> {
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/node'),
    ['--import', 'tsx', '--conditions=@weir/source', `src/${part}/cli.ts`, '--json', ...args],
    { cwd: join(root, 'apps/bench'), maxBuffer: 64 * 1024 * 1024 },
  );
  return JSON.parse(stdout) as Result;
}
