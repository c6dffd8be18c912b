import { createResponseCheck, readDocument, type ResponseCheck } from '@weir/contract-check';
import type { AssemblyPlan, PlannedResource } from '../assembly/assembly-plan.js';
import { startRestApi, type OpenApiBody, type RestApiOptions } from '../engines/api-gateway/rest-api.js';
import { stageDefinition } from '../resources/api-stage.js';
import { apiDefinition, type ApiDefinition } from '../resources/rest-api.js';
import { reasonOf, RuntimeError, systemCode } from '../runtime-error.js';
import { incomplete, requireFunction, resourcesOfType, type RunningCloud } from './boot-context.js';
import { portInUse } from './port-in-use.js';

/** A REST API, its stage, and which of the two outputs tells its URL. */
export interface ServedApi {
  readonly role: 'ingest' | 'analytics';
  readonly api: PlannedResource;
  readonly stage: PlannedResource;
}

const roleOutputs = { ingest: 'IngestUrl', analytics: 'AnalyticsUrl' } as const;

/**
 * Finds what to serve where: the API behind the output `IngestUrl` and the one behind `AnalyticsUrl`.
 *
 * @throws RuntimeError `assembly_incomplete` for an API that is behind neither, or has not exactly one stage.
 */
export function servedApis(plan: AssemblyPlan): ServedApi[] {
  const stages = resourcesOfType(plan, 'AWS::ApiGateway::Stage');
  const roles = ['ingest', 'analytics'] as const;
  return resourcesOfType(plan, 'AWS::ApiGateway::RestApi').map((api) => {
    const role = roles.find((candidate) =>
      plan.outputs.some(
        ({ name, references }) => name.endsWith(roleOutputs[candidate]) && references.includes(api.id),
      ),
    );
    if (role === undefined) {
      throw incomplete(api, 'is behind neither of the outputs IngestUrl and AnalyticsUrl, so it has no port');
    }
    const [stage, ...others] = stages.filter(
      (candidate) => candidate.properties.RestApiId === api.identity.ref,
    );
    if (stage === undefined || others.length > 0) throw incomplete(api, 'must have exactly one stage');
    return { role, api, stage };
  });
}

/** Serves every REST API of the template. @throws RuntimeError when a port is in use or a body asks for what is not there. */
export async function startGateways(cloud: RunningCloud, apis: readonly ServedApi[]): Promise<void> {
  for (const served of apis) {
    const port = cloud.options.portBase + (served.role === 'ingest' ? 1 : 2);
    const running = await startGateway(cloud, served, port);
    cloud.shutdown.add(`The ${served.role} API`, () => running.close());
    if (served.role === 'ingest') cloud.ingestUrl = running.url;
    else cloud.analyticsUrl = running.url;
  }
}

async function startGateway(cloud: RunningCloud, { api, stage }: ServedApi, port: number) {
  const definition = apiDefinition(api);
  const { throttle, methodThrottles, stageName, tracingEnabled } = stageDefinition(stage);
  const { plan, clock, random, notify } = cloud.options;
  requireIntegrations(cloud, api);
  const options: RestApiOptions = {
    ...definition,
    body: definition.body as OpenApiBody,
    stageName,
    tracingEnabled,
    ...(throttle === undefined ? {} : { throttle }),
    methodThrottles: { ...methodThrottles },
    accountId: plan.environment.accountId,
    region: plan.environment.region,
    port,
    clock,
    random,
    invoke: (functionArn, payload, { traceHeader }) =>
      requireFunction(cloud, functionArn, api).invoke(payload, { traceHeader }),
    onSegment: (segment) => {
      cloud.traces.add(segment);
    },
    onAccessLog: (entry) => cloud.logs.addAccess(definition.name, entry),
    ...contractCheck(api, definition),
    onContractViolation: ({ method, resource, statusCode, reasons }) => {
      cloud.contractViolations += 1;
      notify(
        `The contract of ${definition.name} does not allow this answer to ${method} ${resource} (${statusCode}): ${reasons.join('; ')}.`,
      );
    },
    onInternalError: (error) => notify(`The API ${definition.name} failed: ${reasonOf(error)}`),
  };
  try {
    return await startRestApi(options);
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') throw portInUse(port, error);
    throw new RuntimeError('assembly_incomplete', `${api.id}: ${reasonOf(error)}`, { cause: error });
  }
}

function contractCheck(
  api: PlannedResource,
  { contractFile }: ApiDefinition,
): { checkResponse?: ResponseCheck } {
  if (contractFile === undefined) return {};
  try {
    return { checkResponse: createResponseCheck(readDocument(contractFile)) };
  } catch (error) {
    throw incomplete(api, `has a contract that cannot be used: ${reasonOf(error)}`);
  }
}

/** Every function that the body names must exist, before the first request finds out. */
function requireIntegrations(cloud: RunningCloud, api: PlannedResource): void {
  const text = JSON.stringify(api.properties.Body);
  for (const [, arn] of text.matchAll(/\/functions\/(arn:[^/"]+)\/invocations/g)) {
    if (arn !== undefined) requireFunction(cloud, arn, api);
  }
}
