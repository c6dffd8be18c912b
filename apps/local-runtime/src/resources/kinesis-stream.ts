import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { physicalName, regionalArn, type ResourceType } from '../assembly/resource-type.js';
import { inert, integer, object, only, supported } from '../assembly/support.js';
import type { StreamDefinition } from '../engines/kinesis/ensure-stream.js';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesis-stream.html */
export const kinesisStream: ResourceType = {
  type: 'AWS::Kinesis::Stream',
  support: {
    verdict: 'supported',
    properties: {
      Name: supported,
      ShardCount: integer(1, 100_000),
      RetentionPeriodHours: integer(24, 8_760),
      StreamModeDetails: object({
        StreamMode: only(['PROVISIONED', 'ON_DEMAND'], 'there are no other modes'),
      }),
      StreamEncryption: inert('Data on this machine is not encrypted by the runtime.'),
      DesiredShardLevelMetrics: inert('The engine has no shard metrics.'),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const name = physicalName(resource, 'Name');
    return { ref: name, attributes: { Arn: regionalArn(resource.environment, 'kinesis', `stream/${name}`) } };
  },
};

/** An on-demand stream starts with four shards: https://docs.aws.amazon.com/streams/latest/dev/how-do-i-size-a-stream.html */
const onDemandShards = 4;

/** @throws AssemblyError for a missing or wrong value. */
export function streamDefinition(resource: PlannedResource): StreamDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const onDemand = properties.object('StreamModeDetails').optionalText('StreamMode') === 'ON_DEMAND';
  const shardCount = onDemand ? onDemandShards : properties.number('ShardCount');
  return {
    streamName: resource.identity.ref,
    shardCount,
    retentionHours: properties.optionalNumber('RetentionPeriodHours') ?? 24,
  };
}
