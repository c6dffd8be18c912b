import { Ajv } from 'ajv';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { canonicalText, isObject, type Json, type JsonObject } from './document.js';
import { compareContracts } from './verdict.js';
import { receiving, sending } from './testing/fragments.js';

const CONTRACTS = ['ingest.v1.yaml', 'analytics.v1.yaml'].map(
  (name) => parse(readFileSync(resolve(__dirname, '..', name), 'utf8')) as JsonObject,
);

/** Lists whose order means nothing. */
const SETS = new Set(['required', 'enum', 'parameters', 'tags', 'servers']);

/** The same document with the keys of every object, and the entries of every list that is a set, in another order. */
function reordered(value: Json, rank: () => number, key = ''): Json {
  if (Array.isArray(value)) {
    const items = (value as Json[]).map((item) => reordered(item, rank));
    return SETS.has(key) ? shuffled(items, rank) : items;
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, reordered(part, rank, name)] as const);
  return Object.fromEntries(shuffled(entries, rank));
}

function shuffled<T>(items: readonly T[], rank: () => number): T[] {
  return items
    .map((item) => ({ item, rank: rank() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}

type Path = readonly (string | number)[];

/** The places of everything that a document says. */
function placesIn(value: Json, path: Path = []): Path[] {
  const keys = Array.isArray(value)
    ? value.map((_, index) => index)
    : isObject(value)
      ? Object.keys(value)
      : [];
  return keys.flatMap((key) => {
    const place = [...path, key];
    return [place, ...placesIn((value as Record<string | number, Json>)[key] as Json, place)];
  });
}

function without(value: Json, [key, ...deeper]: Path): Json {
  if (Array.isArray(value)) {
    const items = value as Json[];
    if (deeper.length === 0) return items.filter((_, index) => index !== key);
    return items.map((item, index) => (index === key ? without(item, deeper) : item));
  }
  const { [key as string]: part, ...others } = value as JsonObject;
  return deeper.length === 0 ? others : { ...others, [key as string]: without(part as Json, deeper) };
}

function valueAt(value: Json, path: Path): Json {
  return path.reduce((part, key) => (part as Record<string | number, Json>)[key] as Json, value);
}

/** Clients are expected to ignore properties that they do not know. */
const BRINGS_PROPERTIES = new Set(['response-property-added', 'response-additional-properties-opened']);

const limits = { min: 0, max: 4 };

const stringSchema = fc.record(
  {
    type: fc.constant('string'),
    nullable: fc.boolean(),
    minLength: fc.integer({ min: 0, max: 2 }),
    maxLength: fc.integer({ min: 2, max: 4 }),
    enum: fc.uniqueArray(fc.constantFrom('', 'a', 'bb', 'ccc'), { minLength: 1 }),
  },
  { requiredKeys: ['type'] },
);
const numberSchema = fc.record(
  {
    type: fc.constantFrom('number', 'integer'),
    minimum: fc.integer({ min: -2, max: 1 }),
    maximum: fc.integer({ min: 1, max: 3 }),
    exclusiveMaximum: fc.boolean(),
    multipleOf: fc.constantFrom(0.5, 1, 2),
  },
  { requiredKeys: ['type'] },
);
const leafSchema = fc.oneof(stringSchema, numberSchema, fc.constant({ type: 'boolean' }), fc.constant({}));
const closedObject = fc
  .record({
    properties: fc.dictionary(fc.constantFrom('a', 'b', 'maximum'), leafSchema, { maxKeys: 3 }),
    required: fc.subarray(['a', 'b', 'maximum']),
  })
  .map(({ properties, required }) => ({
    type: 'object',
    additionalProperties: false,
    properties,
    required: required.filter((name) => name in properties),
  }));
const arraySchema = fc.record(
  {
    type: fc.constant('array'),
    items: leafSchema,
    minItems: fc.integer(limits),
    maxItems: fc.integer(limits),
    uniqueItems: fc.boolean(),
  },
  { requiredKeys: ['type', 'items'] },
);
const alternatives = fc
  .uniqueArray(leafSchema, {
    minLength: 1,
    maxLength: 3,
    selector: (schema) => canonicalText(schema as Json),
  })
  .map((anyOf) => ({ anyOf }));
const KINDS = [stringSchema, numberSchema, leafSchema, closedObject, arraySchema, alternatives];
const schema = fc.oneof(...KINDS) as fc.Arbitrary<JsonObject>;

const LEAVES = ['', 'a', 'bb', 'ccc', 'dddd', 'eeeee', -3, -2, -0.5, 0, 0.5, 0.25, 1, 2, 3, 4, true, null];
const leafValue = fc.constantFrom(...LEAVES);
/** All leaves, and some lists and objects of them. */
const values = fc
  .array(
    fc.oneof(
      fc.array(leafValue, { maxLength: 5 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'maximum', 'c'), leafValue, { maxKeys: 3 }),
    ),
    { minLength: 15, maxLength: 15 },
  )
  .map((composed) => [...LEAVES, ...composed]);

function admits(schema: JsonObject): (value: unknown) => boolean {
  return new Ajv({ strict: false }).compile(draft07(schema) as object);
}

/** OpenAPI 3.0 differs from JSON Schema in boolean exclusive limits and in allowing null beside an enum by `nullable`. */
function draft07(part: Json): Json {
  if (Array.isArray(part)) return (part as Json[]).map(draft07);
  if (!isObject(part)) return part;
  const { exclusiveMaximum, nullable, maximum, ...rest } = part;
  const names = Object.entries(rest).map(([key, inner]) => [key, draft07(inner)] as const);
  const converted: Record<string, Json> = Object.fromEntries(names);
  if (typeof maximum === 'number') {
    converted[exclusiveMaximum === true ? 'exclusiveMaximum' : 'maximum'] = maximum;
  } else if (maximum !== undefined) {
    converted['maximum'] = draft07(maximum);
  }
  if (nullable === true && typeof converted['type'] === 'string')
    converted['type'] = [converted['type'], 'null'];
  return converted;
}

const changed = fc.tuple(schema, schema, values);

/** Two schemas of one kind, of which the second is the first with one keyword put in, left out or replaced. */
const edited = fc
  .oneof(...KINDS.map((kind) => fc.tuple(kind as fc.Arbitrary<JsonObject>, kind as fc.Arbitrary<JsonObject>)))
  .chain(([before, other]) => {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(other)])];
    return fc.tuple(fc.constant(before), edits(before, other, keys), values);
  });

