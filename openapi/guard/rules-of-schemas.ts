import type { Leaf, Tree } from './canonical-tree.js';
import type { Bump } from './bump.js';
import type { Change } from './change.js';
import type { Rule } from './rule.js';

/** One entry for what clients send and one for what they receive. */
interface BothWays {
  readonly name: string;
  /** Pointer below a schema. */
  readonly at: string;
  readonly on?: Change['kind'];
  readonly when?: Rule['when'];
  readonly request: readonly [Bump, string];
  readonly response: readonly [Bump, string];
}

const REFUSED = 'What clients send today may be refused.';
const ALSO_TAKEN = 'What clients send today is still taken.';
const UNEXPECTED = 'Clients may receive what they do not expect.';
const STILL_EXPECTED = 'What clients receive is among what they expect.';

const NARROWED = { request: ['major', REFUSED], response: ['minor', STILL_EXPECTED] } as const;
const WIDENED = { request: ['minor', ALSO_TAKEN], response: ['major', UNEXPECTED] } as const;
const INCOMPARABLE = { request: ['major', REFUSED], response: ['major', UNEXPECTED] } as const;

const UPPER = 'maximum|maxLength|maxItems|maxProperties';
const LOWER = 'minimum|minLength|minItems|minProperties';
/** Keywords that only ever take something away from what a schema admits. */
const CONSTRAINTS = `${UPPER}|${LOWER}|multipleOf|pattern|format|uniqueItems|exclusiveMaximum|exclusiveMinimum`;

const rises = ({ before, after }: Change) => Number(after) > Number(before);
const falls = ({ before, after }: Change) => Number(after) < Number(before);
const turns = (from: Leaf, to: Leaf) => (change: Change) => change.before === from && change.after === to;

function isMultiple(of: Tree | Leaf | undefined, value: Tree | Leaf | undefined): boolean {
  return Number.isInteger(Number(value) / Number(of));
}

const isOpen = (value: Tree | Leaf | undefined) => value === undefined;
const isClosed = (value: Tree | Leaf | undefined) => value === false;

const BOTH_WAYS: readonly BothWays[] = [
  {
    name: 'property-added',
    at: 'properties/*',
    on: 'added',
    request: ['minor', 'Requests without it go on as before, unless it is required, which counts by itself.'],
    response: ['minor', 'Clients ignore properties that they do not know.'],
  },
  {
    name: 'property-removed',
    at: 'properties/*',
    on: 'removed',
    request: ['major', 'A client that sends it is refused, or ignored.'],
    response: ['major', 'Clients may read it, required or not.'],
  },
  {
    name: 'property-became-required',
    at: 'required/*',
    on: 'added',
    request: ['major', 'Requests without it are refused now.'],
    response: ['minor', 'Clients that cope with its absence also cope with its presence.'],
  },
  {
    name: 'property-became-optional',
    at: 'required/*',
    on: 'removed',
    request: ['minor', 'Requests with it go on as before.'],
    response: ['major', 'Clients may rely on its presence.'],
  },
  {
    name: 'additional-properties-closed',
    at: 'additionalProperties',
    when: ({ after }) => isClosed(after),
    request: ['major', 'Further properties are refused now.'],
    response: ['major', 'Clients may read properties that no longer come.'],
  },
  {
    name: 'additional-properties-opened',
    at: 'additionalProperties',
    when: ({ before }) => isClosed(before),
    request: ['minor', ALSO_TAKEN],
    response: ['minor', 'Clients ignore properties that they do not know.'],
  },
  {
    name: 'additional-properties-constrained',
    at: 'additionalProperties',
    when: ({ before, after }) => isOpen(before) && typeof after === 'object',
    ...NARROWED,
  },
  {
    name: 'additional-properties-freed',
    at: 'additionalProperties',
    when: ({ before, after }) => typeof before === 'object' && isOpen(after),
    ...WIDENED,
  },
  { name: 'enum-value-added', at: 'enum/*', on: 'added', ...WIDENED },
  { name: 'enum-value-removed', at: 'enum/*', on: 'removed', ...NARROWED },
  { name: 'enum-introduced', at: 'enum', on: 'added', ...NARROWED },
  { name: 'enum-dropped', at: 'enum', on: 'removed', ...WIDENED },
  { name: 'type-narrowed', at: 'type', when: turns('number', 'integer'), ...NARROWED },
  { name: 'type-widened', at: 'type', when: turns('integer', 'number'), ...WIDENED },
  { name: 'type-introduced', at: 'type', on: 'added', ...NARROWED },
  { name: 'type-dropped', at: 'type', on: 'removed', ...WIDENED },
  { name: 'type-changed', at: 'type', on: 'changed', ...INCOMPARABLE },
  { name: 'null-allowed', at: 'nullable', on: 'added', ...WIDENED },
  { name: 'null-forbidden', at: 'nullable', on: 'removed', ...NARROWED },
  { name: 'upper-limit-lowered', at: UPPER, on: 'changed', when: falls, ...NARROWED },
  { name: 'upper-limit-raised', at: UPPER, on: 'changed', when: rises, ...WIDENED },
  { name: 'lower-limit-raised', at: LOWER, on: 'changed', when: rises, ...NARROWED },
  { name: 'lower-limit-lowered', at: LOWER, on: 'changed', when: falls, ...WIDENED },
  {
    name: 'multiple-coarsened',
    at: 'multipleOf',
    on: 'changed',
    when: ({ before, after }) => isMultiple(before, after),
    ...NARROWED,
  },
  {
    name: 'multiple-refined',
    at: 'multipleOf',
    on: 'changed',
    when: ({ before, after }) => isMultiple(after, before),
    ...WIDENED,
  },
  { name: 'constraint-introduced', at: CONSTRAINTS, on: 'added', ...NARROWED },
  { name: 'constraint-dropped', at: CONSTRAINTS, on: 'removed', ...WIDENED },
  { name: 'constraint-replaced', at: CONSTRAINTS, on: 'changed', ...INCOMPARABLE },
  { name: 'alternative-added', at: 'oneOf|anyOf/*', on: 'added', ...WIDENED },
  { name: 'alternative-removed', at: 'oneOf|anyOf/*', on: 'removed', ...NARROWED },
  { name: 'alternatives-introduced', at: 'oneOf|anyOf', on: 'added', ...NARROWED },
  { name: 'alternatives-dropped', at: 'oneOf|anyOf', on: 'removed', ...WIDENED },
  {
    name: 'composition-changed',
    at: 'allOf',
    request: ['major', REFUSED],
    response: ['major', 'Clients may read what came from the part.'],
  },
  {
    name: 'composition-changed',
    at: 'allOf/*',
    request: ['major', REFUSED],
    response: ['major', 'Clients may read what came from the part.'],
  },
  {
    name: 'default-changed',
    at: 'default',
    request: ['major', 'A request that leaves it out means something else.'],
    response: ['patch', 'A default says nothing about a value that is sent.'],
  },
];

/** What values may be sent and received. */
export const SCHEMA_RULES: readonly Rule[] = BOTH_WAYS.flatMap(({ name, at, on, when, request, response }) =>
  (['request', 'response'] as const).map((direction) => {
    const [bump, because] = direction === 'request' ? request : response;
    return {
      name: `${direction}-${name}`,
      at: `/paths/**/schema/**/${at}`,
      in: direction,
      ...(on === undefined ? {} : { on }),
      ...(when === undefined ? {} : { when }),
      bump,
      because,
    };
  }),
);
