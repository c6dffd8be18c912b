import type { JsonObject } from '../assembly/template.js';

/** The hash under which the function's source stands in the assembly. */
export const copierHash = 'c0ffee';

/**
 * A function that stores each record under its data, with as little code as possible: the SDK is not there, so it
 * speaks to DynamoDB over HTTP itself. The data `poison` makes its record fail.
 */
export const copierSource = `
export const handler = async (event) => {
  const failed = [];
  for (const record of event.Records) {
    const text = Buffer.from(record.kinesis.data, 'base64').toString();
    if (text === 'poison') {
      failed.push({ itemIdentifier: record.kinesis.sequenceNumber });
      break;
    }
    const response = await fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
        'x-amz-date': '20260101T000000Z',
        authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify({ TableName: process.env.TABLE_NAME, Item: { pk: { S: text } } }),
    });
    if (!response.ok) throw new Error('DynamoDB said ' + response.status + ' ' + (await response.text()));
  }
  // Like Powertools, past the console, which would put the time before it.
  process.stdout.write(JSON.stringify({
    _aws: { Timestamp: 0, CloudWatchMetrics: [{ Namespace: 'Test', Dimensions: [['service']], Metrics: [{ Name: 'Copied' }] }] },
    service: 'copier',
    Copied: event.Records.length - failed.length,
  }) + '\\n');
  return { batchItemFailures: failed };
};
`;

const failuresArn = { 'Fn::GetAtt': ['Failures', 'Arn'] };

/** What the function and its mapping need. */
const copierStatements: JsonObject[] = [
  { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } },
  {
    Effect: 'Allow',
    Action: [
      'kinesis:DescribeStream',
      'kinesis:DescribeStreamSummary',
      'kinesis:GetRecords',
      'kinesis:GetShardIterator',
      'kinesis:ListShards',
    ],
    Resource: { 'Fn::GetAtt': ['Stream', 'Arn'] },
  },
  {
    Effect: 'Allow',
    Action: ['s3:ListBucket', 's3:PutObject'],
    Resource: [failuresArn, { 'Fn::Join': ['/', [failuresArn, '*']] }],
  },
];

/** Stream, table, buckets, archive, and a function that is fed from the stream; a record that fails is tried twice. */
export const pipelineTemplate: JsonObject = { Resources: pipelineResources(1) };

/** The same, but a record that fails is tried until it succeeds. */
export const tirelessTemplate: JsonObject = { Resources: pipelineResources(-1) };

function pipelineResources(maximumRetryAttempts: number): JsonObject {
  return {
    Stream: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'test-stream', ShardCount: 2 } },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'test-table',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    },
    Archive: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'test-archive' } },
    Failures: { Type: 'AWS::S3::Bucket' },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {},
        Policies: [
          { PolicyName: 'copy', PolicyDocument: { Version: '2012-10-17', Statement: copierStatements } },
        ],
      },
    },
    Delivery: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      Properties: {
        DeliveryStreamType: 'KinesisStreamAsSource',
        KinesisStreamSourceConfiguration: {
          KinesisStreamARN: { 'Fn::GetAtt': ['Stream', 'Arn'] },
          RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
        ExtendedS3DestinationConfiguration: {
          BucketARN: { 'Fn::GetAtt': ['Archive', 'Arn'] },
          RoleARN: { 'Fn::GetAtt': ['Role', 'Arn'] },
          BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 1 },
          Prefix: 'records/!{timestamp:yyyy/MM/dd/HH}/',
          ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/',
        },
      },
    },
    Copier: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: {
          S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' },
          S3Key: `${copierHash}.zip`,
        },
        Handler: 'handler.handler',
        Runtime: 'nodejs24.x',
        Timeout: 10,
        MemorySize: 256,
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Environment: { Variables: { TABLE_NAME: { Ref: 'Table' } } },
      },
    },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Stream', 'Arn'] },
        FunctionName: { Ref: 'Copier' },
        BatchSize: 10,
        StartingPosition: 'TRIM_HORIZON',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: maximumRetryAttempts,
        MetricsConfig: { Metrics: ['EventCount'] },
        DestinationConfig: { OnFailure: { Destination: failuresArn } },
      },
    },
  };
}
