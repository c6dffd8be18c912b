import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  type ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';

export interface PrivateBucketProps {
  readonly bucketName: string;
  readonly removalPolicy: RemovalPolicy;
  readonly lifecycleRules: readonly LifecycleRule[];
  /** Encrypts the objects; absent: the keys that S3 manages. */
  readonly key: IKey | undefined;
  /** Absent: everything belongs to the bucket's owner, and there are no access control lists. */
  readonly objectOwnership?: ObjectOwnership;
}

/** A bucket that nobody reaches from outside or without TLS, and that forgets uploads nobody finished. */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, {
      bucketName: props.bucketName,
      ...(props.key === undefined
        ? { encryption: BucketEncryption.S3_MANAGED }
        : { encryption: BucketEncryption.KMS, encryptionKey: props.key, bucketKeyEnabled: true }),
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      ...(props.objectOwnership && { objectOwnership: props.objectOwnership }),
      removalPolicy: props.removalPolicy,
      lifecycleRules: [
        { id: 'forget-unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
        ...props.lifecycleRules,
      ],
    });
    acknowledge(this, {
      'AwsSolutions-S1':
        'Only roles of the account reach the bucket, and CloudTrail data events record who did, where that is wanted.',
    });
  }
}
