import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  createLambdaFunction,
  type InspectOptions,
  type LambdaFunction,
} from '../engines/lambda/lambda-function.js';
import { functionDefinition } from '../resources/lambda-function.js';
import { clockSkewVariable } from '../faults/skewed-clock.js';
import { isNamed } from '../faults/fault-plan.js';
import { faultedServices } from '../faults/faulted-call.js';
import { reasonOf } from '../runtime-error.js';
import { copyProgram } from './copy-program.js';
import { incomplete, resourcesOfType, type RunningCloud } from './boot-context.js';

/** Makes every function of the template ready to be invoked. Its first worker starts with its first invocation. */
export async function startFunctions(cloud: RunningCloud): Promise<void> {
  const { plan, entries } = cloud.options;
  const endpoints = endpointVariables(cloud);
  await clearAssetFolder(cloud);
  const workerPath = await copyWorkerProgram(cloud, entries.worker);
  for (const resource of resourcesOfType(plan, 'AWS::Lambda::Function')) {
    const definition = functionDefinition(resource, plan);
    try {
      const assetDir = assetFolderOf(cloud, definition.functionName);
      await copyProgram(definition.assetDir, assetDir, builtIn(cloud, definition.functionName));
      const inspect = inspectOptions(cloud, definition.functionName);
      const lambda = createLambdaFunction({
        ...definition,
        ...(inspect === undefined ? {} : { inspect }),
        assetDir,
        region: plan.environment.region,
        accountId: plan.environment.accountId,
        environment: { ...definition.environment, ...endpoints },
        workerEnvironment: (workerId) => workerVariables(cloud, definition.functionName, workerId),
        workerPath,
        xrayDaemonAddress: cloud.xrayAddress,
        onLog: (line) => cloud.logs.add(line),
        onSegment: (segment) => {
          cloud.traces.add(segment);
        },
      });
      cloud.functions.set(lambda.functionName, lambda);
      cloud.shutdown.add(`The function ${lambda.functionName}`, () => lambda.close());
      if (inspect !== undefined) await warmUp(cloud, lambda);
    } catch (error) {
      throw incomplete(resource, `cannot run: ${reasonOf(error)}`);
    }
  }
}

function inspectOptions(cloud: RunningCloud, functionName: string): InspectOptions | undefined {
  const inspected = cloud.options.inspected?.find((candidate) => candidate.functionName === functionName);
  if (inspected === undefined) return undefined;
  return {
    port: inspected.port,
    onListening: (url) => cloud.options.notify(`The debugger of ${functionName} listens on ${url}`),
  };
}

/** A debugger needs something to attach to before the first invocation. */
async function warmUp(cloud: RunningCloud, lambda: LambdaFunction): Promise<void> {
  const error = await lambda.warmUp();
  if (error === undefined) return;
  cloud.options.notify(`${lambda.functionName} does not load: ${error.errorType}: ${error.errorMessage}`);
}

/**
 * Workers run a copy of the bundles: the assembly may be synthesised anew while they run. The folder is emptied first, since
 * no worker of an earlier runtime is left.
 */
async function clearAssetFolder(cloud: RunningCloud): Promise<void> {
  const folder = assetsFolder(cloud);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/** Where the copy of a function's bundle stands that the runtime has started with. */
export function assetFolderOf(cloud: RunningCloud, functionName: string): string {
  return join(assetsFolder(cloud), functionName);
}

function assetsFolder(cloud: RunningCloud): string {
  return join(cloud.options.dataDir, 'assets');
}

/** The worker program too may be built anew, and is missing while it is. */
async function copyWorkerProgram(cloud: RunningCloud, program: string): Promise<string> {
  const folder = join(cloud.options.dataDir, 'programs');
  await rm(folder, { recursive: true, force: true });
  await copyProgram(dirname(program), folder, dirname(program));
  return join(folder, basename(program));
}

function builtIn(cloud: RunningCloud, functionName: string): string | undefined {
  return cloud.functionProjects.find(({ name }) => isNamed(functionName, name))?.outputFolder;
}

const endpointNames = {
  kinesis: 'AWS_ENDPOINT_URL_KINESIS',
  dynamodb: 'AWS_ENDPOINT_URL_DYNAMODB',
  s3: 'AWS_ENDPOINT_URL_S3',
} as const;

/** X-Ray's API is the info server's. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointVariables(cloud: RunningCloud): Record<string, string> {
  const engines = Object.fromEntries(
    Object.entries(endpointNames).flatMap(([engine, name]) => {
      const endpoint = cloud.engines.get(engine)?.().endpoint;
      return endpoint === undefined ? [] : [[name, endpoint] as const];
    }),
  );
  return { ...engines, AWS_ENDPOINT_URL_XRAY: `http://127.0.0.1:${cloud.options.portBase}` };
}

/** Through a proxy a worker calls engines under its own name; with fault injection its clock may be wrong. */
function workerVariables(
  cloud: RunningCloud,
  functionName: string,
  workerId: string,
): Record<string, string> {
  const skewMs = cloud.faults?.injector.clockSkewMs(functionName, workerId) ?? 0;
  const endpoints = Object.fromEntries(
    faultedServices.flatMap((service) => {
      const proxy = cloud.proxies.get(service);
      return proxy === undefined
        ? []
        : [[endpointNames[service], proxy.endpointOf({ functionName, workerId })] as const];
    }),
  );
  return skewMs === 0 ? endpoints : { ...endpoints, [clockSkewVariable]: String(skewMs) };
}
