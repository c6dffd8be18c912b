import { readFileSync } from 'node:fs';

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';

import { parseProfile } from './parse-profile.js';
import type { FleetProfile } from './profile.js';
import { FieldError } from './profile-field.js';
import type { FieldPath } from './profile-field.js';
import { isSystemError } from './system-error.js';
import { UsageError } from './usage-error.js';

/**
 * Reads a profile from a YAML 1.2 file. JSON is YAML, so it may be JSON too.
 *
 * @throws UsageError with the file's name, the line, the field and the reason.
 */
export function readProfile(file: string): FleetProfile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (isSystemError(error)) throw new UsageError(`The profile ${file} cannot be read: ${error.message}`);
    throw error;
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineOf = (offset: number): number => lineCounter.linePos(offset).line;
  // What the parser only warns of, such as a tag that it does not know, would be ignored.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new UsageError(`${file}:${lineOf(problem.pos[0])}: ${problem.message}`);
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      throw new UsageError(
        `${file}:${lineOf(startOf(alias))}: there is no anchor &${alias.source} before this`,
      );
    },
  });
  try {
    return parseProfile(document.toJS());
  } catch (error) {
    if (error instanceof FieldError) {
      throw new UsageError(`${file}:${lineOf(offsetOf(document, error.path))}: ${error.message}`);
    }
    // Aliases of aliases that would fill the memory.
    if (error instanceof ReferenceError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Where a field begins in the text; where it is missing, what it is missing in. */
function offsetOf(document: Document, path: FieldPath): number {
  let offset = startOf(document.contents);
  let node: unknown = document.contents;
  for (const step of path) {
    const container = isAlias(node) ? node.resolve(document) : node;
    if (isMap(container)) {
      const pair = container.items.find(({ key }) => String(isScalar(key) ? key.value : key) === step);
      if (pair === undefined) return offset;
      offset = startOf(pair.key as Node) || offset;
      node = pair.value;
    } else if (isSeq(container) && typeof step === 'number') {
      node = container.items[step];
      offset = startOf(node as Node) || offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
