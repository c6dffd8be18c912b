import { Aws, CfnOutput, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  ResponseHeadersPolicy,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { ObjectOwnership, type Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';
import { contentSecurityPolicy } from '../content-security-policy.js';
import { resourceNames, type ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import type { ContractApi } from './contract-api.js';
import { PagePublishing } from './page-publishing.js';
import { PageSignIn } from './page-sign-in.js';
import { PrivateBucket } from './private-bucket.js';
import type { TokenTrust } from './token-trust.js';

export interface DashboardSiteProps {
  readonly config: StageConfig;
  /** Folder of the built page: `index.html`, and below `assets/` what has a hash of its content in its name. */
  readonly page: string;
  readonly analytics: ContractApi;
  readonly trust: TokenTrust;
  /** Encrypts the logs; absent: keys that AWS manages. */
  readonly logKey: Key | undefined;
}

const yearSeconds = 31_536_000;

/**
 * The dashboard as a static site: a private bucket behind CloudFront, and a `dashboard.json` that tells the page of this
 * stack's API and of where to sign in. CloudFront reports its metrics in us-east-1 alone, so no alarm here could read them.
 */
export class DashboardSite extends Construct {
  private readonly names: ResourceNames;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DashboardSiteProps,
  ) {
    super(scope, id);
    this.names = resourceNames(props.config.stage);
    const signIn = new PageSignIn(this, 'SignIn', { trust: props.trust });
    const bucket = new PrivateBucket(this, 'Bucket', {
      bucketName: this.names.siteBucket,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [],
      // Everybody may load the page; what it shows is kept elsewhere.
      key: undefined,
    });
    const distribution = this.distribution(bucket, [props.analytics.origin, signIn.origins]);
    const { domainName } = props.config.site;
    const host = domainName === 'none' ? distribution.distributionDomainName : domainName;
    const publishing = new PagePublishing(this, 'Publishing', {
      config: props.config,
      page: props.page,
      bucket,
      configuration: {
        analyticsUrl: props.analytics.url,
        access: signIn.ofPage(host),
      },
      logKey: props.logKey,
    });
    new CfnOutput(Stack.of(this), 'SiteUrl', {
      value: `https://${host}/`,
      description: 'The dashboard, for people whom an administrator of the issuer lets in.',
      condition: signIn.condition,
    });
    if (domainName !== 'none') {
      new CfnOutput(Stack.of(this), 'SiteDnsTarget', {
        value: distribution.distributionDomainName,
        description: `Where the DNS record of ${domainName} has to lead.`,
        condition: signIn.condition,
      });
    }
    for (const construct of [this, publishing.handler].flatMap(({ node }) => node.findAll())) {
      if (CfnResource.isCfnResource(construct)) construct.cfnOptions.condition = signIn.condition;
    }
  }

  /** @param asked origins that the page asks besides its own */
  private distribution(bucket: Bucket, asked: readonly string[]): Distribution {
    const { domainName, certificateArn } = this.props.config.site;
    const ownDomain = domainName !== 'none' && certificateArn !== 'none';
    const name = `${this.names.prefix}-site-${Aws.REGION}`;
    const distribution = new Distribution(this, 'Distribution', {
      comment: `The dashboard of ${this.names.prefix}.`,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      ...(ownDomain && {
        domainNames: [domainName],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket, {
          originAccessControl: new S3OriginAccessControl(this, 'OriginAccess', {
            originAccessControlName: name,
          }),
          // Who may list is told of a missing object that it is missing, and not that it is forbidden.
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        compress: true,
        cachePolicy: this.cachePolicy(name),
        responseHeadersPolicy: this.responseHeaders(name, asked),
      },
      logBucket: this.logBucket(),
      logIncludesCookies: false,
    });
    acknowledge(distribution, {
      'AwsSolutions-CFR1': 'Who may use the dashboard is decided by the sign-in, wherever they are.',
      'AwsSolutions-CFR2':
        'It serves the same few files to everybody; the firewall of the stage guards what they ask, the APIs.',
      ...(!ownDomain && {
        'AwsSolutions-CFR4':
          "CloudFront sets the TLS versions of its own domain; a site.domainName's are 1.2 and up.",
      }),
    });
    return distribution;
  }

  /** Objects say themselves for how long they may be kept; what says nothing is not kept. */
  private cachePolicy(name: string): CachePolicy {
    return new CachePolicy(this, 'Caching', {
      cachePolicyName: name,
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.seconds(yearSeconds),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  private responseHeaders(name: string, asked: readonly string[]): ResponseHeadersPolicy {
    const override = true;
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: name,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(asked), override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
        strictTransportSecurity: { accessControlMaxAge: Duration.seconds(yearSeconds), override },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override },
          { header: 'Cross-Origin-Resource-Policy', value: 'same-origin', override },
        ],
      },
    });
  }

  /** CloudFront writes its log into a bucket in any region, but into CloudWatch Logs in us-east-1 alone. */
  private logBucket(): Bucket {
    const { config, logKey } = this.props;
    const bucket = new PrivateBucket(this, 'Logs', {
      bucketName: this.names.siteLogsBucket,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(config.logs.retentionDays) }],
      key: logKey,
      // CloudFront is let in by an access control list, which it adds itself.
      objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED,
    });
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    logKey?.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    return bucket;
  }
}
