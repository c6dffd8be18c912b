import { createHash } from 'node:crypto';
import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { regionalArn, type ResourceType } from '../assembly/resource-type.js';
import { inert, integer, list, object, only, supported } from '../assembly/support.js';
import { bucketOfArn } from './s3-bucket.js';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html */
export const eventSourceMapping: ResourceType = {
  type: 'AWS::Lambda::EventSourceMapping',
  support: {
    verdict: 'supported',
    properties: {
      EventSourceArn: supported,
      FunctionName: supported,
      BatchSize: integer(1, 10_000),
      MaximumBatchingWindowInSeconds: integer(0, 300),
      ParallelizationFactor: integer(1, 10),
      StartingPosition: only(
        ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'],
        'a stream has no other starting positions',
      ),
      StartingPositionTimestamp: supported,
      FunctionResponseTypes: list(only(['ReportBatchItemFailures'], 'there are no other response types')),
      BisectBatchOnFunctionError: supported,
      MaximumRetryAttempts: integer(-1, 10_000),
      MaximumRecordAgeInSeconds: integer(60, 604_800, [-1]),
      DestinationConfig: object({ OnFailure: object({ Destination: supported }) }),
      Enabled: only([true], 'a mapping that is switched off is not played'),
      TumblingWindowInSeconds: only([0], 'there are no tumbling windows'),
      MetricsConfig: object({
        Metrics: list(only(['EventCount'], 'there are no other metrics of a mapping')),
      }),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const id = mappingId(`${resource.stackName}/${resource.logicalId}`);
    const arn = regionalArn(resource.environment, 'lambda', `event-source-mapping:${id}`);
    return { ref: id, attributes: { Id: id, EventSourceMappingArn: arn } };
  },
};

/** A UUID made of the resource's id, the same at every start: checkpoints belong to it. */
function mappingId(resourceId: string): string {
  const hex = createHash('sha256').update(resourceId).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** An event source mapping as the template describes it. -1 means without limit. */
export interface MappingDefinition {
  readonly uuid: string;
  readonly streamArn: string;
  /** Name or ARN. */
  readonly functionName: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  readonly parallelizationFactor: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP';
  readonly startingPositionTimestampSeconds?: number;
  readonly reportBatchItemFailures: boolean;
  readonly bisectBatchOnFunctionError: boolean;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
  readonly onFailureBucket?: string;
  /** Whether the metrics of the group `EventCount` are wanted. */
  readonly eventCountMetrics: boolean;
}

/** @throws AssemblyError for a missing or wrong value. */
export function mappingDefinition(resource: PlannedResource): MappingDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const streamArn = properties.text('EventSourceArn');
  if (!/^arn:[^:]+:kinesis:/.test(streamArn)) {
    properties.fail('EventSourceArn', `must be the ARN of a Kinesis stream, not ${streamArn}`);
  }
  const startingPositionTimestampSeconds = properties.optionalNumber('StartingPositionTimestamp');
  const onFailureBucket = failureBucket(properties);
  return {
    uuid: resource.identity.ref,
    streamArn,
    functionName: properties.text('FunctionName'),
    batchSize: properties.optionalNumber('BatchSize') ?? 100,
    maximumBatchingWindowSeconds: properties.optionalNumber('MaximumBatchingWindowInSeconds') ?? 0,
    parallelizationFactor: properties.optionalNumber('ParallelizationFactor') ?? 1,
    startingPosition: startingPosition(properties),
    ...(startingPositionTimestampSeconds === undefined ? {} : { startingPositionTimestampSeconds }),
    reportBatchItemFailures: properties.textList('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    bisectBatchOnFunctionError: properties.optionalBoolean('BisectBatchOnFunctionError') ?? false,
    maximumRetryAttempts: properties.optionalNumber('MaximumRetryAttempts') ?? -1,
    maximumRecordAgeSeconds: properties.optionalNumber('MaximumRecordAgeInSeconds') ?? -1,
    ...(onFailureBucket === undefined ? {} : { onFailureBucket }),
    eventCountMetrics: properties.object('MetricsConfig').textList('Metrics').includes('EventCount'),
  };
}

function startingPosition(properties: PropertyReader): MappingDefinition['startingPosition'] {
  const position = properties.text('StartingPosition');
  const hasTimestamp = properties.has('StartingPositionTimestamp');
  if (position === 'TRIM_HORIZON' || position === 'LATEST') {
    if (hasTimestamp) properties.fail('StartingPositionTimestamp', 'belongs to AT_TIMESTAMP alone');
    return position;
  }
  if (!hasTimestamp) properties.fail('StartingPositionTimestamp', 'is missing');
  return 'AT_TIMESTAMP';
}

function failureBucket(properties: PropertyReader): string | undefined {
  const onFailure = properties.object('DestinationConfig').object('OnFailure');
  const destination = onFailure.optionalText('Destination');
  if (destination === undefined) return undefined;
  return (
    bucketOfArn(destination) ??
    onFailure.fail('Destination', `must be the ARN of an S3 bucket, not ${destination}`)
  );
}
