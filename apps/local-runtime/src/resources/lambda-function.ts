import type { AssemblyPlan, PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { physicalName, regionalArn, type ResourceType } from '../assembly/resource-type.js';
import { inert, object, only, supported } from '../assembly/support.js';

const noVersions = 'functions run as they are in the template';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
export const lambdaFunction: ResourceType = {
  type: 'AWS::Lambda::Function',
  support: {
    verdict: 'supported',
    properties: {
      FunctionName: supported,
      Code: object({ S3Bucket: inert('The asset is read from the cloud assembly.'), S3Key: supported }),
      PackageType: only(['Zip'], 'there are no container images'),
      Handler: supported,
      Runtime: only(['nodejs22.x', 'nodejs24.x'], 'functions run on the Node.js of the runtime itself'),
      Timeout: supported,
      MemorySize: supported,
      Environment: object({ Variables: supported }),
      TracingConfig: object({ Mode: only(['Active', 'PassThrough'], 'there are no other modes') }),
      ReservedConcurrentExecutions: supported,
      LoggingConfig: object({
        LogFormat: only(['JSON', 'Text'], 'there are no other formats'),
        ApplicationLogLevel: supported,
        SystemLogLevel: inert('All platform lines are kept.'),
        LogGroup: inert('Logs are files in the data directory, one a function.'),
      }),
      Architectures: inert('Functions run on the processor of this machine.'),
      Role: supported,
      Description: inert('It is for people.'),
      EphemeralStorage: inert('Functions use the temporary folder of this machine.'),
      KmsKeyArn: inert('Variables are not encrypted on one machine.'),
      RuntimeManagementConfig: inert('Functions run on the Node.js of the runtime itself.'),
      RecursiveLoop: inert('Loops between services are not detected.'),
      SnapStart: object({ ApplyOn: only(['None'], noVersions) }),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const name = physicalName(resource, 'FunctionName');
    return {
      ref: name,
      attributes: { Arn: regionalArn(resource.environment, 'lambda', `function:${name}`) },
    };
  },
};

/** What a function's engine needs, taken from the template alone. Sizes in MB and times in seconds, as on AWS. */
export interface FunctionDefinition {
  readonly functionName: string;
  readonly assetDir: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly reservedConcurrency?: number;
  readonly tracing: 'Active' | 'PassThrough';
  readonly logFormat: 'Text' | 'JSON';
}

/** @throws AssemblyError for a missing or wrong value, and for code that is no asset of the assembly. */
export function functionDefinition(resource: PlannedResource, plan: AssemblyPlan): FunctionDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const code = properties.object('Code');
  const assetDir =
    plan.assets.get(code.text('S3Key')) ?? code.fail('S3Key', 'is no asset of the cloud assembly');
  const logging = properties.object('LoggingConfig');
  const logFormat = logging.optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text';
  const logLevel = logging.optionalText('ApplicationLogLevel');
  const reservedConcurrency = properties.optionalNumber('ReservedConcurrentExecutions');
  return {
    functionName: resource.identity.ref,
    assetDir,
    handler: properties.text('Handler'),
    environment: {
      ...properties.object('Environment').texts('Variables'),
      // Lambda announces the level to the function: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
      ...(logFormat === 'JSON' && logLevel !== undefined ? { AWS_LAMBDA_LOG_LEVEL: logLevel } : {}),
    },
    timeoutSeconds: properties.optionalNumber('Timeout') ?? 3,
    memoryMb: properties.optionalNumber('MemorySize') ?? 128,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    tracing: properties.object('TracingConfig').optionalText('Mode') === 'Active' ? 'Active' : 'PassThrough',
    logFormat,
  };
}
