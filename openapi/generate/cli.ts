import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { generateAll } from './outputs.js';

/** Writes all generated files, or with `--check` only tells which differ and fails. */
const workspaceRoot = resolve(import.meta.dirname, '../..');
const check = process.argv.includes('--check');
const stale: string[] = [];

for (const [path, text] of await generateAll(workspaceRoot)) {
  const file = resolve(workspaceRoot, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (check && stale.length > 0) {
  console.error(
    `These files differ from what the contracts generate:\n${stale.map((path) => `  ${path}`).join('\n')}\nRun \`npm run generate\` and commit.`,
  );
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'Everything generated is up to date.' : `Written:\n${stale.join('\n')}`);
}
