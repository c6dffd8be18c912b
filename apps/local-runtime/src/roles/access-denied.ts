import { randomUUID } from 'node:crypto';
import type { CloudEnvironment } from '../assembly/resource-type.js';
import { errorDocument } from '../engines/s3/s3-error.js';
import type { EngineAnswer } from '../faults/engine-calls.js';
import type { FaultedService } from '../faults/faulted-call.js';
import type { Refusal } from './call-register.js';

/**
 * What a service answers to a call that the caller's role does not allow.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function accessDenied(
  service: FaultedService,
  refusal: Refusal,
  environment: CloudEnvironment,
): EngineAnswer {
  const message = deniedMessage(refusal, environment);
  if (service === 's3') {
    const body = errorDocument({ code: 'AccessDenied', message }, randomUUID());
    return { statusCode: 403, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
  }
  const [prefix, version] = service === 'dynamodb' ? ['com.amazon.coral.service#', '1.0'] : ['', '1.1'];
  const body = JSON.stringify({ __type: `${prefix}AccessDeniedException`, Message: message });
  return {
    statusCode: 400,
    headers: { 'content-type': `application/x-amz-json-${version}` },
    body: Buffer.from(body),
  };
}

function deniedMessage(
  { functionName, roleName, action, resource, explicit }: Refusal,
  { partition, accountId }: CloudEnvironment,
): string {
  const user = `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${functionName}`;
  const why = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  return `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
