import { PolicyError, type Statement } from './policy-document.js';

/** What a call needs: an action on a resource. */
export interface Need {
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN; `*` where the action knows no resources. */
  readonly resource: string;
}

export type Judgement =
  | { readonly verdict: 'allowed' }
  /** Nothing allows it. */
  | { readonly verdict: 'notAllowed' }
  | { readonly verdict: 'denied'; readonly by: Statement };

/**
 * Judges as IAM does where identity policies are all there is: a statement that denies wins, and what none allows is refused.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 *
 * @throws PolicyError when the judgement would depend on a condition
 */
export function judge(statements: readonly Statement[], need: Need): Judgement {
  const concerned = statements.filter((statement) => concerns(statement, need));
  const conditional = concerned.find((statement) => statement.conditional);
  if (conditional !== undefined) {
    throw new PolicyError(
      `${conditional.place}.Condition`,
      `decides about ${need.action} on ${need.resource}, and conditions are not judged`,
    );
  }
  const by = concerned.find(({ effect }) => effect === 'Deny');
  if (by !== undefined) return { verdict: 'denied', by };
  return { verdict: concerned.length > 0 ? 'allowed' : 'notAllowed' };
}

function concerns({ actions, resources }: Statement, need: Need): boolean {
  return (
    actions.some((action) => matchesAction(action, need.action)) &&
    resources.some((resource) => matchesResource(resource, need.resource))
  );
}

/** Actions are compared regardless of case. */
export function matchesAction(pattern: string, action: string): boolean {
  return matches(pattern.toLowerCase(), action.toLowerCase());
}

export function matchesResource(pattern: string, resource: string): boolean {
  return matches(pattern, resource);
}

/** `*` stands for any characters, `?` for one. */
function matches(pattern: string, text: string): boolean {
  // Where to go on after the last asterisk, should what follows it not fit: linear in practice, without regular expressions.
  let [at, position, asterisk, resumed] = [0, 0, -1, 0];
  while (position < text.length) {
    const expected = pattern[at];
    if (expected === '*') {
      asterisk = at++;
      resumed = position;
    } else if (expected === '?' || expected === text[position]) {
      at += 1;
      position += 1;
    } else if (asterisk >= 0) {
      at = asterisk + 1;
      position = ++resumed;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}
