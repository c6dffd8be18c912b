import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import type { ResourceType } from '../assembly/resource-type.js';
import { inert, list, object, only, supported } from '../assembly/support.js';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html */
export const apiStage: ResourceType = {
  type: 'AWS::ApiGateway::Stage',
  support: {
    verdict: 'supported',
    properties: {
      RestApiId: supported,
      StageName: supported,
      TracingEnabled: supported,
      MethodSettings: list(
        object({
          HttpMethod: supported,
          ResourcePath: supported,
          ThrottlingRateLimit: supported,
          ThrottlingBurstLimit: supported,
          MetricsEnabled: inert('The gateway has no metrics of its own.'),
          LoggingLevel: inert('Requests are in the access log.'),
          DataTraceEnabled: inert('Requests are in the access log.'),
          CachingEnabled: only([false], 'answers are not cached'),
          CacheDataEncrypted: inert('Answers are not cached.'),
        }),
      ),
      AccessLogSetting: object({
        DestinationArn: inert('The access log is a file in the data directory.'),
        Format: inert('A line is a JSON object with the fields of the request context.'),
      }),
      DeploymentId: inert('The body of the template is served as it is now.'),
      CacheClusterEnabled: only([false], 'answers are not cached'),
      Description: inert('It is for people.'),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => ({
    ref: String(resource.properties.StageName ?? resource.logicalId),
    attributes: {},
  }),
};

/** Requests a second, and how many at once above it. */
export interface ThrottleLimit {
  readonly rateLimit: number;
  readonly burstLimit: number;
}

/** A stage as the template describes it. */
export interface StageDefinition {
  readonly apiId: string;
  readonly stageName: string;
  readonly tracingEnabled: boolean;
  /** Of all methods together. */
  readonly throttle?: ThrottleLimit;
  /** Of single methods, by `METHOD /path`. */
  readonly methodThrottles: Readonly<Record<string, ThrottleLimit>>;
}

/** @throws AssemblyError for a missing or wrong value. */
export function stageDefinition(resource: PlannedResource): StageDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  let throttle: ThrottleLimit | undefined;
  const methodThrottles: Record<string, ThrottleLimit> = {};
  for (const setting of properties.objects('MethodSettings')) {
    if (!setting.has('ThrottlingRateLimit') && !setting.has('ThrottlingBurstLimit')) continue;
    const limit = {
      rateLimit: setting.number('ThrottlingRateLimit'),
      burstLimit: setting.number('ThrottlingBurstLimit'),
    };
    const method = setting.text('HttpMethod');
    const path = setting.text('ResourcePath');
    if (method === '*' && path === '/*') throttle = limit;
    // The path of a single method is written with ~1 for each slash but the first.
    else methodThrottles[`${method} ${path.replaceAll('~1', '/')}`] = limit;
  }
  return {
    apiId: properties.text('RestApiId'),
    stageName: properties.text('StageName'),
    tracingEnabled: properties.optionalBoolean('TracingEnabled') ?? false,
    ...(throttle === undefined ? {} : { throttle }),
    methodThrottles,
  };
}
