import type { Bump } from './bump.js';
import { NAME } from './canonical-tree.js';
import type { Change, Direction } from './change.js';

/** What one kind of change means for those who use the contract. */
export interface Rule {
  readonly name: string;
  /**
   * JSON pointer into the canonical contract: `*` is one name that an author chose, `**` any number of steps, `a|b` one
   * keyword of several.
   */
  readonly at: string;
  /** Only in what clients send, or only in what they receive; anywhere if absent. */
  readonly in?: Direction;
  /** Only where something was added, removed or changed; any of them if absent. */
  readonly on?: Change['kind'];
  /** A condition on the values. */
  readonly when?: (change: Change) => boolean;
  readonly bump: Bump;
  readonly because: string;
}

export function matches(rule: Rule, change: Change): boolean {
  return (
    (rule.on === undefined || rule.on === change.kind) &&
    (rule.in === undefined || rule.in === change.direction) &&
    matchesPath(rule.at.split('/').slice(1), change.path) &&
    (rule.when?.(change) ?? true)
  );
}

function matchesPath(pattern: readonly string[], path: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return path.length === 0;
  if (head === '**') return path.some((_, skip) => matchesPath(rest, path.slice(skip))) || rest.length === 0;
  const [key, ...deeper] = path;
  return key !== undefined && matchesKey(head, key) && matchesPath(rest, deeper);
}

function matchesKey(pattern: string, key: string): boolean {
  return pattern === '*' ? key.startsWith(NAME) : pattern.split('|').includes(key);
}
