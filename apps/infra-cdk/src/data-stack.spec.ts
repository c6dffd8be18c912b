import { Match, type Template } from 'aws-cdk-lib/assertions';
import { stageConfig, type Stage } from './stage-config.js';
import { makeWorkbench, resourcesOf, templatesOf, textOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;
let dev: Template;
let prod: Template;

function dataTemplate(stage: Stage, overrides: Record<string, string> = {}): Template {
  const config = stageConfig(stage, overrides);
  return templatesOf(bench.app(config, stage), config).data;
}

beforeAll(() => {
  bench = makeWorkbench();
  dev = dataTemplate('dev');
  prod = dataTemplate('prod');
});

afterAll(() => bench.remove());

const stateful = ['AWS::KMS::Key', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::S3::Bucket'];

describe('the data stack', () => {
  it('lets go of its data in dev only', () => {
    const policies = (template: Template) =>
      stateful.flatMap((type) => resourcesOf(template, type).map(([, resource]) => resource.DeletionPolicy));
    expect(policies(dev)).toEqual(Array(5).fill('Delete'));
    expect(policies(prod)).toEqual(Array(6).fill('Retain'));
    dev.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
    prod.hasResourceProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
  });

  it('has a provisioned, encrypted stream of the shards and the retention of the stage', () => {
    const common = { StreamModeDetails: { StreamMode: 'PROVISIONED' } };
    dev.hasResourceProperties('AWS::Kinesis::Stream', {
      ...common,
      StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      Name: 'weir-dev-telemetry',
      ShardCount: 2,
      RetentionPeriodHours: 24,
    });
    prod.hasResourceProperties('AWS::Kinesis::Stream', {
      ...common,
      Name: 'weir-prod-telemetry',
      ShardCount: 4,
      RetentionPeriodHours: 168,
    });
  });

  it('has a stream that scales by itself where the configuration says so', () => {
    dataTemplate('dev', { 'stream.shards': 'on-demand' }).hasResourceProperties('AWS::Kinesis::Stream', {
      StreamModeDetails: { StreamMode: 'ON_DEMAND' },
      ShardCount: Match.absent(),
    });
  });

  it('warms the table up where the configuration says so', () => {
    dev.hasResourceProperties('AWS::DynamoDB::Table', { WarmThroughput: Match.absent() });
    const warm = dataTemplate('dev', { 'table.warmWriteUnits': '20000' });
    warm.hasResourceProperties('AWS::DynamoDB::Table', { WarmThroughput: { WriteUnitsPerSecond: 20_000 } });
  });

  it('encrypts with a key of the stage where the configuration says so, else with those of AWS', () => {
    const [[id, key] = []] = resourcesOf(prod, 'AWS::KMS::Key');
    expect(key?.Properties['EnableKeyRotation']).toBe(true);
    prod.hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/weir-prod-data' });
    const arn = { 'Fn::GetAtt': [id, 'Arn'] };
    prod.hasResourceProperties('AWS::Kinesis::Stream', {
      StreamEncryption: { EncryptionType: 'KMS', KeyId: arn },
    });
    prod.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: arn },
    });
    prod.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
          },
        ],
      },
    });
    prod.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
    expect(resourcesOf(dev, 'AWS::KMS::Key')).toEqual([]);
  });

  it('has the table that the repositories expect', () => {
    dev.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'weir-dev-telemetry',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'siteId', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'bySite',
          KeySchema: [
            { AttributeName: 'siteId', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('shuts its buckets to the public and to requests without TLS', () => {
    const buckets = resourcesOf(dev, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(3);
    for (const [id] of buckets) {
      dev.hasResourceProperties('AWS::S3::BucketPolicy', {
        Bucket: { Ref: id },
        PolicyDocument: {
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Action: 's3:*',
              Principal: { AWS: '*' },
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        },
      });
    }
    dev.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('lets the quarantine expire and the archive only cool down', () => {
    const rules = (name: string) => {
      const found = resourcesOf(prod, 'AWS::S3::Bucket').find(([, bucket]) =>
        textOf(bucket.Properties['BucketName']).startsWith(`weir-prod-${name}-`),
      );
      return (found?.[1].Properties['LifecycleConfiguration'] as { Rules: object[] } | undefined)?.Rules;
    };
    const unfinished = {
      Id: 'forget-unfinished-uploads',
      Status: 'Enabled',
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    };
    expect(rules('quarantine')).toEqual([
      unfinished,
      { Id: 'expire', Status: 'Enabled', ExpirationInDays: 365 },
    ]);
    expect(rules('archive')).toEqual([
      unfinished,
      {
        Id: 'cool-down',
        Status: 'Enabled',
        Prefix: 'envelopes/',
        Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
      },
    ]);
  });

  it('delivers the records as they are, since each is a gzip member already', () => {
    dev.hasResourceProperties('AWS::KinesisFirehose::DeliveryStream', {
      DeliveryStreamType: 'KinesisStreamAsSource',
      ExtendedS3DestinationConfiguration: {
        CompressionFormat: 'UNCOMPRESSED',
        FileExtension: '.gz',
        Prefix: 'envelopes/!{timestamp:yyyy/MM/dd/HH}/',
        ErrorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 16 },
      },
    });
  });

  it('lets Firehose read the stream and write the archive, and nothing else', () => {
    const roles = resourcesOf(dev, 'AWS::IAM::Role');
    expect(roles).toHaveLength(1);
    expect(resourcesOf(dev, 'AWS::IAM::Policy')).toHaveLength(0);
    const [policy] = roles[0]?.[1].Properties['Policies'] as [
      { PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } },
    ];
    const allowed = policy.PolicyDocument.Statement.map(({ Action, Resource }) => [
      [Action].flat().join(' '),
      textOf(Resource).replace(/[0-9A-F]{8}/, ''),
    ]);
    expect(allowed).toEqual([
      [
        'kinesis:DescribeStream kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards',
        '{TelemetryStream.Arn}',
      ],
      ['s3:GetBucketLocation s3:ListBucket s3:ListBucketMultipartUploads', '{ArchiveBucket.Arn}'],
      ['s3:AbortMultipartUpload s3:GetObject s3:PutObject', '{ArchiveBucket.Arn}/*'],
      ['logs:PutLogEvents', '{ArchiveDeliveryLog.Arn}'],
    ]);
  });
});
