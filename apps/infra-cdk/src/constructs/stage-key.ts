import { Aws, Stack, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface StageKeyProps {
  /** `alias/…`, unique within the account and region. */
  readonly alias: string;
  readonly description: string;
  readonly removalPolicy: RemovalPolicy;
  /** Names of the log groups that CloudWatch Logs may encrypt with it; `*` stands for any text. */
  readonly logGroups: readonly string[];
}

/** A KMS key of a stage, changed by KMS every year. Who else may use it is said by the roles of the account. */
export class StageKey extends Key {
  constructor(scope: Construct, id: string, props: StageKeyProps) {
    const { alias, description, removalPolicy } = props;
    super(scope, id, { alias, description, removalPolicy, enableKeyRotation: true });
    const { partition, region, account } = Stack.of(this);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        resources: ['*'],
        conditions: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': props.logGroups.map(
              (name) => `arn:${partition}:logs:${region}:${account}:log-group:${name}`,
            ),
          },
        },
      }),
    );
  }
}
