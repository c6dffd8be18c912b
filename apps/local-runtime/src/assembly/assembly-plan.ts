import type { CloudAssembly, StackArtifact } from './cloud-assembly.js';
import { AssemblyError } from './errors.js';
import { resolveExpression } from './intrinsics.js';
import { collectReferences, type Reference } from './references.js';
import { orderByDependency } from './resource-graph.js';
import type { CloudEnvironment, ResourceIdentity, ResourceType } from './resource-type.js';
import { pseudoParameters, StackScope } from './stack-scope.js';
import { judgeProperties, unknownProperty, type PropertyVerdict, type TypeSupport } from './support.js';
import { isJsonObject, type Json, type JsonObject, type TemplateResource } from './template.js';

/** A resource of the plan, resolved and judged. */
export interface PlannedResource {
  /** `stack/LogicalId`. */
  readonly id: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly support: TypeSupport;
  readonly properties: JsonObject;
  readonly identity: ResourceIdentity;
  /** As it stands in the template, for tools; paths in it start at `directory`. */
  readonly metadata: JsonObject;
  /** Absolute path of the folder that the stack's files are in. */
  readonly directory: string;
  readonly verdicts: readonly PropertyVerdict[];
  /** Ids of the resources it needs, in its own and in other stacks. */
  readonly dependsOn: readonly string[];
}

/** A resource that could not be planned; the problems say why. */
export type UnplannedResource = Pick<PlannedResource, 'id' | 'type'>;

/** An output of a stack with the resources its value is made of. */
export interface PlannedOutput {
  readonly stackName: string;
  readonly name: string;
  readonly value: Json;
  readonly references: readonly string[];
}

/** Everything the runtime has to know of an assembly. */
export interface AssemblyPlan {
  readonly environment: CloudEnvironment;
  readonly assets: ReadonlyMap<string, string>;
  /** In an order in which each follows what it depends on. Lacks the resources that could not be planned. */
  readonly resources: readonly PlannedResource[];
  readonly unplanned: readonly UnplannedResource[];
  readonly outputs: readonly PlannedOutput[];
  /** Everything that keeps the assembly from running, not only the first fault. */
  readonly problems: readonly AssemblyError[];
}

export interface PlanOptions {
  readonly environment: CloudEnvironment;
  /** Values by parameter name, given to every stack that declares the parameter. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Turns an assembly into a plan: conditions and expressions evaluated, resources ordered, every type and property judged.
 * Faults are collected in `problems`; nothing is thrown for a wrong template.
 */
export function planAssembly(
  assembly: CloudAssembly,
  resourceTypes: ReadonlyMap<string, ResourceType>,
  options: PlanOptions,
): AssemblyPlan {
  return new Planner(assembly, resourceTypes, options).plan();
}

class Planner {
  private readonly problems: AssemblyError[] = [];
  private readonly scopes = new Map<string, StackScope>();
  private readonly identities = new Map<string, ResourceIdentity>();
  /** Resources with a reference that leads nowhere: their properties cannot be resolved. */
  private readonly dangling = new Set<string>();
  private readonly exports = new Map<string, { stack: StackArtifact; value: Json; path: string }>();

  constructor(
    private readonly assembly: CloudAssembly,
    private readonly resourceTypes: ReadonlyMap<string, ResourceType>,
    private readonly options: PlanOptions,
  ) {
    for (const stack of assembly.stacks) this.scopes.set(stack.stackName, this.makeScope(stack));
  }