function edits(before: JsonObject, other: JsonObject, keys: readonly string[]): fc.Arbitrary<JsonObject> {
  if (keys.length === 0) return fc.constant(before);
  return fc.constantFrom(...keys).map((key) => {
    const { [key]: _left, ...without } = before;
    const replacement = other[key];
    return replacement === undefined ? without : { ...before, [key]: replacement };
  });
}

describe('comparing contracts', () => {
  it.each(CONTRACTS.map((contract, index) => [index, contract] as const))(
    'finds nothing between a contract and itself in another order (%#)',
    (_index, contract) => {
      fc.assert(
        fc.property(fc.infiniteStream(fc.nat()), (ranks) => {
          const other = reordered(contract, () => ranks.next().value as number) as JsonObject;
          expect(compareContracts(contract, other)).toEqual({ bump: 'none', findings: [] });
        }),
        { numRuns: 20 },
      );
    },
  );

  it.each(CONTRACTS.map((contract, index) => [index, contract] as const))(
    'notices whatever is left out of a contract, but for what holds anyway (%#)',
    (_index, contract) => {
      fc.assert(
        fc.property(fc.constantFrom(...placesIn(contract)), (place) => {
          const holdsAnyway = place.at(-1) === 'required' && valueAt(contract, place) === false;
          let bump: string;
          try {
            bump = compareContracts(contract, without(contract, place) as JsonObject).bump;
          } catch (error) {
            expect((error as Error).message).toContain('does not exist in the contract');
            return;
          }
          expect(bump === 'none').toBe(holdsAnyway);
        }),
        { numRuns: 100 },
      );
    },
  );

  it('finds nothing between a schema and itself, sent or received', () => {
    fc.assert(
      fc.property(schema, (any) => {
        expect(compareContracts(sending(any), sending(any)).bump).toBe('none');
        expect(compareContracts(receiving(any), receiving(any)).bump).toBe('none');
      }),
    );
  });

  it.each([
    ['two schemas', changed],
    ['one edit', edited],
  ])('never calls a request compatible that refuses what it took: %s', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, ([before, after, values]) => {
        if (compareContracts(sending(before), sending(after)).bump === 'major') return;
        const [took, takes] = [admits(before), admits(after)];
        expect(values.filter((sent) => took(sent) && !takes(sent))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['two schemas', changed],
    ['one edit', edited],
  ])(
    'never calls an answer compatible that brings what was excluded, but for new properties: %s',
    (_name, arbitrary) => {
      fc.assert(
        fc.property(arbitrary, ([before, after, values]) => {
          const { bump, findings } = compareContracts(receiving(before), receiving(after));
          if (bump === 'major' || findings.some(({ rule }) => BRINGS_PROPERTIES.has(rule))) return;
          const [expected, comes] = [admits(before), admits(after)];
          expect(values.filter((received) => comes(received) && !expected(received))).toEqual([]);
        }),
        { numRuns: 400 },
      );
    },
  );
});
