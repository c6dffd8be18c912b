/**
 * `nx run process-fn:mutations [-- --only NAME] [-- --write]`: breaks the code in each of the ways of {@link MUTATIONS}, in a
 * copy, and shows that a suite fails. Fails itself where none does. `--write` puts what it saw into docs/exactness.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTATIONS } from './mutations.js';
import { createMutatedTree } from './mutated-tree.js';
import { runSuite } from './run-suite.js';
import { DOCUMENT, rowOf, withTable } from './table.js';

const root = join(import.meta.dirname, '../../../..');

function main(): void {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, write: { type: 'boolean', default: false } },
  });
  const { only, write } = values;
  const chosen = MUTATIONS.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`--only is ${only}, and no mutation has that name`);
  if (write && only !== undefined)
    throw new Error('--write writes the whole table, so it goes without --only');
  const rows: string[] = [];
  const survivors: string[] = [];
  for (const mutation of chosen) {
    const tree = createMutatedTree(root, mutation);
    try {
      const { red, sign } = runSuite(mutation.suite, tree.root);
      console.log(`${red ? 'caught  ' : 'SURVIVES'} ${mutation.name}: ${mutation.suite} ${sign}`);
      if (!red) survivors.push(mutation.name);
      rows.push(rowOf(mutation, sign));
    } finally {
      tree.remove();
    }
  }
  if (survivors.length > 0) throw new Error(`nothing notices: ${survivors.join(', ')}`);
  if (!write) return;
  const path = join(root, DOCUMENT);
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), rows));
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
