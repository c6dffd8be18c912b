import type { Mutation } from './mutations.js';

/** Where the table stands, from the root of the workspace. */
export const DOCUMENT = 'docs/exactness.md';

const BEGIN = '<!-- mutations: written by nx run process-fn:mutations -- --write -->';
const END = '<!-- end of mutations -->';
const HEADER = ['| Breakage | In | Caught by | First sign |', '| --- | --- | --- | --- |'];

/** A row of the table: what is broken, in which files, and how the suite noticed. */
export function rowOf({ name, breakage, edits, suite }: Mutation, sign: string): string {
  const files = [...new Set(edits.map(({ file }) => file.slice(file.lastIndexOf('/') + 1)))];
  const cells = [`**${name}** ${breakage}`, files.map((file) => `\`${file}\``).join(', '), suite, sign];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/**
 * The document with these rows in place of those that it has.
 *
 * @throws Error when it has no place for them
 */
export function withTable(document: string, rows: readonly string[]): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT} has no ${BEGIN} and ${END}`);
  return [before + BEGIN, '', ...HEADER, ...rows, '', END + after].join('\n');
}

/** The rows of the document's table. */
export function rowsOf(document: string): string[] {
  const table = document.split(BEGIN)[1]?.split(END)[0] ?? '';
  return table.split('\n').filter((line) => line.startsWith('| **'));
}
