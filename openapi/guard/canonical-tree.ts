import { canonicalText, isObject, listAt, type Json, type JsonObject } from './document.js';
import { step } from './pointer.js';
import { follow, type Place } from './reference.js';

/** A contract in canonical form: nothing but objects and leaves, so that equal contracts are equal trees. */
export interface Tree {
  [key: string]: Tree | Leaf;
}
export type Leaf = string | number | boolean;

/** Marks names that a contract's author chose, so that a property called `maximum` is never taken for the keyword. */
export const NAME = ':';

export function named(name: string): string {
  return `${NAME}${name}`;
}

/**
 * Builds canonical trees and remembers for every entry where in the document it is written; several entries can stem
 * from one place, for references are expanded.
 */
export class TreeBuilder {
  private readonly sources = new WeakMap<Tree, Map<string, string>>();
  readonly followed = new Set<string>();

  constructor(private readonly root: JsonObject) {}

  put(tree: Tree, key: string, value: Tree | Leaf | undefined, source: string): void {
    if (value === undefined) return;
    tree[key] = value;
    const sources = this.sources.get(tree) ?? new Map<string, string>();
    this.sources.set(tree, sources.set(key, source));
  }

  sourceOf(tree: Tree, key: string): string | undefined {
    return this.sources.get(tree)?.get(key);
  }

  follow(place: Place): Place | { readonly recursion: number } {
    const found = follow(this.root, place);
    if (!('recursion' in found)) for (const reference of found.via) this.followed.add(reference);
    return found;
  }

  /** What a key of a place leads to; null where there is nothing. */
  child(place: Place, key: string | number): Place {
    const value = isObject(place.value) ? place.value[key] : listAt(place.value)[Number(key)];
    return { value: value ?? null, source: step(place.source, key), via: place.via };
  }

  /** One text for a part that no rule looks into, with its references resolved. */
  opaque(place: Place): string {
    return canonicalText(this.expanded(place));
  }

  private expanded(place: Place): Json {
    const found = this.follow(place);
    if ('recursion' in found) return { recursion: found.recursion };
    const { value } = found;
    if (Array.isArray(value)) return value.map((_, index) => this.expanded(this.child(found, index)));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.keys(value).map((key) => [key, this.expanded(this.child(found, key))]));
  }
}
