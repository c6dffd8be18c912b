import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../resource-names.js';

export interface AlarmTopicProps {
  readonly names: ResourceNames;
  /** Who is mailed, or `none`. AWS first asks the address whether it wants to be. */
  readonly email: string;
  /** Encrypts what is told; absent: nothing does. */
  readonly key: IKey | undefined;
}

/**
 * Where the alarms of a stage go. A stage without keys of its own has no encryption here, because CloudWatch may not use the key
 * that AWS manages for SNS: with that, no alarm would ever arrive.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export class AlarmTopic extends Construct {
  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const { names, email, key } = props;
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: `${names.prefix}-*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const fromOurAlarms = {
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
        ArnLike: { 'aws:SourceArn': alarms },
      },
    };
    key?.addToResourcePolicy(
      new PolicyStatement({
        ...fromOurAlarms,
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    const topic = new Topic(this, 'Topic', {
      topicName: names.alarmTopic,
      enforceSSL: true,
      ...(key && { masterKey: key }),
    });
    topic.addToResourcePolicy(
      new PolicyStatement({ ...fromOurAlarms, actions: ['sns:Publish'], resources: [topic.topicArn] }),
    );
    if (email !== 'none') topic.addSubscription(new EmailSubscription(email));
  }
}
