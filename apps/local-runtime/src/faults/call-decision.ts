import { hasEntries } from './failed-entries.js';
import { isNamed, type CallRule, type DelayRange, type FaultPlan } from './fault-plan.js';
import type { FaultedCall } from './faulted-call.js';
import { randomAt, randomInteger } from './seeded-random.js';

/** A rule that applies to a call, with its random times drawn. */
export type CallFault =
  | { readonly kind: 'loseRequest' | 'loseResponse' }
  | { readonly kind: 'arriveLate' | 'duplicate'; readonly delayMs: number }
  | { readonly kind: 'throttle'; readonly variant: number }
  | {
      readonly kind: 'failEntries';
      /** Whether the entry at an index fails. */
      fails(entryIndex: number): boolean;
    }
  | { readonly kind: 'killCaller'; readonly moment: 'before' | 'after' };

/** What happens to one call. */
export interface CallDecision {
  /** 0 without a delay. */
  readonly delayMs: number;
  /** Indexes of the rules in the plan that made it so. */
  readonly rules: readonly number[];
  readonly fault?: CallFault;
}

const undisturbed: CallDecision = { delayMs: 0, rules: [] };

/**
 * Decides on a call: all delays that apply add up, and of the other faults the first in the plan that applies is taken.
 *
 * @param callIndex how many calls of the same service, operation and function were seen before
 * @param isExhausted whether a rule has been applied as often as it may
 */
export function decideCall(
  plan: FaultPlan,
  seed: number,
  call: FaultedCall,
  callIndex: number,
  isExhausted: (ruleIndex: number) => boolean,
): CallDecision {
  if (plan.calls.length === 0) return undisturbed;
  let delayMs = 0;
  let fault: CallFault | undefined;
  const rules: number[] = [];
  plan.calls.forEach((rule, ruleIndex) => {
    if (!concerns(rule, call) || (fault !== undefined && rule.fault !== 'delay')) return;
    const draw = (purpose: string): number =>
      randomAt(
        seed,
        `${purpose}/${ruleIndex}/${call.service}/${call.operation}/${call.functionName}`,
        callIndex,
      );
    if (draw('applies') >= rule.probability || isExhausted(ruleIndex)) return;
    rules.push(ruleIndex);
    if (rule.fault === 'delay') delayMs += drawnDelayMs(rule.delayMs, draw);
    else fault = faultOf(rule, draw);
  });
  return { delayMs, rules, ...(fault === undefined ? {} : { fault }) };
}

function concerns(rule: CallRule, call: FaultedCall): boolean {
  return (
    (rule.service === undefined || rule.service === call.service) &&
    (rule.operations === undefined || rule.operations.includes(call.operation)) &&
    isNamed(call.functionName, rule.function) &&
    (rule.fault !== 'failEntries' || hasEntries(call.operation))
  );
}

function faultOf(rule: Exclude<CallRule, { fault: 'delay' }>, draw: (purpose: string) => number): CallFault {
  switch (rule.fault) {
    case 'loseRequest':
    case 'loseResponse':
      return { kind: rule.fault };
    case 'arriveLate':
    case 'duplicate':
      return { kind: rule.fault, delayMs: drawnDelayMs(rule.delayMs, draw) };
    case 'throttle':
      return { kind: 'throttle', variant: draw('variant') };
    case 'killCaller':
      return { kind: 'killCaller', moment: rule.moment };
    case 'failEntries':
      return {
        kind: 'failEntries',
        fails: (entryIndex) => draw(`entry ${entryIndex}`) < rule.entryProbability,
      };
  }
}

function drawnDelayMs([minMs, maxMs]: DelayRange, draw: (purpose: string) => number): number {
  return randomInteger(minMs, maxMs, draw('delay'));
}
