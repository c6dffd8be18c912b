import type { PlannedResource } from '../assembly/assembly-plan.js';
import { PropertyReader } from '../assembly/property-reader.js';
import { physicalName, regionalArn, type ResourceType } from '../assembly/resource-type.js';
import { inert, integer, object, only, supported } from '../assembly/support.js';
import { parsePrefix, PrefixError, type ObjectPrefix } from '../engines/firehose/object-prefix.js';
import { bucketOfArn } from './s3-bucket.js';

const noPermissions = inert('Only functions are held to their roles.');
const noTransformation = 'records are delivered as they are';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html */
export const deliveryStream: ResourceType = {
  type: 'AWS::KinesisFirehose::DeliveryStream',
  support: {
    verdict: 'supported',
    properties: {
      DeliveryStreamName: supported,
      DeliveryStreamType: only(['KinesisStreamAsSource'], 'nothing else feeds a delivery stream here'),
      KinesisStreamSourceConfiguration: object({ KinesisStreamARN: supported, RoleARN: noPermissions }),
      ExtendedS3DestinationConfiguration: object({
        BucketARN: supported,
        RoleARN: noPermissions,
        BufferingHints: object({ IntervalInSeconds: integer(0, 900), SizeInMBs: integer(1, 128) }),
        CompressionFormat: only(['UNCOMPRESSED', 'GZIP'], 'there are no other codecs'),
        Prefix: supported,
        ErrorOutputPrefix: inert('Delivery is retried until it succeeds, so no record goes there.'),
        FileExtension: supported,
        CustomTimeZone: only(['UTC'], 'prefixes are in UTC'),
        CloudWatchLoggingOptions: inert('Failures of delivery are shown by the runtime.'),
        EncryptionConfiguration: inert('Data on this machine is not encrypted by the runtime.'),
        S3BackupMode: only(['Disabled'], noTransformation),
        ProcessingConfiguration: object({
          Enabled: only([false], noTransformation),
          Processors: inert('It is disabled.'),
        }),
        DataFormatConversionConfiguration: object({ Enabled: only([false], noTransformation) }),
        DynamicPartitioningConfiguration: object({ Enabled: only([false], noTransformation) }),
      }),
      Tags: inert('Nothing reads tags on one machine.'),
    },
  },
  identify: (resource) => {
    const name = physicalName(resource, 'DeliveryStreamName');
    return {
      ref: name,
      attributes: { Arn: regionalArn(resource.environment, 'firehose', `deliverystream/${name}`) },
    };
  },
};

/** A delivery stream as the template describes it. */
export interface DeliveryDefinition {
  readonly deliveryStreamName: string;
  readonly streamArn: string;
  readonly bucket: string;
  readonly prefix: ObjectPrefix;
  readonly fileExtension: string;
  readonly compression: 'UNCOMPRESSED' | 'GZIP';
  readonly bufferSeconds: number;
  readonly bufferBytes: number;
}

/** Defaults: https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html @throws AssemblyError for a wrong value. */
export function deliveryDefinition(resource: PlannedResource): DeliveryDefinition {
  const properties = new PropertyReader(resource.id, resource.properties);
  const destination = properties.object('ExtendedS3DestinationConfiguration');
  const bucketArn = destination.text('BucketARN');
  const compression = destination.optionalText('CompressionFormat') === 'GZIP' ? 'GZIP' : 'UNCOMPRESSED';
  const hints = destination.object('BufferingHints');
  return {
    deliveryStreamName: resource.identity.ref,
    streamArn: properties.object('KinesisStreamSourceConfiguration').text('KinesisStreamARN'),
    bucket:
      bucketOfArn(bucketArn) ??
      destination.fail('BucketARN', `must be the ARN of an S3 bucket, not ${bucketArn}`),
    prefix: readPrefix(destination),
    fileExtension: destination.optionalText('FileExtension') ?? (compression === 'GZIP' ? '.gz' : ''),
    compression,
    bufferSeconds: hints.optionalNumber('IntervalInSeconds') ?? 300,
    bufferBytes: (hints.optionalNumber('SizeInMBs') ?? 5) * 1024 * 1024,
  };
}

function readPrefix(destination: PropertyReader): ObjectPrefix {
  const prefix = parse(destination, 'Prefix', destination.optionalText('Prefix') ?? '');
  const errorPrefix = destination.optionalText('ErrorOutputPrefix');
  if (errorPrefix !== undefined) parse(destination, 'ErrorOutputPrefix', errorPrefix);
  // https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
  if (prefix.hasExpressions && errorPrefix === undefined) {
    destination.fail('ErrorOutputPrefix', 'is missing, and must be set when Prefix holds expressions');
  }
  return prefix;
}

function parse(
  destination: PropertyReader,
  property: 'Prefix' | 'ErrorOutputPrefix',
  value: string,
): ObjectPrefix {
  try {
    return parsePrefix(value, { errors: property === 'ErrorOutputPrefix' });
  } catch (error) {
    if (error instanceof PrefixError) return destination.fail(property, error.message);
    throw error;
  }
}
