import { NAME, type Leaf, type Tree } from './canonical-tree.js';
import type { Change } from './change.js';
import type { Rule } from './rule.js';

function mustBeSent({ after }: Change): boolean {
  return (after as Tree)['required'] === true;
}

function isError({ path }: Change): boolean {
  return /^[45](\d\d|XX)$/i.test((path.at(-1) as string).slice(NAME.length));
}

const becomesTrue = ({ after }: { readonly after?: Tree | Leaf }) => after === true;
const becomesFalse = ({ after }: { readonly after?: Tree | Leaf }) => after === false;

/** What is asked for and answered, outside of schemas. */
export const OPERATION_RULES: readonly Rule[] = [
  {
    name: 'path-added',
    at: '/paths/*',
    on: 'added',
    bump: 'minor',
    because: 'Nobody calls it yet.',
  },
  {
    name: 'path-removed',
    at: '/paths/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that call it get 404.',
  },
  {
    name: 'operation-added',
    at: '/paths/*/*',
    on: 'added',
    bump: 'minor',
    because: 'Nobody calls it yet.',
  },
  {
    name: 'operation-removed',
    at: '/paths/*/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that call it are refused.',
  },
  {
    name: 'operation-id-changed',
    at: '/paths/*/*/operationId',
    bump: 'major',
    because: 'Generated code names the operation by it.',
  },
  {
    name: 'deprecated',
    at: '/paths/**/deprecated',
    on: 'added',
    bump: 'minor',
    because: 'Semantic versioning asks for a minor version where something is marked for removal (item 7).',
  },
  {
    name: 'deprecation-withdrawn',
    at: '/paths/**/deprecated',
    bump: 'patch',
    because: 'Nothing works differently.',
  },
  {
    name: 'required-parameter-added',
    at: '/paths/*/*/parameters/*',
    on: 'added',
    when: mustBeSent,
    bump: 'major',
    because: 'Requests of existing clients lack it and are refused.',
  },
  {
    name: 'optional-parameter-added',
    at: '/paths/*/*/parameters/*',
    on: 'added',
    bump: 'minor',
    because: 'Requests without it go on as before.',
  },
  {
    name: 'parameter-removed',
    at: '/paths/*/*/parameters/*',
    on: 'removed',
    bump: 'major',
    because: 'A client that sends it is refused, or ignored.',
  },
  {
    name: 'parameter-became-required',
    at: '/paths/*/*/parameters/*/required',
    when: becomesTrue,
    bump: 'major',
    because: 'Requests without it are refused now.',
  },
  {
    name: 'parameter-became-optional',
    at: '/paths/*/*/parameters/*/required',
    when: becomesFalse,
    bump: 'minor',
    because: 'Requests with it go on as before.',
  },
  {
    name: 'parameter-serialisation-changed',
    at: '/paths/*/*/parameters/*/style|explode|allowReserved|allowEmptyValue',
    bump: 'major',
    because: 'Existing clients write the value in the other form.',
  },
  {
    name: 'required-request-body-added',
    at: '/paths/*/*/requestBody',
    on: 'added',
    when: mustBeSent,
    bump: 'major',
    because: 'Requests of existing clients have none and are refused.',
  },
  {
    name: 'optional-request-body-added',
    at: '/paths/*/*/requestBody',
    on: 'added',
    bump: 'minor',
    because: 'Requests without a body go on as before.',
  },
  {
    name: 'request-body-removed',
    at: '/paths/*/*/requestBody',
    on: 'removed',
    bump: 'major',
    because: 'A client that sends one is refused, or ignored.',
  },
  {
    name: 'request-body-became-required',
    at: '/paths/*/*/requestBody/required',
    when: becomesTrue,
    bump: 'major',
    because: 'Requests without a body are refused now.',
  },
  {
    name: 'request-body-became-optional',
    at: '/paths/*/*/requestBody/required',
    when: becomesFalse,
    bump: 'minor',
    because: 'Requests with a body go on as before.',
  },
  {
    name: 'media-type-added',
    at: '/paths/**/content/*',
    on: 'added',
    bump: 'minor',
    because: 'One more form may be sent, or asked for by `Accept`; the others stay.',
  },
  {
    name: 'media-type-removed',
    at: '/paths/**/content/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that send it or ask for it are refused.',
  },
  {
    name: 'error-response-added',
    at: '/paths/*/*/responses/*',
    on: 'added',
    when: isError,
    bump: 'minor',
    because: 'A client treats an unknown 4xx or 5xx as 400 or 500 (RFC 9110, section 15).',
  },
  {
    name: 'other-response-added',
    at: '/paths/*/*/responses/*',
    on: 'added',
    bump: 'major',
    because: 'A client that succeeds today may be answered with a status and a body that it does not know.',
  },
  {
    name: 'response-removed',
    at: '/paths/*/*/responses/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients may act on this status, and the typed answer loses it.',
  },
  {
    name: 'response-header-added',
    at: '/paths/*/*/responses/*/headers/*',
    on: 'added',
    bump: 'minor',
    because: 'Clients ignore headers that they do not know.',
  },
  {
    name: 'response-header-removed',
    at: '/paths/*/*/responses/*/headers/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients may read it.',
  },
  {
    name: 'response-header-became-optional',
    at: '/paths/*/*/responses/*/headers/*/required',
    when: becomesFalse,
    bump: 'major',
    because: 'Clients may rely on its presence.',
  },
  {
    name: 'response-header-became-required',
    at: '/paths/*/*/responses/*/headers/*/required',
    when: becomesTrue,
    bump: 'minor',
    because: 'Clients that cope with its absence also cope with its presence.',
  },
  {
    name: 'security-alternative-added',
    at: '/paths/*/*/security/*',
    on: 'added',
    bump: 'minor',
    because: 'One more way to be let in; the others stay.',
  },
  {
    name: 'security-alternative-removed',
    at: '/paths/*/*/security/*',
    on: 'removed',
    bump: 'major',
    because: 'Clients that come in this way are refused. Asking for nothing counts as a way.',
  },
  {
    name: 'security-scope-added',
    at: '/paths/*/*/security/*/*',
    on: 'added',
    bump: 'major',
    because: 'Tokens without the scope are refused now.',
  },
  {
    name: 'security-scope-removed',
    at: '/paths/*/*/security/*/*',
    on: 'removed',
    bump: 'minor',
    because: 'Tokens with the scope are let in as before.',
  },
];
