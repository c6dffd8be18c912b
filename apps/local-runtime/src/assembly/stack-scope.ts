import type { StackArtifact } from './cloud-assembly.js';
import { AssemblyError } from './errors.js';
import { evaluateCondition, type ExpressionScope } from './intrinsics.js';
import type { CloudEnvironment, ResourceIdentity } from './resource-type.js';
import type { Json, TemplateParameter } from './template.js';

/** What a stack's expressions can see besides its own template. */
export interface StackScopeInputs {
  readonly environment: CloudEnvironment;
  /** Values given by the user, by parameter name; they go before those of the manifest and the template's defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  identityOf(logicalId: string): ResourceIdentity | undefined;
  importValue(exportName: string): Json;
}

/** The names every stack knows without declaring them. */
export const pseudoParameters: ReadonlySet<string> = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

/** Evaluates references, conditions and mappings of one stack. Conditions are evaluated once. */
export class StackScope implements ExpressionScope {
  private readonly conditions = new Map<string, boolean | 'evaluating'>();

  constructor(
    private readonly stack: StackArtifact,
    private readonly inputs: StackScopeInputs,
  ) {}

  reference(name: string): Json | undefined {
    if (pseudoParameters.has(name)) return this.pseudoParameter(name);
    const parameter = this.stack.template.Parameters?.[name];
    if (parameter !== undefined) return this.parameterValue(name, parameter);
    const identity = this.inputs.identityOf(name);
    if (identity === undefined) throw this.dangling(name);
    return identity.ref;
  }

  attribute(logicalId: string, attribute: string): Json {
    const identity = this.inputs.identityOf(logicalId);
    if (identity === undefined) throw this.dangling(logicalId);
    const value = identity.attributes[attribute];
    if (value !== undefined) return value;
    const type = this.stack.template.Resources[logicalId]?.Type ?? 'unknown type';
    throw new AssemblyError(
      'unresolvable_expression',
      `${this.stack.stackName}/${logicalId} (${type}): the attribute ${attribute} is not supported by the local runtime.`,
    );
  }

  condition(name: string): boolean {
    const known = this.conditions.get(name);
    const at = `${this.stack.stackName}: condition ${name}`;
    if (known === 'evaluating') throw new AssemblyError('dependency_cycle', `${at} refers to itself.`);
    if (known !== undefined) return known;
    const expression = this.stack.template.Conditions?.[name];
    if (expression === undefined)
      throw new AssemblyError('dangling_reference', `${at} is used but not declared.`);
    this.conditions.set(name, 'evaluating');
    const value = evaluateCondition(expression, this, at);
    this.conditions.set(name, value);
    return value;
  }

  mapping(map: string, topKey: string, secondKey: string): Json {
    const value = this.stack.template.Mappings?.[map]?.[topKey]?.[secondKey];
    if (value !== undefined) return value;
    throw new AssemblyError(
      'unresolvable_expression',
      `${this.stack.stackName}: Fn::FindInMap finds nothing at ${map}.${topKey}.${secondKey}.`,
    );
  }

  importValue(exportName: string): Json {
    return this.inputs.importValue(exportName);
  }

  private pseudoParameter(name: string): Json | undefined {
    const { environment } = this.inputs;
    const stackName = this.stack.stackName;
    const values: Record<string, Json> = {
      'AWS::AccountId': environment.accountId,
      'AWS::NotificationARNs': [],
      'AWS::Partition': environment.partition,
      'AWS::Region': environment.region,
      'AWS::StackId': `arn:${environment.partition}:cloudformation:${environment.region}:${environment.accountId}:stack/${stackName}/local`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': environment.urlSuffix,
    };
    return values[name];
  }

  private parameterValue(name: string, parameter: TemplateParameter): Json {
    const at = `${this.stack.stackName}: parameter ${name}`;
    const given = this.inputs.parameters[name] ?? this.stack.parameters[name];
    if (parameter.Type.startsWith('AWS::SSM::')) {
      throw new AssemblyError(
        'invalid_parameter',
        `${at} is read from Parameter Store, which the local runtime does not have.`,
      );
    }
    const value = given ?? parameter.Default;
    if (value === undefined) {
      throw new AssemblyError(
        'invalid_parameter',
        `${at} has no value: give it with --parameter ${name}=value.`,
      );
    }
    checkParameter(String(value), parameter, at);
    if (parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<')) {
      return String(value)
        .split(',')
        .map((item) => item.trim());
    }
    return String(value);
  }

  private dangling(name: string): AssemblyError {
    return new AssemblyError(
      'dangling_reference',
      `${this.stack.stackName}: ${name} is referred to, but it is no parameter or resource of the stack.`,
    );
  }
}

function checkParameter(value: string, parameter: TemplateParameter, at: string): void {
  if (parameter.AllowedValues !== undefined && !parameter.AllowedValues.map(String).includes(value)) {
    const allowed = parameter.AllowedValues.join(', ');
    throw new AssemblyError('invalid_parameter', `${at}: ${JSON.stringify(value)} is not one of ${allowed}.`);
  }
  if (parameter.MinLength !== undefined && value.length < Number(parameter.MinLength)) {
    throw new AssemblyError(
      'invalid_parameter',
      `${at}: ${JSON.stringify(value)} is shorter than ${parameter.MinLength}.`,
    );
  }
  if (parameter.MaxLength !== undefined && value.length > Number(parameter.MaxLength)) {
    throw new AssemblyError(
      'invalid_parameter',
      `${at}: ${JSON.stringify(value)} is longer than ${parameter.MaxLength}.`,
    );
  }
  if (
    parameter.AllowedPattern !== undefined &&
    !new RegExp(`^(?:${parameter.AllowedPattern})$`, 'u').test(value)
  ) {
    throw new AssemblyError(
      'invalid_parameter',
      `${at}: ${JSON.stringify(value)} does not match ${parameter.AllowedPattern}.`,
    );
  }
  if (parameter.Type === 'Number' && !(value.trim() !== '' && Number.isFinite(Number(value)))) {
    throw new AssemblyError('invalid_parameter', `${at}: ${JSON.stringify(value)} is not a number.`);
  }
  if (parameter.MinValue !== undefined && Number(value) < Number(parameter.MinValue)) {
    throw new AssemblyError('invalid_parameter', `${at}: ${value} is less than ${parameter.MinValue}.`);
  }
  if (parameter.MaxValue !== undefined && Number(value) > Number(parameter.MaxValue)) {
    throw new AssemblyError('invalid_parameter', `${at}: ${value} is more than ${parameter.MaxValue}.`);
  }
}
