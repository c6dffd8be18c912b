import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A contract as a page to read. The text stands in the page itself; only its search and its folding need the script that it
 * takes, with its hash, from Redocly's server.
 */
export async function referencePage(contractFile: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weir-reference-'));
  const page = join(folder, 'page.html');
  const redocly = resolve(import.meta.dirname, '../../node_modules/.bin/redocly');
  try {
    await run(redocly, ['build-docs', basename(contractFile), '--output', page], {
      cwd: dirname(contractFile),
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    return readFileSync(page, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
