import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { UsageError } from './usage-error.js';

/**
 * Checks that a text is one JSON value.
 *
 * @param source what the text came from, as the user named it
 * @throws UsageError with source, line, column and reason.
 */
export function requireJson(text: string, source: string): void {
  try {
    JSON.parse(text);
  } catch {
    // The engine's own messages have a place in some cases only.
    const errors: ParseError[] = [];
    parse(text, errors, { disallowComments: true });
    const [first] = errors;
    const reason = first === undefined ? 'unknown' : inWords(printParseErrorCode(first.error));
    const before = text.slice(0, first?.offset).split('\n');
    const place = `${source}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new UsageError(`${place}: this is no JSON (${reason}).`);
  }
}

/** `CommaExpected` → `comma expected`. */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
