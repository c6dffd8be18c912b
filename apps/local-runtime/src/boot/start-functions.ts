import { createLambdaFunction } from '../engines/lambda/lambda-function.js';
import { functionDefinition } from '../resources/lambda-function.js';
import { reasonOf } from '../runtime-error.js';
import { incomplete, resourcesOfType, type RunningCloud } from './boot-context.js';

/** Makes every function of the template ready to be invoked. Its first worker starts with its first invocation. */
export function startFunctions(cloud: RunningCloud): void {
  const { plan, entries } = cloud.options;
  const endpoints = endpointVariables(cloud);
  for (const resource of resourcesOfType(plan, 'AWS::Lambda::Function')) {
    const definition = functionDefinition(resource, plan);
    try {
      const lambda = createLambdaFunction({
        ...definition,
        region: plan.environment.region,
        accountId: plan.environment.accountId,
        environment: { ...definition.environment, ...endpoints },
        workerPath: entries.worker,
        xrayDaemonAddress: cloud.xrayAddress,
        onLog: (line) => cloud.logs.add(line),
        onSegment: (segment) => {
          cloud.traces.add(segment);
        },
      });
      cloud.functions.set(lambda.functionName, lambda);
      cloud.shutdown.add(`The function ${lambda.functionName}`, () => lambda.close());
    } catch (error) {
      throw incomplete(resource, `cannot run: ${reasonOf(error)}`);
    }
  }
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointVariables(cloud: RunningCloud): Record<string, string> {
  const services = { kinesis: 'KINESIS', dynamodb: 'DYNAMODB', s3: 'S3' };
  return Object.fromEntries(
    Object.entries(services).flatMap(([engine, suffix]) => {
      const endpoint = cloud.engines.get(engine)?.().endpoint;
      return endpoint === undefined ? [] : [[`AWS_ENDPOINT_URL_${suffix}`, endpoint] as const];
    }),
  );
}
