import { named, type Leaf, type Tree, type TreeBuilder } from './canonical-tree.js';
import { canonicalText, isObject, listAt, objectAt, type Json, type JsonObject } from './document.js';
import { step } from './pointer.js';
import type { Place } from './reference.js';

/** Keywords that say nothing when they have these values (OpenAPI 3.0.3, "Schema Object"; JSON Schema Wright 00). */
const WITHOUT_EFFECT: Readonly<Record<string, Json>> = {
  nullable: false,
  uniqueItems: false,
  exclusiveMinimum: false,
  exclusiveMaximum: false,
  deprecated: false,
  readOnly: false,
  writeOnly: false,
  minLength: 0,
  minItems: 0,
  minProperties: 0,
};

const PLAIN_LEAVES = new Set([
  'type',
  'format',
  'pattern',
  'maximum',
  'minimum',
  'maxLength',
  'minLength',
  'maxItems',
  'minItems',
  'maxProperties',
  'minProperties',
  'multipleOf',
  'description',
  'title',
]);

const ALTERNATIVES = new Set(['oneOf', 'anyOf', 'allOf']);

/**
 * A schema with its references expanded: properties, required names, enum values and alternatives by name instead of by
 * place, keywords without effect left out. Keywords that are not known here stay as one text each, for the rules to judge.
 */
export function canonicalSchema(build: TreeBuilder, place: Place): Tree {
  const found = build.follow(place);
  const tree: Tree = {};
  if ('recursion' in found) {
    build.put(tree, 'recursion', found.recursion, place.source);
    return tree;
  }
  const schema = objectAt(found.value);
  if (isBareAllOf(schema)) return annotated(build, found, schema);
  build.put(tree, 'required', requiredNames(build, found), step(found.source, 'required'));
  build.put(tree, 'properties', properties(build, found), step(found.source, 'properties'));
  build.put(
    tree,
    'additionalProperties',
    additional(build, found),
    step(found.source, 'additionalProperties'),
  );
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'required' || keyword === 'properties' || keyword === 'additionalProperties') continue;
    if (WITHOUT_EFFECT[keyword] === value) continue;
    build.put(tree, keyword, keywordValue(build, found, keyword, value), step(found.source, keyword));
  }
  return tree;
}

function keywordValue(build: TreeBuilder, schema: Place, keyword: string, value: Json): Tree | Leaf {
  const place = build.child(schema, keyword);
  if (keyword === 'items') return canonicalSchema(build, place);
  if (keyword === 'enum') return enumValues(build, place);
  if (ALTERNATIVES.has(keyword)) return alternatives(build, place);
  if (keyword === 'not') return canonicalText(canonicalSchema(build, place));
  if (PLAIN_LEAVES.has(keyword) && (typeof value === 'string' || typeof value === 'number')) return value;
  return build.opaque(place);
}

/** `allOf` with one member is OpenAPI 3.0's way to annotate a reference; it says what the member says. */
function isBareAllOf(schema: JsonObject): boolean {
  const others = Object.keys(schema).filter(
    (key) => !['allOf', 'description', 'title', 'example'].includes(key),
  );
  return listAt(schema['allOf']).length === 1 && others.length === 0;
}

function annotated(build: TreeBuilder, found: Place, schema: JsonObject): Tree {
  const tree = canonicalSchema(build, build.child(build.child(found, 'allOf'), 0));
  for (const key of ['description', 'title', 'example'].filter((key) => key in schema)) {
    build.put(tree, key, build.opaque(build.child(found, key)), step(found.source, key));
  }
  return tree;
}

function requiredNames(build: TreeBuilder, schema: Place): Tree {
  const tree: Tree = {};
  const place = build.child(schema, 'required');
  listAt(place.value).forEach((name, index) =>
    build.put(tree, named(String(name)), true, step(place.source, index)),
  );
  return tree;
}

function properties(build: TreeBuilder, schema: Place): Tree {
  const tree: Tree = {};
  const place = build.child(schema, 'properties');
  for (const name of Object.keys(objectAt(place.value))) {
    const property = build.child(place, name);
    build.put(tree, named(name), canonicalSchema(build, property), property.source);
  }
  return tree;
}

/** Nothing where further properties are allowed, as they are unless something is said. */
function additional(build: TreeBuilder, schema: Place): Tree | Leaf | undefined {
  const place = build.child(schema, 'additionalProperties');
  if (place.value === false) return false;
  const constrains = isObject(place.value) && Object.keys(place.value).length > 0;
  return constrains ? canonicalSchema(build, place) : undefined;
}

function enumValues(build: TreeBuilder, place: Place): Tree {
  const tree: Tree = {};
  listAt(place.value).forEach((value, index) =>
    build.put(tree, named(canonicalText(value)), true, step(place.source, index)),
  );
  return tree;
}

/** By the name of what they refer to, else by title or type, else by place: an alternative that moves is not a change. */
function alternatives(build: TreeBuilder, place: Place): Tree {
  const tree: Tree = {};
  const labels = listAt(place.value).map(labelOf);
  labels.forEach((label, index) => {
    const unique = labels.indexOf(label) === labels.lastIndexOf(label);
    const member = build.child(place, index);
    build.put(tree, named(unique ? label : String(index)), canonicalSchema(build, member), member.source);
  });
  return tree;
}

function labelOf(member: Json): string {
  const { $ref, title, type, format } = objectAt(member);
  if (typeof $ref === 'string') return $ref.slice($ref.lastIndexOf('/') + 1);
  if (typeof title === 'string') return title;
  return [type, format].filter((part) => typeof part === 'string').join(' ') || 'schema';
}
