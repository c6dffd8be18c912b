import fc from 'fast-check';
import { decideCall, type CallDecision } from './call-decision.js';
import type { CallRule } from './fault-plan.js';
import type { FaultedCall } from './faulted-call.js';

const call: FaultedCall = {
  service: 'dynamodb',
  operation: 'UpdateItem',
  functionName: 'weir-dev-process-fn',
};

function decide(
  rules: readonly CallRule[],
  options: { call?: FaultedCall; seed?: number; index?: number; exhausted?: readonly number[] } = {},
): CallDecision {
  const { seed = 1, index = 0, exhausted = [] } = options;
  const isExhausted = (rule: number): boolean => exhausted.includes(rule);
  return decideCall({ calls: rules, events: [] }, seed, options.call ?? call, index, isExhausted);
}

const always = { probability: 1 } as const;

describe('the decision on a call', () => {
  it('is the same for the same seed and index', () => {
    const rules: CallRule[] = [
      { fault: 'delay', probability: 0.5, delayMs: [0, 1_000] },
      { fault: 'loseResponse', probability: 0.3 },
      { fault: 'duplicate', probability: 0.5, delayMs: [0, 1_000] },
    ];
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, index) => {
        expect(decide(rules, { seed, index })).toEqual(decide(rules, { seed, index }));
      }),
    );
  });

  it('applies a rule as often as its probability says, at other calls for another seed', () => {
    const lost = (seed: number): boolean[] =>
      Array.from(
        { length: 5_000 },
        (_, index) =>
          decide([{ fault: 'loseRequest', probability: 0.2 }], { seed, index }).fault !== undefined,
      );
    const share = lost(1).filter(Boolean).length / 5_000;
    expect(share).toBeGreaterThan(0.17);
    expect(share).toBeLessThan(0.23);
    expect(lost(2)).not.toEqual(lost(1));
  });

  it('never applies at probability 0 and always at 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, index) => {
        expect(decide([{ fault: 'throttle', probability: 0 }], { seed, index }).fault).toBeUndefined();
        expect(decide([{ fault: 'throttle', ...always }], { seed, index }).fault?.kind).toBe('throttle');
      }),
    );
  });

  it.each<[string, Partial<CallRule>, boolean]>([
    ['any call', {}, true],
    ['its service', { service: 'dynamodb' }, true],
    ['another service', { service: 'kinesis' }, false],
    ['its operation', { operations: ['PutItem', 'UpdateItem'] }, true],
    ['another operation', { operations: ['PutItem'] }, false],
    ['its function', { function: 'weir-dev-process-fn' }, true],
    ['the end of its function', { function: 'process-fn' }, true],
    ['a part of a word of its function', { function: 'cess-fn' }, false],
    ['another function', { function: 'ingest-fn' }, false],
  ])('heeds a rule about %s', (_, filter, applies) => {
    const rule = { fault: 'loseRequest', ...always, ...filter } as CallRule;
    expect(decide([rule]).fault !== undefined).toBe(applies);
  });

  it('adds delays up and takes the first of the other faults', () => {
    const decision = decide([
      { fault: 'delay', ...always, delayMs: [5, 5] },
      { fault: 'loseResponse', ...always },
      { fault: 'throttle', ...always },
      { fault: 'delay', ...always, delayMs: [7, 7] },
    ]);
    expect(decision).toEqual({ delayMs: 12, rules: [0, 1, 3], fault: { kind: 'loseResponse' } });
  });

  it('fails entries of operations that have some', () => {
    const rules: CallRule[] = [
      { fault: 'failEntries', ...always, entryProbability: 1 },
      { fault: 'loseRequest', ...always },
    ];
    const kindFor = (operation: string) => decide(rules, { call: { ...call, operation } }).fault?.kind;
    expect(kindFor('BatchGetItem')).toBe('failEntries');
    expect(kindFor('UpdateItem')).toBe('loseRequest');
  });

  it('goes past a rule that is exhausted', () => {
    const rules: CallRule[] = [
      { fault: 'loseResponse', ...always, max: 1 },
      { fault: 'loseRequest', ...always },
    ];
    expect(decide(rules, { exhausted: [0] }).fault).toEqual({ kind: 'loseRequest' });
  });

  it('draws times within their range', () => {
    fc.assert(
      fc.property(fc.nat(), (index) => {
        const { fault } = decide([{ fault: 'arriveLate', ...always, delayMs: [10, 20] }], { index });
        expect(fault?.kind === 'arriveLate' ? fault.delayMs : -1).toBeGreaterThanOrEqual(10);
        expect(fault?.kind === 'arriveLate' ? fault.delayMs : 99).toBeLessThanOrEqual(20);
      }),
    );
  });
});
