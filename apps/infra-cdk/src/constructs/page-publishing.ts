import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source, type SourceConfig } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import { acknowledge, logicalIdOf } from '../acknowledgement.js';
import { resourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';

export interface PagePublishingProps {
  readonly config: StageConfig;
  /** Folder of the built page: `index.html`, and below `assets/` what has a hash of its content in its name. */
  readonly page: string;
  /** What `dashboard.json` says; its values may be CloudFormation tokens. */
  readonly configuration: object;
  readonly bucket: Bucket;
  /** Encrypts the log; absent: the key of CloudWatch Logs. */
  readonly logKey: IKey | undefined;
}

const yearSeconds = 31_536_000;

/**
 * Puts a built page and its configuration into a bucket, first what has a hash in its name, so that nobody gets an index
 * whose assets are not there yet. Earlier assets stay, for pages that are open.
 */
export class PagePublishing extends Construct {
  /** The function of CDK that copies the files. It stands in the stack, not in this. */
  readonly handler: IConstruct;
  private readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PagePublishingProps,
  ) {
    super(scope, id);
    const logGroup = this.logGroup();
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    // CDK would allow far more than is used.
    const role = this.role.withoutPolicyUpdates();
    const files = Source.asset(props.page).bind(this, { handlerRole: role });
    const configuration = Source.jsonData('dashboard.json', props.configuration).bind(this, {
      handlerRole: role,
    });
    this.allow([files, configuration]);

    const common = { destinationBucket: props.bucket, role, logGroup };
    const assets = new BucketDeployment(this, 'Assets', {
      ...common,
      sources: [{ bind: () => files }],
      exclude: ['*'],
      include: ['assets/*'],
      prune: false,
      cacheControl: [
        CacheControl.setPublic(),
        CacheControl.maxAge(Duration.seconds(yearSeconds)),
        CacheControl.immutable(),
      ],
    });
    assets.node.addDependency(this.role);
    const index = new BucketDeployment(this, 'Index', {
      ...common,
      sources: [{ bind: () => files }, { bind: () => configuration }],
      exclude: ['assets/*'],
      cacheControl: [CacheControl.noCache()],
    });
    index.node.addDependency(assets);
    // Both have the same function, which has the layer of the first.
    index.node.tryRemoveChild('AwsCliLayer');
    this.handler = this.handlerOfStack();
  }

  private logGroup(): LogGroup {
    const { config, logKey } = this.props;
    return new LogGroup(this, 'Log', {
      logGroupName: `/aws/lambda/${resourceNames(config.stage).prefix}-site-publishing`,
      retention: config.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(logKey && { encryptionKey: logKey }),
    });
  }

  /** To read what was uploaded, and to compare, write and delete what is in the bucket. */
  private allow(sources: readonly SourceConfig[]): void {
    const { bucket } = this.props;
    const allow = (actions: string[], resources: string[]) =>
      this.role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(
      ['s3:GetObject'],
      sources.map((source) => source.bucket.arnForObjects(source.zipObjectKey)),
    );
    allow(['s3:ListBucket'], [bucket.bucketArn]);
    allow(['s3:DeleteObject', 's3:PutObject'], [bucket.arnForObjects('*')]);
    acknowledge(this.role, {
      [`AwsSolutions-IAM5[Resource::<${logicalIdOf(bucket)}.Arn>/*]`]:
        'The build names the files of the page; the bucket holds nothing else.',
    });
  }

  private handlerOfStack(): IConstruct {
    const found = Stack.of(this).node.children.find(({ node }) =>
      node.id.startsWith('Custom::CDKBucketDeployment'),
    );
    if (found === undefined) throw new Error('CDK has made no function that copies files.');
    const ofCdk = 'It is a function of CDK, which chooses its runtime and runs it during deployments alone.';
    acknowledge(found, {
      'AwsSolutions-L1': ofCdk,
      'Serverless-LambdaLatestVersion': ofCdk,
      'Serverless-LambdaTracing': ofCdk,
      'Serverless-LambdaDLQ': 'CloudFormation sees a failure by itself, and ends the deployment.',
    });
    return found;
  }
}
