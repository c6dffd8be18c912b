import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { withTables } from './scaling-document.js';
import { scalingTables } from './tables.js';

/** Writes the tables of docs/scaling.md, or with `--check` ends with 1 where they are not what the model says. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const path = fileURLToPath(new URL('../../../../docs/scaling.md', import.meta.url));
const old = readFileSync(path, 'utf8');
const text = await format(withTables(old, scalingTables()), {
  ...(await resolveConfig(path)),
  parser: 'markdown',
});
if (!values.check) writeFileSync(path, text);
else if (text !== old) {
  console.error('docs/scaling.md has other tables than the model: npx nx run bench:scaling');
  process.exitCode = 1;
}
