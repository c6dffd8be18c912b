const NOT_COMPARED = 'oasdiff does not look at this keyword there; the guard judges it by what it admits.';
const TYPED_CLIENT = 'Code that uses the generated types names it, and no longer compiles.';

/**
 * Where the guard and oasdiff differ for good, by the name of the pair, with the reason to stay with the guard's verdict.
 * oasdiff asks what a request or an answer on the wire may break; the guard also what the typed clients lose.
 */
export const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'an operationId changes': TYPED_CLIENT,
  'a deprecation is withdrawn': 'Nothing works differently, so nothing is added.',
  'a list in the query is written otherwise': NOT_COMPARED,
  'another success is added': 'The typed answer becomes a union that existing code does not handle.',
  'an answer is removed': TYPED_CLIENT,
  'a response header is removed': 'Whether a header always came does not change that clients may read it.',
  'a response header becomes required': 'A promise is added, which is more than text.',
  'the same security for the whole contract instead of one operation':
    'Each operation asks for the same as before; where that is written is no change.',
  'a security scheme is removed':
    'Tools that obtain tokens read it; an operation that uses it counts besides.',
  'the last security scheme is removed, and all components with it': 'The same.',
  'response: an optional property is removed':
    'Clients may read it where it comes; the issue that the guard exists for.',
  'response: a property deep inside is removed': 'As above, deeper.',
  'a property has the name of a keyword': 'As above; the name is a test of the canonical form.',
  'response: items must be unique': NOT_COMPARED,
  'request: further properties are refused': NOT_COMPARED,
  'response: further properties are refused': NOT_COMPARED,
  'request: further properties are allowed': NOT_COMPARED,
  'response: further properties are allowed': NOT_COMPARED,
  'request: further properties are constrained': NOT_COMPARED,
  'response: further properties are constrained': NOT_COMPARED,
  'request: further properties are freed': NOT_COMPARED,
  'response: further properties are freed': NOT_COMPARED,
  'request: alternatives are introduced':
    'oasdiff sees one more alternative; there was no restriction before, so the schema admits less.',
  'response: alternatives are introduced': 'The same: what comes is a part of what could come before.',
  'request: alternatives are dropped':
    'oasdiff sees an alternative removed; without any the schema admits everything.',
  'response: alternatives are dropped': 'The same: anything may come now.',
  'response: a part of a composition is added':
    'A part may be seen as more properties or as a different type; the guard does not look and so refuses.',
  'request: a default changes': 'A request that leaves the value out now means something else.',
  'response: a default changes': 'A default says nothing about a value that is sent.',
  'a component is renamed':
    'The clients export names of their own, and nothing on the wire has a component’s name.',
  'a reference is annotated by a composition of one':
    'oasdiff compares `allOf` with its only part as different schemas; they admit the same.',
  'an operation gets a tag': 'Tags only order the reference.',
  'a server is added': NOT_COMPARED,
  'the first server is named': NOT_COMPARED,
  'a server is removed': NOT_COMPARED,
  'an extension that no rule knows': 'The guard refuses what it does not know; oasdiff ignores it.',
  'a keyword that no rule knows': 'The guard refuses what it does not know; oasdiff does not compare `not`.',
};
