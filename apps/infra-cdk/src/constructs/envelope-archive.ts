import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, LogStream } from 'aws-cdk-lib/aws-logs';
import { StorageClass, type Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ofArchive } from '../metrics/resource-metrics.js';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { acknowledge, logicalIdOf } from '../acknowledgement.js';
import { PrivateBucket } from './private-bucket.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface EnvelopeArchiveProps {
  readonly names: ResourceNames;
  readonly settings: StageConfig['archive'];
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
  readonly stream: IStream;
  /** Encrypts the archive, its log and what the stream holds; absent: keys that AWS manages. */
  readonly key: IKey | undefined;
}

/**
 * Keeps every envelope that was ever accepted, by hour of arrival. A record is a gzip member that ends in a newline
 * once inflated, so their concatenation is a valid `.gz` of NDJSON: Firehose neither compresses nor converts.
 */
export class EnvelopeArchive extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: EnvelopeArchiveProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'Bucket', {
      bucketName: props.names.archiveBucket,
      removalPolicy: props.removalPolicy,
      key: props.key,
      lifecycleRules: [
        {
          id: 'cool-down',
          prefix: 'envelopes/',
          transitions: [
            {
              storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL,
              transitionAfter: Duration.days(props.settings.coldAfterDays),
            },
          ],
        },
      ],
    });
    const logGroup = new LogGroup(this, 'DeliveryLog', {
      logGroupName: `/aws/kinesisfirehose/${props.names.archiveDelivery}`,
      retention: props.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.key && { encryptionKey: props.key }),
    });
    const logStream = new LogStream(this, 'DeliveryLogStream', {
      logGroup,
      logStreamName: 'S3Delivery',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = this.deliveryRole(props, logGroup);
    const delivery = new CfnDeliveryStream(this, 'Delivery', {
      deliveryStreamName: props.names.archiveDelivery,
      deliveryStreamType: 'KinesisStreamAsSource',
      kinesisStreamSourceConfiguration: { kinesisStreamArn: props.stream.streamArn, roleArn: role.roleArn },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        bufferingHints: {
          intervalInSeconds: props.settings.bufferSeconds,
          sizeInMBs: props.settings.bufferMib,
        },
        compressionFormat: 'UNCOMPRESSED',
        fileExtension: '.gz',
        prefix: 'envelopes/!{timestamp:yyyy/MM/dd/HH}/',
        errorOutputPrefix: 'errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd/HH}/',
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.logGroupName,
          logStreamName: logStream.logStreamName,
        },
      },
    });
    acknowledge(delivery, {
      'AwsSolutions-KDF1':
        'A delivery stream that reads a Kinesis stream has no encryption of its own: the source is encrypted.',
    });
    this.addFreshnessAlarm(props);
  }

  /** The policy is part of the role, so that it stands before Firehose first tries to use it. */
  private deliveryRole(props: EnvelopeArchiveProps, logGroup: LogGroup): Role {
    const statements = [
      new PolicyStatement({
        actions: [
          'kinesis:DescribeStream',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [props.stream.streamArn],
      }),
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
      new PolicyStatement({
        actions: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
        resources: [this.bucket.arnForObjects('*')],
      }),
      new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: [logGroup.logGroupArn] }),
      ...this.keyStatements(props.key),
    ];
    const role = new Role(this, 'DeliveryRole', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { Delivery: new PolicyDocument({ statements }) },
    });
    acknowledge(role, {
      [`AwsSolutions-IAM5[Resource::<${logicalIdOf(this.bucket)}.Arn>/*]`]:
        'Firehose names the objects that it writes by the time; the bucket holds nothing but the archive.',
    });
    return role;
  }

  private keyStatements(key: IKey | undefined): PolicyStatement[] {
    if (key === undefined) return [];
    const through = (service: string, actions: string[]) =>
      new PolicyStatement({
        actions,
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.amazonaws.com` } },
      });
    return [through('kinesis', ['kms:Decrypt']), through('s3', ['kms:Decrypt', 'kms:GenerateDataKey'])];
  }

  private addFreshnessAlarm({ names, settings }: EnvelopeArchiveProps): void {
    new RunbookAlarm(this, 'Freshness', {
      names,
      slug: 'archive-freshness',
      meaning: 'The oldest envelope that is not yet in the archive is older than it should be.',
      section: 'archive-freshness',
      metric: ofArchive(names, 'DeliveryToS3.DataFreshness', { statistic: 'Maximum', minutes: 5 }),
      when: { above: settings.bufferSeconds + 900 },
      periods: [2, 3],
    });
  }
}
