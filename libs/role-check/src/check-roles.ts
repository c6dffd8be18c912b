import { judge, matchesAction, matchesResource, type Need } from './judgement.js';
import type { Statement } from './policy-document.js';

/** What the role of one function says. */
export interface FunctionRole {
  readonly functionName: string;
  readonly roleName: string;
  readonly statements: readonly Statement[];
}

/** A call that a function, or somebody with its role, has made. */
export interface RecordedCall extends Need {
  readonly functionName: string;
}

/** A grant that is missing or not needed. */
export interface Finding extends Need {
  readonly kind: 'missing' | 'unused';
  readonly functionName: string;
  /** A sentence with function, action, resource and, of what is unused, the place of the grant. */
  readonly message: string;
}

/**
 * Compares what roles allow with what was called: a call that a role does not allow lacks a grant, and a grant that no call
 * needs should not be there. Every pair of an action and a resource of an allowing statement is a grant of its own. An action
 * with a wildcard allows what nobody can have called, so it counts as unused.
 *
 * @throws PolicyError when a call would depend on a condition
 */
export function checkRoles(roles: readonly FunctionRole[], calls: readonly RecordedCall[]): Finding[] {
  return [
    ...calls.flatMap((call) => missingGrant(roles, call)),
    ...roles.flatMap((role) => unusedGrants(role, callsOf(role, calls))),
  ];
}

function missingGrant(roles: readonly FunctionRole[], call: RecordedCall): Finding[] {
  const { functionName, action, resource } = call;
  const role = roles.find((candidate) => candidate.functionName === functionName);
  const judgement = judge(role?.statements ?? [], call);
  if (judgement.verdict === 'allowed') return [];
  const why =
    judgement.verdict === 'denied' ? `which ${judgement.by.place} denies` : 'which its role does not allow';
  const message = `${functionName} calls ${action} on ${resource}, ${why}.`;
  return [{ kind: 'missing', functionName, action, resource, message }];
}

function callsOf({ functionName }: FunctionRole, calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.filter((call) => call.functionName === functionName);
}

function unusedGrants({ functionName, statements }: FunctionRole, calls: readonly RecordedCall[]): Finding[] {
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions, resources, place }) =>
      actions.flatMap((action) =>
        resources
          .filter((resource) => !isUsed(action, resource, calls))
          .map((resource): Finding => {
            const message = `${functionName} may call ${action} on ${resource}, and never does (${place}).`;
            return { kind: 'unused', functionName, action, resource, message };
          }),
      ),
    );
}

function isUsed(action: string, resource: string, calls: readonly RecordedCall[]): boolean {
  if (/[*?]/.test(action)) return false;
  return calls.some((call) => matchesAction(action, call.action) && matchesResource(resource, call.resource));
}
