import type { ResourceDescription, ResourceType } from '../assembly/resource-type.js';
import { inert, supported } from '../assembly/support.js';

const noPermissions = inert('Functions are held to their roles alone.');

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html */
export const s3Bucket: ResourceType = {
  type: 'AWS::S3::Bucket',
  support: {
    verdict: 'supported',
    properties: {
      BucketName: supported,
      AccessControl: noPermissions,
      BucketEncryption: inert('Data on this machine is not encrypted by the runtime.'),
      IntelligentTieringConfigurations: inert('There are no storage classes.'),
      LifecycleConfiguration: inert(
        'Objects do not expire on one machine; the folder can be emptied by hand.',
      ),
      LoggingConfiguration: inert('There is no access log of buckets.'),
      MetricsConfigurations: inert('There are no bucket metrics.'),
      OwnershipControls: noPermissions,
      PublicAccessBlockConfiguration: noPermissions,
      Tags: inert('Nothing reads tags on one machine.'),
      VersioningConfiguration: inert('The folder holds the newest version only.'),
    },
  },
  identify: (resource) => {
    const name = bucketName(resource);
    const { partition, region, urlSuffix } = resource.environment;
    return {
      ref: name,
      attributes: {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.${urlSuffix}`,
        RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
      },
    };
  },
};

function bucketName(resource: ResourceDescription): string {
  const given = resource.properties.BucketName;
  if (typeof given === 'string' && given !== '') return given;
  return `${resource.stackName}-${resource.logicalId}`.toLowerCase().slice(0, 63);
}

/** The name in a bucket's ARN (`arn:aws:s3:::name`), or undefined when it is the ARN of something else. */
export function bucketOfArn(arn: string): string | undefined {
  return /^arn:[^:]+:s3:::([^/]+)$/.exec(arn)?.[1];
}
