import { covers, largest, type Bump } from './bump.js';
import { canonicalContract } from './canonical-contract.js';
import { NAME } from './canonical-tree.js';
import { changesBetween, type Change } from './change.js';
import type { JsonObject } from './document.js';
import { keysOf } from './pointer.js';
import { matches } from './rule.js';
import { RULES, UNKNOWN } from './rules.js';

/** One change of a contract, as its author sees it. */
export interface Finding {
  readonly kind: Change['kind'];
  /** JSON pointer into the newer version, or into the older one for what was removed. */
  readonly pointer: string;
  /** What it is called, where the pointer only says its place in a list. */
  readonly name?: string;
  readonly rule: string;
  readonly bump: Bump;
  readonly because: string;
  /** The operations that it reaches; none for what concerns the contract as a whole. */
  readonly operations: readonly string[];
}

export interface Verdict {
  /** The smallest bump that the changes allow. */
  readonly bump: Bump;
  readonly findings: readonly Finding[];
}

/**
 * Compares two versions of a contract. A schema that is used in several places, or in both directions, is one finding
 * with the worst of what its uses mean.
 *
 * @throws where a reference of either version leads nowhere
 */
export function compareContracts(before: JsonObject, after: JsonObject): Verdict {
  const changes = changesBetween(canonicalContract(before), canonicalContract(after));
  const findings = new Map<string, Finding>();
  for (const finding of changes.map(judge)) {
    const key = `${finding.kind} ${finding.pointer}`;
    const known = findings.get(key);
    findings.set(key, known === undefined ? finding : merge(known, finding));
  }
  const sorted = [...findings.values()].sort(worstFirst);
  return { bump: largest(sorted.map(({ bump }) => bump)), findings: sorted };
}

function judge(change: Change): Finding {
  const { name: rule, bump, because } = RULES.find((candidate) => matches(candidate, change)) ?? UNKNOWN;
  const operations = change.operation === undefined ? [] : [change.operation];
  return { kind: change.kind, pointer: change.pointer, ...nameOf(change), rule, bump, because, operations };
}

function nameOf({ path, pointer }: Change): { readonly name?: string } {
  const [key, place] = [path.at(-1) as string, keysOf(pointer).at(-1) as string];
  const name = key.slice(NAME.length);
  return key.startsWith(NAME) && /^\d+$/.test(place) && name !== place ? { name } : {};
}

function merge(known: Finding, other: Finding): Finding {
  const worse = covers(known.bump, other.bump) ? known : other;
  return { ...worse, operations: [...new Set([...known.operations, ...other.operations])] };
}

function worstFirst(one: Finding, other: Finding): number {
  if (one.bump !== other.bump) return covers(one.bump, other.bump) ? -1 : 1;
  return one.pointer < other.pointer ? -1 : one.pointer > other.pointer ? 1 : 0;
}

/** Where a finding is, for people. */
export function placeOf({ pointer, name }: Finding): string {
  if (pointer === '') return 'the contract';
  return name === undefined ? pointer : `${pointer} (${name})`;
}
