import { compareContracts } from './verdict.js';
import { RULES } from './rules.js';
import { PAIRS } from './testing/pairs.js';
import type { JsonObject } from './document.js';
import {
  contract,
  json,
  object,
  operation,
  query,
  withOperation,
  withParameters,
} from './testing/fragments.js';

describe('the verdict on a change of a contract', () => {
  it.each(PAIRS.map((pair) => [pair.name, pair] as const))('%s', (_name, { before, after, bump, rules }) => {
    const verdict = compareContracts(before, after);
    expect({ bump: verdict.bump, rules: verdict.findings.map(({ rule }) => rule) }).toEqual({ bump, rules });
  });

  it('has a pair for every rule', () => {
    const judged = new Set(PAIRS.flatMap(({ rules }) => rules));
    expect([...new Set(RULES.map(({ name }) => name))].filter((name) => !judged.has(name))).toEqual([]);
  });

  it('has every pair under a name of its own', () => {
    expect(new Set(PAIRS.map(({ name }) => name)).size).toBe(PAIRS.length);
  });
});

describe('a finding', () => {
  const ok = operation()['responses'] as JsonObject;
  const page = (properties: Parameters<typeof object>[0]) =>
    contract({
      paths: {
        '/a': { get: operation({ operationId: 'a', responses: answer }) },
        '/b': { get: operation({ operationId: 'b', responses: answer }) },
      },
      components: { schemas: { Page: object({ items: { type: 'array', items: object(properties) } }) } },
    });
  const answer = { '200': { description: 'A page.', content: json({ $ref: '#/components/schemas/Page' }) } };

  it('points to where it is written, once, with all operations that it reaches', () => {
    const { findings } = compareContracts(
      page({ kept: { type: 'string' }, gone: { type: 'string' } }),
      page({ kept: { type: 'string' } }),
    );
    expect(findings).toEqual([
      {
        kind: 'removed',
        pointer: '/components/schemas/Page/properties/items/items/properties/gone',
        rule: 'response-property-removed',
        bump: 'major',
        because: 'Clients may read it, required or not.',
        operations: ['GET /a', 'GET /b'],
      },
    ]);
  });

  it.each([
    ['a place in a list', contract(), withParameters(query()), { name: 'query limit' }],
    [
      'a key that looks like one',
      contract(),
      withOperation({ responses: { ...ok, '429': { description: 'Too fast.' } } }),
      {},
    ],
  ])('says what %s is called, where the pointer does not', (_name, before, after, expected) => {
    const [finding] = compareContracts(before, after).findings;
    const { name } = finding as { name?: string };
    expect(name === undefined ? {} : { name }).toEqual(expected);
  });

  it.each([
    [
      '#/components/schemas/Missing',
      '/paths/~1a/get/requestBody: #/components/schemas/Missing does not exist in the contract',
    ],
    ['other.yaml#/x', '/paths/~1a/get/requestBody: other.yaml#/x leads outside the contract'],
  ])('is refused where a reference leads to %s', ($ref, message) => {
    const broken = contract({ paths: { '/a': { get: operation({ requestBody: { $ref } }) } } });
    expect(() => compareContracts(broken, contract())).toThrow(message);
  });
});
