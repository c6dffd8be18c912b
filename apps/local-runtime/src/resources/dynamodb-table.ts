import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { physicalName, regionalArn, type ResourceType } from '../assembly/resource-type.js';
import { inert, list, object, only, supported, type PropertyRule } from '../assembly/support.js';
import type { TableDefinition } from '../engines/dynamodb/ensure-table.js';

const noCapacity = inert('The engine has no capacity limits.');
const attributeDefinitions = list(object({ AttributeName: supported, AttributeType: supported }));
const keySchema = list(object({ AttributeName: supported, KeyType: supported }));
const projection = object({ ProjectionType: supported, NonKeyAttributes: supported });

function secondaryIndex(more: Readonly<Record<string, PropertyRule>>): PropertyRule {
  return list(object({ IndexName: supported, KeySchema: keySchema, Projection: projection, ...more }));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
export const dynamodbTable: ResourceType = {
  type: 'AWS::DynamoDB::Table',
  support: {
    verdict: 'supported',
    properties: {
      TableName: supported,
      AttributeDefinitions: attributeDefinitions,
      KeySchema: keySchema,
      GlobalSecondaryIndexes: secondaryIndex({
        ProvisionedThroughput: noCapacity,
        OnDemandThroughput: noCapacity,
        WarmThroughput: noCapacity,
        ContributorInsightsSpecification: inert('Nothing watches access patterns.'),
      }),
      LocalSecondaryIndexes: secondaryIndex({}),
      TimeToLiveSpecification: object({ AttributeName: supported, Enabled: supported }),
      BillingMode: inert('Nothing is billed.'),
      ProvisionedThroughput: noCapacity,
      OnDemandThroughput: noCapacity,
      WarmThroughput: noCapacity,
      StreamSpecification: only([], 'the local runtime has no DynamoDB Streams'),
      PointInTimeRecoverySpecification: inert('The data directory is not backed up.'),
      DeletionProtectionEnabled: inert('Only --fresh deletes a table.'),
      SSESpecification: inert('Data on this machine is not encrypted by the runtime.'),
      ContributorInsightsSpecification: inert('Nothing watches access patterns.'),
      TableClass: inert('There are no storage classes.'),
      ResourcePolicy: inert('Functions are held to their roles alone.'),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const name = physicalName(resource, 'TableName');
    return { ref: name, attributes: { Arn: regionalArn(resource.environment, 'dynamodb', `table/${name}`) } };
  },
};

/** @throws AssemblyError for a missing or wrong value. */
export function tableDefinition(resource: PlannedResource): TableDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const timeToLive = properties.object('TimeToLiveSpecification');
  const enabled =
    properties.has('TimeToLiveSpecification') && timeToLive.optionalBoolean('Enabled') !== false;
  const create = {
    TableName: resource.identity.ref,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions:
      properties.json('AttributeDefinitions') ?? properties.fail('AttributeDefinitions', 'is missing'),
    KeySchema: properties.json('KeySchema') ?? properties.fail('KeySchema', 'is missing'),
    ...secondaryIndexes(properties, 'GlobalSecondaryIndexes'),
    ...secondaryIndexes(properties, 'LocalSecondaryIndexes'),
  };
  return {
    create: create as unknown as CreateTableCommandInput,
    ...(enabled ? { timeToLiveAttribute: timeToLive.text('AttributeName') } : {}),
  };
}

function secondaryIndexes(properties: PropertyReader, name: string): Record<string, object[]> {
  if (!properties.has(name)) return {};
  const indexes = properties.objects(name).map((index) => ({
    IndexName: index.text('IndexName'),
    KeySchema: index.json('KeySchema') ?? index.fail('KeySchema', 'is missing'),
    Projection: index.json('Projection') ?? index.fail('Projection', 'is missing'),
  }));
  return { [name]: indexes };
}
