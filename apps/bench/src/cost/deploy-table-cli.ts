import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { deployTable } from './deploy-table.js';

/** Writes the table of costs in docs/deploy.md anew. */

const FILE = fileURLToPath(new URL('../../../../docs/deploy.md', import.meta.url));
const lines = readFileSync(FILE, 'utf8').split('\n');
const isRow = (line: string): boolean => line.startsWith('|');
const first = lines.findIndex(isRow);
const count = lines.slice(first).findIndex((line) => !isRow(line));
const [head = '', alignment = '', ...rows] = deployTable().split('\n');
const aligned = alignment.replaceAll('---', '---:').replace('---:', '---');
lines.splice(first, count, head, aligned, ...rows);
writeFileSync(FILE, await format(lines.join('\n'), { ...(await resolveConfig(FILE)), parser: 'markdown' }));
console.log(`Written: ${FILE}`);