  plan(): AssemblyPlan {
    const { environment } = this.options;
    const empty = {
      environment,
      assets: this.assembly.assets,
      resources: [],
      unplanned: [],
      outputs: [],
      problems: this.problems,
    };
    this.checkParameterNames();
    const present = this.attempt(() => this.presentResources()) ?? [];
    this.attempt(() => this.collectExports());
    const edges = new Map(present.map((node) => [node.id, this.dependencies(node, present)]));
    const order = this.attempt(() =>
      orderByDependency(present.map((node) => ({ id: node.id, dependsOn: edges.get(node.id) ?? [] }))),
    );
    if (order === undefined) return empty;
    const byId = new Map(present.map((node) => [node.id, node]));
    const resources = order.flatMap((id) => {
      const node = byId.get(id);
      const planned = node && this.attempt(() => this.planResource(node, edges.get(id) ?? []));
      // What could not be planned was reported; whoever refers to it is judged all the same.
      if (node && !planned) this.identities.set(id, anyIdentity(node.logicalId));
      return planned ? [planned] : [];
    });
    const planned = new Set(resources.map(({ id }) => id));
    const unplanned = present
      .filter(({ id }) => !planned.has(id))
      .map(({ id, resource }) => ({ id, type: resource.Type }));
    const outputs = this.planOutputs();
    const { assets } = this.assembly;
    return { environment, assets, resources, unplanned, outputs, problems: this.problems };
  }

  private makeScope(stack: StackArtifact): StackScope {
    return new StackScope(stack, {
      environment: this.options.environment,
      parameters: this.options.parameters,
      identityOf: (logicalId) => this.identities.get(`${stack.stackName}/${logicalId}`),
      importValue: (exportName) => this.importValue(exportName),
    });
  }

