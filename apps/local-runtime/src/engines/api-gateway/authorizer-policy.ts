import { isObject } from './json-value.js';

export type PolicyDecision = 'allow' | 'explicitDeny' | 'implicitDeny';

/**
 * Evaluates the policy that an authorizer returned for one method: an explicit deny wins over an allow, and what no
 * statement allows is denied.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 * @returns undefined when the document is not a policy, or uses an element that is not evaluated here (Condition, NotAction,
 * NotResource): the gateway then reports a configuration error instead of guessing.
 */
export function evaluatePolicy(document: unknown, methodArn: string): PolicyDecision | undefined {
  if (!isObject(document)) return undefined;
  const statements = asList(document['Statement']);
  if (statements.length === 0) return undefined;
  let decision: PolicyDecision = 'implicitDeny';
  for (const statement of statements) {
    if (!isObject(statement) || 'Condition' in statement) return undefined;
    const actions = asList(statement['Action']);
    const resources = asList(statement['Resource']);
    if (actions.length === 0 || resources.length === 0) return undefined;
    const applies =
      actions.some((action) => matches(action, 'execute-api:Invoke', true)) &&
      resources.some((resource) => matches(resource, methodArn, false));
    if (statement['Effect'] !== 'Allow' && statement['Effect'] !== 'Deny') return undefined;
    if (!applies) continue;
    if (statement['Effect'] === 'Deny') return 'explicitDeny';
    decision = 'allow';
  }
  return decision;
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** IAM patterns: `*` stands for any characters, `?` for one; action names do not heed case. */
function matches(pattern: unknown, text: string, ignoreCase: boolean): boolean {
  if (typeof pattern !== 'string') return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's').test(text);
}
