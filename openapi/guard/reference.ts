import { isObject, type Json, type JsonObject } from './document.js';
import { keysOf } from './pointer.js';

/** A part of a contract: what it says, where it is written, and the references that led there, outermost first. */
export interface Place {
  readonly value: Json;
  /** JSON pointer into the document. */
  readonly source: string;
  readonly via: readonly string[];
}

/**
 * Follows `$ref`s to where something is written. A reference that is already being followed is a recursion: the answer is
 * then how many references lie between, so that two contracts that recurse alike compare as equal, and expanding ends.
 *
 * @throws where a reference leads outside the document or nowhere
 */
export function follow(root: JsonObject, place: Place): Place | { readonly recursion: number } {
  let current = place;
  while (isObject(current.value) && typeof current.value['$ref'] === 'string') {
    const reference = current.value['$ref'];
    const earlier = current.via.indexOf(reference);
    if (earlier >= 0) return { recursion: current.via.length - earlier };
    current = {
      value: lookUp(root, reference, current.source),
      source: reference.slice(1),
      via: [...current.via, reference],
    };
  }
  return current;
}

function lookUp(root: JsonObject, reference: string, from: string): Json {
  if (!reference.startsWith('#/')) throw new Error(`${from}: ${reference} leads outside the contract`);
  let value: Json | undefined = root;
  for (const key of keysOf(reference)) {
    value = isObject(value) ? value[key] : Array.isArray(value) ? (value as Json[])[Number(key)] : undefined;
  }
  if (value === undefined) throw new Error(`${from}: ${reference} does not exist in the contract`);
  return value;
}
