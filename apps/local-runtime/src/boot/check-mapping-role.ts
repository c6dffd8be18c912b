import type { PlannedResource } from '../assembly/assembly-plan.js';
import { refusalMessage } from '../roles/call-register.js';
import { mappingNeeds, type MappingAccess } from '../roles/mapping-needs.js';
import { incomplete, type RunningCloud } from './boot-context.js';

/**
 * An event source mapping works with the role of its function.
 *
 * @throws RuntimeError `assembly_incomplete` when the role lacks what Lambda needs, as AWS refuses such a mapping.
 */
export function checkMappingRole(
  cloud: RunningCloud,
  resource: PlannedResource,
  functionName: string,
  access: MappingAccess,
): void {
  const { partition } = cloud.options.plan.environment;
  const refusal = cloud.calls?.admit(functionName, mappingNeeds(access, partition));
  if (refusal === undefined) return;
  throw incomplete(resource, `cannot read its stream: ${refusalMessage(refusal).slice(0, -1)}`);
}
