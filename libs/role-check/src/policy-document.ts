/** A statement of an identity policy whose intrinsic functions are resolved. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** As they are written: `kinesis:PutRecords`, `s3:Get*`. */
  readonly actions: readonly string[];
  /** ARNs, with `*` and `?` as wildcards. */
  readonly resources: readonly string[];
  /** It holds under conditions only, which are not judged. */
  readonly conditional: boolean;
  /** Where it stands, for messages. */
  readonly place: string;
}

/** A policy says something that is not understood. The message names the place. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';

  constructor(place: string, reason: string) {
    super(`${place} ${reason}.`);
  }
}

const members = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

/**
 * Reads an identity policy: statements that allow or deny actions on resources.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 *
 * @param place where the document stands, for messages
 * @throws PolicyError for anything else, such as `NotAction`, `Principal` or a statement without resources
 */
export function readPolicyDocument(document: unknown, place: string): Statement[] {
  if (!isObject(document)) throw new PolicyError(place, 'must be an object');
  const statements = listOf(document.Statement);
  if (statements.length === 0) throw new PolicyError(`${place}.Statement`, 'has no statement');
  return statements.map((statement, index) => readStatement(statement, `${place}.Statement[${index}]`));
}

function readStatement(statement: unknown, place: string): Statement {
  if (!isObject(statement)) throw new PolicyError(place, 'must be an object');
  const unknown = Object.keys(statement).find((name) => !members.includes(name));
  if (unknown !== undefined) throw new PolicyError(`${place}.${unknown}`, 'is not understood');
  const { Effect: effect, Condition: condition } = statement;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw new PolicyError(`${place}.Effect`, 'must be Allow or Deny');
  if (condition !== undefined && !isObject(condition))
    throw new PolicyError(`${place}.Condition`, 'must be an object');
  const actions = texts(statement.Action, `${place}.Action`);
  const wrong = actions.find((action) => !/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action));
  if (wrong !== undefined) throw new PolicyError(`${place}.Action`, `has ${wrong}, which is no action`);
  return {
    effect,
    actions,
    resources: texts(statement.Resource, `${place}.Resource`),
    conditional: condition !== undefined && Object.keys(condition).length > 0,
    place,
  };
}

function texts(value: unknown, place: string): string[] {
  const found = listOf(value);
  if (found.length === 0 || !found.every((item) => typeof item === 'string' && item !== ''))
    throw new PolicyError(place, 'must be a text or a list of texts');
  return found as string[];
}

/** The grammar lets a single value stand for a list of one. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The statements with conditions that may be about one of the services, named as in an action (`dynamodb`). */
export function conditionalStatements(
  statements: readonly Statement[],
  services: readonly string[],
): Statement[] {
  const concerns = (action: string): boolean =>
    action === '*' || services.includes(action.slice(0, action.indexOf(':')).toLowerCase());
  return statements.filter(({ conditional, actions }) => conditional && actions.some(concerns));
}
