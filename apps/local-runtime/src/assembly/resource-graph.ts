import { AssemblyError } from './errors.js';

/** A node of the resource graph: an id (`stack/LogicalId`) and the ids it needs to exist before it. */
export interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/**
 * Orders nodes so that each follows everything it depends on; among independent nodes the given order is kept.
 * Ids that are not nodes are ignored.
 *
 * @throws AssemblyError `dependency_cycle`, whose message walks the cycle: `A → B → C → A`.
 */
export function orderByDependency(nodes: readonly GraphNode[]): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ordered: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (node: GraphNode): void => {
    if (done.has(node.id)) return;
    const entered = path.indexOf(node.id);
    if (entered >= 0) {
      const cycle = [...path.slice(entered), node.id].join(' → ');
      throw new AssemblyError(
        'dependency_cycle',
        `The resources depend on each other in a circle: ${cycle}.`,
      );
    }
    path.push(node.id);
    for (const id of node.dependsOn) {
      const dependency = byId.get(id);
      if (dependency !== undefined) visit(dependency);
    }
    path.pop();
    done.add(node.id);
    ordered.push(node.id);
  };

  for (const node of nodes) visit(node);
  return ordered;
}
