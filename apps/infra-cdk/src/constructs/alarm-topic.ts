import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { ResourceNames } from '../resource-names.js';

export interface AlarmTopicProps {
  readonly names: ResourceNames;
  /** Who is mailed. AWS first asks the address whether it wants to be. */
  readonly email: string;
}

/**
 * Where the alarms of a stage go. Its key is its own, because CloudWatch may not use the one that AWS manages for SNS: with
 * that, no alarm would ever arrive.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const { alarmTopic } = props.names;
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
    const fromOurAlarms = {
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
      ArnLike: {
        'aws:SourceArn': Stack.of(this).formatArn({ service: 'cloudwatch', resource: 'alarm:*' }),
      },
    };
    const key = new Key(this, 'Key', {
      alias: `alias/${alarmTopic}`,
      description: `Encrypts the notifications of ${alarmTopic}.`,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      // A notification that has been delivered needs its key no more.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: fromOurAlarms,
      }),
    );
    this.topic = new Topic(this, 'Topic', { topicName: alarmTopic, masterKey: key, enforceSSL: true });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [cloudWatch],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: fromOurAlarms,
      }),
    );
    if (props.email !== 'none') this.topic.addSubscription(new EmailSubscription(props.email));
  }
}