  /** Runs a step and keeps an assembly error for the report; any other error is a defect and goes on. */
  private attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error;
      this.problems.push(error);
      return undefined;
    }
  }

  private checkParameterNames(): void {
    const declared = new Set(
      this.assembly.stacks.flatMap((stack) => Object.keys(stack.template.Parameters ?? {})),
    );
    for (const name of Object.keys(this.options.parameters)) {
      if (declared.has(name)) continue;
      const known =
        [...declared].filter((parameter) => parameter !== 'BootstrapVersion').join(', ') || 'none';
      this.problems.push(
        new AssemblyError(
          'invalid_parameter',
          `No stack has a parameter ${name}; the parameters are: ${known}.`,
        ),
      );
    }
  }

  private presentResources(): ResourceNode[] {
    return this.assembly.stacks.flatMap((stack) =>
      Object.entries(stack.template.Resources)
        .filter(
          ([, resource]) =>
            resource.Condition === undefined || this.scope(stack).condition(resource.Condition),
        )
        .map(([logicalId, resource]) => ({
          id: `${stack.stackName}/${logicalId}`,
          stack,
          logicalId,
          resource,
        })),
    );
  }

  private collectExports(): void {
    for (const stack of this.assembly.stacks) {
      for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
        if (output.Export === undefined || !this.isPresent(stack, output.Condition)) continue;
        const path = `${stack.stackName}: Outputs.${name}`;
        const exportName = resolveExpression(output.Export.Name, this.scope(stack), path);
        this.exports.set(String(exportName), { stack, value: output.Value, path });
      }
    }
  }

  private dependencies(node: ResourceNode, present: readonly ResourceNode[]): string[] {
    const ids = new Set(present.map((other) => other.id));
    const { stack, resource } = node;
    const found = new Set<string>();
    const problemsBefore = this.problems.length;
    const explicit =
      typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? []);
    const references: Reference[] = [
      ...explicit.map((name): Reference => ({ kind: 'name', name, path: 'DependsOn' })),
      ...collectReferences(resource.Properties, ''),
    ];
    for (const reference of references) {
      for (const id of this.attempt(() => this.targets(reference, stack, node.id)) ?? []) {
        if (ids.has(id)) found.add(id);
      }
    }
    if (this.problems.length > problemsBefore) this.dangling.add(node.id);
    return [...found];
  }

  /** The ids of the resources a reference leads to; none for a parameter. @throws AssemblyError when it leads nowhere. */
  private targets(reference: Reference, stack: StackArtifact, referrer: string): string[] {
    if (reference.kind === 'import') {
      const name = String(
        resolveExpression(reference.exportName, this.scope(stack), `${referrer}: ${reference.path}`),
      );
      const source = this.exports.get(name);
      if (source === undefined) throw missingExport(`${referrer}: ${reference.path}`, name);
      return this.referencedIds(source.value, source.stack, source.path);
    }
    const { name, path } = reference;
    if (pseudoParameters.has(name) || stack.template.Parameters?.[name] !== undefined) return [];
    if (stack.template.Resources[name] !== undefined) return [`${stack.stackName}/${name}`];
    throw new AssemblyError(
      'dangling_reference',
      `${referrer}: ${path} refers to ${name}, which is no parameter or resource of the stack.`,
    );
  }

  private referencedIds(value: Json, stack: StackArtifact, referrer: string): string[] {
    return collectReferences(value, '').flatMap((reference) => this.targets(reference, stack, referrer));
  }

  private planResource(node: ResourceNode, dependsOn: readonly string[]): PlannedResource | undefined {
    const { stack, logicalId, resource, id } = node;
    const resourceType = this.resourceTypes.get(resource.Type);
    if (resourceType === undefined) {
      throw new AssemblyError(
        'unknown_resource_type',
        `${id}: the local runtime does not know the type ${resource.Type}.`,
      );
    }
    if (this.dangling.has(id)) {
      this.reportUnknownProperties(node, resourceType);
      return undefined;
    }
    const resolved = resolveExpression(resource.Properties ?? {}, this.scope(stack), `${id}: Properties`);
    const properties = isJsonObject(resolved) ? resolved : {};
    const { stackName, directory } = stack;
    const metadata = resource.Metadata ?? {};
    const identity = resourceType.identify({
      stackName,
      logicalId,
      properties,
      environment: this.options.environment,
    });
    this.identities.set(id, identity);
    const { support, type } = resourceType;
    const verdicts = support.verdict === 'supported' ? judgeProperties(properties, support.properties) : [];
    for (const { path, reason } of verdicts.filter(({ verdict }) => verdict === 'error')) {
      this.problems.push(new AssemblyError('unsupported_property', `${id} (${type}): ${path}: ${reason}.`));
    }
    return {
      id,
      stackName,
      logicalId,
      type,
      support,
      properties,
      identity,
      metadata,
      directory,
      verdicts,
      dependsOn,
    };
  }

  /** The part of the judgement that needs no resolved values. */
  private reportUnknownProperties({ id, resource }: ResourceNode, { support, type }: ResourceType): void {
    if (support.verdict === 'inert') return;
    for (const name of Object.keys(resource.Properties ?? {})) {
      if (Object.hasOwn(support.properties, name)) continue;
      this.problems.push(
        new AssemblyError('unsupported_property', `${id} (${type}): ${name}: ${unknownProperty}.`),
      );
    }
  }

  private planOutputs(): PlannedOutput[] {
    return this.assembly.stacks.flatMap((stack) =>
      Object.entries(stack.template.Outputs ?? {}).flatMap(([name, output]) => {
        if (!this.isPresent(stack, output.Condition)) return [];
        const at = `${stack.stackName}: Outputs.${name}`;
        const planned = this.attempt(() => ({
          stackName: stack.stackName,
          name,
          value: resolveExpression(output.Value, this.scope(stack), at) ?? '',
          references: this.referencedIds(output.Value, stack, at),
        }));
        return planned ? [planned] : [];
      }),
    );
  }

  private importValue(exportName: string): Json {
    const source = this.exports.get(exportName);
    if (source === undefined) throw missingExport('Fn::ImportValue', exportName);
    return resolveExpression(source.value, this.scope(source.stack), source.path) ?? '';
  }

  private isPresent(stack: StackArtifact, condition: string | undefined): boolean {
    return condition === undefined || this.scope(stack).condition(condition);
  }

  private scope(stack: StackArtifact): StackScope {
    const scope = this.scopes.get(stack.stackName);
    if (scope === undefined) throw new Error(`There is no stack ${stack.stackName}.`);
    return scope;
  }
}

interface ResourceNode {
  readonly id: string;
  readonly stack: StackArtifact;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/** Stands in for a resource of an unknown type, so that what refers to it can still be judged. */
function anyIdentity(logicalId: string): ResourceIdentity {
  return {
    ref: logicalId,
    attributes: new Proxy({}, { get: (_target, name) => `${logicalId}.${String(name)}` }),
  };
}

function missingExport(at: string, name: string): AssemblyError {
  return new AssemblyError('dangling_reference', `${at}: no stack of the assembly exports ${name}.`);
}
