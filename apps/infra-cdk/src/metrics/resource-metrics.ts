import { METRIC } from '@weir/metric-names';
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { FunctionName } from '../function-bundles.js';
import { siteIndex, type ResourceNames } from '../resource-names.js';
import type { Stage } from '../stage-config.js';
import { awsMetric, sumOf, weirMetric, type Reading } from './metric.js';

export const ofStream = (
  { stream }: ResourceNames,
  name: Parameters<typeof awsMetric<'AWS/Kinesis', 'StreamName'>>[3],
  reading: Reading,
): Metric => awsMetric('AWS/Kinesis', 'StreamName', { StreamName: stream }, name, reading);

export const ofTable = (
  { table }: ResourceNames,
  name: Parameters<typeof awsMetric<'AWS/DynamoDB', 'TableName'>>[3],
  reading: Reading,
): Metric => awsMetric('AWS/DynamoDB', 'TableName', { TableName: table }, name, reading);

export const ofFunction = (
  { prefix }: ResourceNames,
  name: FunctionName,
  metric: Parameters<typeof awsMetric<'AWS/Lambda', 'FunctionName'>>[3],
  reading: Reading,
): Metric => awsMetric('AWS/Lambda', 'FunctionName', { FunctionName: `${prefix}-${name}` }, metric, reading);

export const ofMapping = (
  mappingId: string,
  name: Parameters<typeof awsMetric<'AWS/Lambda', 'EventSourceMappingUUID'>>[3],
  reading: Reading,
): Metric =>
  awsMetric('AWS/Lambda', 'EventSourceMappingUUID', { EventSourceMappingUUID: mappingId }, name, reading);

/** The name of the stage that both APIs are served at. */
export const apiStage = 'live';

export const ofApi = (
  { prefix }: ResourceNames,
  api: 'ingest' | 'analytics',
  name: Parameters<typeof awsMetric<'AWS/ApiGateway', 'ApiName Stage'>>[3],
  reading: Reading,
): Metric =>
  awsMetric(
    'AWS/ApiGateway',
    'ApiName Stage',
    { ApiName: `${prefix}-${api}`, Stage: apiStage },
    name,
    reading,
  );

export const ofArchive = (
  { archiveDelivery }: ResourceNames,
  name: Parameters<typeof awsMetric<'AWS/Firehose', 'DeliveryStreamName'>>[3],
  reading: Reading,
): Metric =>
  awsMetric('AWS/Firehose', 'DeliveryStreamName', { DeliveryStreamName: archiveDelivery }, name, reading);

/** How many objects a bucket has; S3 counts once a day. */
export const objectsIn = (BucketName: string): Metric =>
  awsMetric(
    'AWS/S3',
    'BucketName StorageType',
    { BucketName, StorageType: 'AllStorageTypes' },
    'NumberOfObjects',
    { statistic: 'Average', minutes: 1_440 },
  );

/** Refused reads and writes, of the table and of its index, which DynamoDB counts apart. */
export function tableThrottles({ table }: ResourceNames, minutes: number): MathExpression {
  const reading = { statistic: 'Sum', minutes };
  const refused = ['WriteThrottleEvents', 'ReadThrottleEvents'] as const;
  const index = { TableName: table, GlobalSecondaryIndexName: siteIndex };
  return sumOf(
    'throttled',
    [
      ...refused.map((name) => awsMetric('AWS/DynamoDB', 'TableName', { TableName: table }, name, reading)),
      ...refused.map((name) =>
        awsMetric('AWS/DynamoDB', 'GlobalSecondaryIndexName TableName', index, name, reading),
      ),
    ],
    'Throttled reads and writes',
  );
}

/** What the functions ask of the table; DynamoDB counts its own errors by operation only. */
const tableOperations = [
  'BatchGetItem',
  'GetItem',
  'PutItem',
  'Query',
  'TransactWriteItems',
  'UpdateItem',
] as const;

/** Requests that DynamoDB itself failed. */
export function tableSystemErrors({ table }: ResourceNames, minutes: number): MathExpression {
  const errors = tableOperations.map((Operation) =>
    awsMetric('AWS/DynamoDB', 'Operation TableName', { TableName: table, Operation }, 'SystemErrors', {
      statistic: 'Sum',
      minutes,
    }),
  );
  return sumOf('failed', errors, 'System errors');
}

/** Points that were quarantined, of a hundred that were settled. */
export function quarantinedPercent(stage: Stage, minutes: number): MathExpression {
  const points = (name: Parameters<typeof weirMetric<'process-fn'>>[2]) =>
    weirMetric(stage, 'process-fn', name, { statistic: 'Sum', minutes });
  const quarantined = points(METRIC.pointsQuarantined);
  return new MathExpression({
    expression: '100 * quarantined / (quarantined + stored + duplicate + superseded)',
    label: 'Quarantined, % of points',
    usingMetrics: {
      quarantined,
      stored: points(METRIC.pointsStored),
      duplicate: points(METRIC.pointsDuplicate),
      superseded: points(METRIC.pointsSuperseded),
    },
    period: quarantined.period,
  });
}

/** Batches that became queryable later than the target, of a hundred. A batch is as fresh as its oldest reading. */
export function latePercent(stage: Stage, targetSeconds: number, minutes: number): MathExpression {
  const freshness = (statistic: string) =>
    weirMetric(stage, 'process-fn', METRIC.freshness, { statistic, minutes });
  const late = freshness(`TC(${targetSeconds * 1_000}:)`);
  return new MathExpression({
    expression: `100 * late${minutes} / batches${minutes}`,
    label: `Later than ${targetSeconds} s, % of batches`,
    // A graph of several periods needs an id for each.
    usingMetrics: { [`late${minutes}`]: late, [`batches${minutes}`]: freshness('SampleCount') },
    period: late.period,
  });
}
