import {
  conditionalStatements,
  PolicyError,
  readPolicyDocument,
  type FunctionRole,
  type Statement,
} from '@weir/role-check';
import type { AssemblyPlan, PlannedResource } from '../assembly/assembly-plan.js';
import { AssemblyError } from '../assembly/errors.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { faultedServices } from '../faults/faulted-call.js';

/**
 * The roles of the functions, with every statement that the template gives them: in the role itself, and in policies that name
 * it. A function whose role stands in no stack of the assembly has none here, for what it may do is not known.
 *
 * @throws AssemblyError naming the place of what cannot be judged: a managed policy of AWS, or a condition on calls to an
 *   engine.
 */
export function functionRoles(plan: AssemblyPlan): FunctionRole[] {
  const roles = ofType(plan, 'AWS::IAM::Role');
  return ofType(plan, 'AWS::Lambda::Function').flatMap((lambda) => {
    const role = roles.find(({ identity }) => identity.attributes.Arn === lambda.properties.Role);
    if (role === undefined) return [];
    const statements = statementsOf(role, plan);
    const [conditional] = conditionalStatements(statements, faultedServices);
    if (conditional !== undefined)
      throw unsupported(conditional.place, 'Condition: conditions are not judged');
    return [{ functionName: lambda.identity.ref, roleName: role.identity.ref, statements }];
  });
}

function statementsOf(role: PlannedResource, plan: AssemblyPlan): Statement[] {
  const properties = new PropertyReader(role.id, role.properties);
  const inline = properties
    .objects('Policies')
    .flatMap((policy, index) => read(policy.json('PolicyDocument'), role, `Policies[${index}].`));
  const named = properties.textList('ManagedPolicyArns');
  const managed = ofType(plan, 'AWS::IAM::ManagedPolicy');
  const foreign = named.find((arn) => !managed.some(({ identity }) => identity.ref === arn));
  if (foreign !== undefined) {
    throw unsupported(role.id, `ManagedPolicyArns: what ${foreign} says is not known here`);
  }
  const attached = [...ofType(plan, 'AWS::IAM::Policy'), ...managed].filter(
    (policy) =>
      named.includes(policy.identity.ref) ||
      new PropertyReader(policy.id, policy.properties).textList('Roles').includes(role.identity.ref),
  );
  return [...inline, ...attached.flatMap((policy) => read(policy.properties.PolicyDocument, policy))];
}

function read(document: unknown, { id }: PlannedResource, parent = ''): Statement[] {
  try {
    return readPolicyDocument(document, `${id}: ${parent}PolicyDocument`);
  } catch (error) {
    if (error instanceof PolicyError) throw new AssemblyError('unsupported_property', error.message);
    throw error;
  }
}

function unsupported(place: string, reason: string): AssemblyError {
  return new AssemblyError('unsupported_property', `${place}: ${reason}.`);
}

function ofType(plan: AssemblyPlan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}
