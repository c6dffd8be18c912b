/**
 * A document in Markdown with each table put where its name stands, between `<!-- table: name -->` and `<!-- end -->`.
 *
 * @throws Error naming a table without a place, or a place without a table
 */
export function withTables(document: string, tables: Readonly<Record<string, string>>): string {
  const missing = new Set(Object.keys(tables));
  const text = document.replace(/<!-- table: (\w+) -->[^]*?<!-- end -->/g, (_, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`there is a place for a table ${name}, which does not exist`);
    missing.delete(name);
    return `<!-- table: ${name} -->\n\n${table}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`there is no place for the table ${[...missing].join(', ')}`);
  return text;
}
