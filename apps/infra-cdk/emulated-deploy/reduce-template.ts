/** A CloudFormation template, as far as this folder looks into it. */
export interface DeployedTemplate {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, DeployedResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface DeployedResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly [property: string]: unknown;
}

export interface ReducedTemplate {
  readonly template: DeployedTemplate;
  /** Logical ids of what was left out, by type. */
  readonly leftOut: ReadonlyMap<string, readonly string[]>;
}

/**
 * A template without the resources of some types. What refers to one of them keeps its place: the reference becomes a
 * text, `left-out-<logical id>`, so that no other resource has to go.
 *
 * @throws Error when a reference stands inside a `Fn::Sub` text, which CDK does not write.
 */
export function reduceTemplate(
  template: DeployedTemplate,
  isLeftOut: (type: string) => boolean,
): ReducedTemplate {
  const leftOut = new Map<string, string[]>();
  const gone = new Set<string>();
  for (const [id, { Type }] of Object.entries(template.Resources)) {
    if (!isLeftOut(Type)) continue;
    gone.add(id);
    leftOut.set(Type, [...(leftOut.get(Type) ?? []), id]);
  }
  const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id));
  const resources = kept.map(([id, resource]) => [id, withoutDependencies(resource, gone)] as const);
  const reduced = { ...template, Resources: Object.fromEntries(resources) };
  return { template: withoutReferences(reduced, gone) as DeployedTemplate, leftOut };
}

function withoutDependencies(resource: DeployedResource, gone: ReadonlySet<string>): DeployedResource {
  const { DependsOn, ...rest } = resource;
  const left = [DependsOn ?? []].flat().filter((id) => !gone.has(id));
  return left.length === 0 ? { ...rest, Type: resource.Type } : { ...resource, DependsOn: left };
}

function withoutReferences(node: unknown, gone: ReadonlySet<string>): unknown {
  if (Array.isArray(node)) return node.map((item) => withoutReferences(item, gone));
  if (typeof node !== 'object' || node === null) return node;
  const referred = referredBy(node as Record<string, unknown>);
  if (referred !== undefined && gone.has(referred)) return `left-out-${referred}`;
  const sub = (node as Record<string, unknown>)['Fn::Sub'];
  if (sub !== undefined) refuseSubstitution(JSON.stringify(sub), gone);
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, withoutReferences(value, gone)]),
  );
}

/** The logical id of a `Ref` or `Fn::GetAtt`. */
function referredBy(node: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.keys(node).length !== 1) return undefined;
  if (typeof node['Ref'] === 'string') return node['Ref'];
  const attribute = node['Fn::GetAtt'];
  if (Array.isArray(attribute)) return String(attribute[0]);
  return typeof attribute === 'string' ? attribute.split('.')[0] : undefined;
}

function refuseSubstitution(text: string, gone: ReadonlySet<string>): void {
  for (const [, id] of text.matchAll(/\$\{([A-Za-z0-9]+)[.}]/g)) {
    if (id !== undefined && gone.has(id)) {
      throw new Error(`Fn::Sub refers to ${id}, which is left out: ${text}`);
    }
  }
}
