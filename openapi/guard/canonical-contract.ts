import { canonicalSchema } from './canonical-schema.js';
import { canonicalSecurity } from './canonical-security.js';
import { named, TreeBuilder, type Tree } from './canonical-tree.js';
import { listAt, objectAt, type JsonObject } from './document.js';
import { step } from './pointer.js';
import type { Place } from './reference.js';

/** A contract as a tree of facts, with the way back to where each is written. */
export interface CanonicalContract {
  readonly tree: Tree;
  /** JSON pointer to where the entry `key` of a tree's branch is written. */
  sourceOf(branch: Tree, key: string): string | undefined;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/**
 * The parts of a document that are looked into, which every canonical contract has, so that the first server or scheme is
 * judged like the second. Components come last, when it is known which of them the operations use.
 */
const PARTS: Readonly<Record<string, (build: TreeBuilder, place: Place, root: Place) => Tree>> = {
  info: opaqueEntries,
  servers: (build, place) => listed(build, place, 'url'),
  tags: (build, place) => listed(build, place, 'name'),
  paths,
  components: canonicalComponents,
};

/**
 * The canonical form of an OpenAPI 3.0 document: two documents that promise the same have the same form, whatever the
 * order of their keys and however they are cut into components. Names that authors chose carry the prefix `:`.
 *
 * @throws where a reference leads nowhere
 */
export function canonicalContract(document: JsonObject): CanonicalContract {
  const build = new TreeBuilder(document);
  const tree: Tree = {};
  const root: Place = { value: document, source: '', via: [] };
  for (const [key, canonical] of Object.entries(PARTS)) {
    const place = build.child(root, key);
    build.put(tree, key, canonical(build, place, root), place.source);
  }
  for (const key of Object.keys(document).filter((key) => key !== 'security' && !(key in PARTS))) {
    const place = build.child(root, key);
    build.put(tree, key, build.opaque(place), place.source);
  }
  return { tree, sourceOf: (branch, key) => build.sourceOf(branch, key) };
}

function paths(build: TreeBuilder, place: Place, root: Place): Tree {
  const tree: Tree = {};
  for (const path of Object.keys(objectAt(place.value))) {
    const written = build.child(place, path);
    build.put(tree, named(path), pathItem(build, root, resolved(build, written)), written.source);
  }
  return tree;
}

function pathItem(build: TreeBuilder, root: Place, item: Place): Tree {
  const tree: Tree = {};
  for (const key of Object.keys(objectAt(item.value))) {
    const place = build.child(item, key);
    if (METHODS.has(key)) build.put(tree, named(key), operation(build, root, item, place), place.source);
    else if (key !== 'parameters') build.put(tree, key, build.opaque(place), place.source);
  }
  return tree;
}

function operation(build: TreeBuilder, root: Place, item: Place, place: Place): Tree {
  const tree: Tree = {};
  build.put(tree, 'parameters', parameters(build, item, place), step(place.source, 'parameters'));
  const security = build.child('security' in objectAt(place.value) ? place : root, 'security');
  build.put(tree, 'security', canonicalSecurity(build, security), security.source);
  for (const key of Object.keys(objectAt(place.value))) {
    const part = build.child(place, key);
    if (key === 'requestBody') build.put(tree, key, requestBody(build, part), part.source);
    else if (key === 'responses') build.put(tree, key, namedEntries(build, part, response), part.source);
    else if (key === 'deprecated' && part.value === false) continue;
    else if (key !== 'parameters' && key !== 'security')
      build.put(tree, key, build.opaque(part), part.source);
  }
  return tree;
}

/** Those of the path and those of the operation, which win (OpenAPI 3.0.3, "Path Item Object"). */
function parameters(build: TreeBuilder, item: Place, operation: Place): Tree {
  const tree: Tree = {};
  for (const owner of [item, operation]) {
    const list = build.child(owner, 'parameters');
    listAt(list.value).forEach((_, index) => {
      const written = build.child(list, index);
      const { name, in: location } = objectAt(resolved(build, written).value);
      const key = location === 'header' ? String(name).toLowerCase() : String(name);
      build.put(tree, named(`${String(location)} ${key}`), parameter(build, written), written.source);
    });
  }
  return tree;
}

function parameter(build: TreeBuilder, written: Place): Tree {
  const place = resolved(build, written);
  const tree = valueCarrier(build, place, ['name', 'in', 'style', 'explode']);
  const { in: location, style, explode } = objectAt(place.value);
  const defaultStyle = location === 'query' || location === 'cookie' ? 'form' : 'simple';
  const effectiveStyle = typeof style === 'string' ? style : defaultStyle;
  build.put(tree, 'style', effectiveStyle, step(place.source, 'style'));
  build.put(
    tree,
    'explode',
    typeof explode === 'boolean' ? explode : effectiveStyle === 'form',
    step(place.source, 'explode'),
  );
  return tree;
}

function requestBody(build: TreeBuilder, written: Place): Tree {
  return valueCarrier(build, resolved(build, written), []);
}

function response(build: TreeBuilder, written: Place): Tree {
  const place = resolved(build, written);
  const tree = valueCarrier(build, place, ['headers', 'required']);
  delete tree['required'];
  if (tree['content'] === undefined) build.put(tree, 'content', {}, step(place.source, 'content'));
  const headers = build.child(place, 'headers');
  build.put(
    tree,
    'headers',
    namedEntries(build, headers, (_, header) => valueCarrier(build, resolved(build, header), []), true),
    headers.source,
  );
  return tree;
}

/** What parameters, headers, bodies and responses have in common: whether they must be there, and what they carry. */
function valueCarrier(build: TreeBuilder, place: Place, skip: readonly string[]): Tree {
  const tree: Tree = {};
  const { required } = objectAt(place.value);
  build.put(tree, 'required', required === true, step(place.source, 'required'));
  for (const [key, value] of Object.entries(objectAt(place.value))) {
    const part = build.child(place, key);
    if (key === 'required' || skip.includes(key)) continue;
    if (['deprecated', 'allowReserved', 'allowEmptyValue'].includes(key) && value === false) continue;
    if (key === 'schema') build.put(tree, key, canonicalSchema(build, part), part.source);
    else if (key === 'content') build.put(tree, key, namedEntries(build, part, mediaType, true), part.source);
    else build.put(tree, key, build.opaque(part), part.source);
  }
  return tree;
}

function mediaType(build: TreeBuilder, place: Place): Tree {
  const tree = valueCarrier(build, place, []);
  delete tree['required'];
  return tree;
}

function namedEntries(
  build: TreeBuilder,
  place: Place,
  entry: (build: TreeBuilder, place: Place) => Tree,
  caseInsensitive = false,
): Tree {
  const tree: Tree = {};
  for (const name of Object.keys(objectAt(place.value))) {
    const child = build.child(place, name);
    build.put(tree, named(caseInsensitive ? name.toLowerCase() : name), entry(build, child), child.source);
  }
  return tree;
}

function resolved(build: TreeBuilder, place: Place): Place {
  const found = build.follow(place);
  if ('recursion' in found) throw new Error(`${place.source}: the reference leads back to itself`);
  return found;
}

function opaqueEntries(build: TreeBuilder, place: Place): Tree {
  const tree: Tree = {};
  for (const key of Object.keys(objectAt(place.value))) {
    const part = build.child(place, key);
    build.put(tree, key, build.opaque(part), part.source);
  }
  return tree;
}

/** A list whose entries have a name of their own (servers, tags). */
function listed(build: TreeBuilder, place: Place, nameKey: string): Tree {
  const tree: Tree = {};
  listAt(place.value).forEach((value, index) => {
    const entry = build.child(place, index);
    build.put(tree, named(String(objectAt(value)[nameKey])), opaqueEntries(build, entry), entry.source);
  });
  return tree;
}

/**
 * Security schemes in full. Of the other components only the names, and the text of those that no operation leads to:
 * what the rest says is judged where it is used.
 */
function canonicalComponents(build: TreeBuilder, components: Place): Tree {
  const tree: Tree = {};
  const reached = new Set(build.followed);
  const schemes = build.child(components, 'securitySchemes');
  build.put(tree, 'securitySchemes', namedEntries(build, schemes, opaqueEntries), schemes.source);
  for (const kind of Object.keys(objectAt(components.value)).filter((kind) => kind !== 'securitySchemes')) {
    const place = build.child(components, kind);
    const entries = namedEntries(build, place, (_, entry) => {
      const text: Tree = {};
      if (!reached.has(`#${entry.source}`)) build.put(text, 'unused', build.opaque(entry), entry.source);
      return text;
    });
    build.put(tree, kind, entries, place.source);
  }
  return tree;
}
