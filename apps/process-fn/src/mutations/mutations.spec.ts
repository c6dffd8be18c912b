import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdit } from './mutated-tree.js';
import { MUTATIONS } from './mutations.js';
import { DOCUMENT, rowOf, rowsOf, withTable } from './table.js';

const root = join(__dirname, '../../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('mutations', () => {
  it('have names of their own', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  });

  it.each(MUTATIONS)('$name still applies to the code', ({ edits }) => {
    const texts = new Map(edits.map(({ file }) => [file, read(file)]));
    for (const edit of edits) {
      const before = texts.get(edit.file) ?? '';
      const after = applyEdit(before, edit);
      expect(after).not.toBe(before);
      texts.set(edit.file, after);
    }
  });

  it('are those of docs/exactness.md, each with what caught it; else run `npx nx run process-fn:mutations -- --write`', () => {
    const rows = rowsOf(read(DOCUMENT));
    expect(rows).toHaveLength(MUTATIONS.length);
    MUTATIONS.forEach((mutation, index) => {
      const sign = rows[index]?.split(' | ').at(-1)?.replace(/ \|$/, '') ?? '';
      expect(sign.trim()).not.toBe('');
      expect(rows[index]).toBe(rowOf(mutation, sign.replaceAll('\\|', '|')));
    });
  });
});

describe('applyEdit', () => {
  const edit = { file: 'a.ts', find: 'x + 1', replace: '$&' };

  it('puts the replacement in as it is', () => {
    expect(applyEdit('y = x + 1;', edit)).toBe('y = $&;');
  });

  it.each(['y = x;', 'x + 1 + x + 1'])('refuses a text that does not occur exactly once: %s', (text) => {
    expect(() => applyEdit(text, edit)).toThrow('a.ts: occurs');
  });
});

describe('withTable', () => {
  it('replaces the rows that are there, and refuses a document without a place for them', () => {
    const document = read(DOCUMENT);
    const once = withTable(document, ['| **a** b | c | d | e |']);
    expect(rowsOf(once)).toEqual(['| **a** b | c | d | e |']);
    expect(withTable(once, rowsOf(document))).toBe(document);
    expect(() => withTable('# Title', [])).toThrow(DOCUMENT);
  });
});
