import { Aws } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

export interface RequestFirewallProps {
  /** Of the web ACL, unique within the account and region. */
  readonly name: string;
  /** Requests in five minutes, to all stages together, after which an address is blocked. */
  readonly requestsPerAddress: number;
  readonly stages: Readonly<Record<string, Stage>>;
}

const windowSeconds = 300;

/**
 * Blocks an address that asks too often, until it no longer does, so that it does not use up what the stage lets through
 * for everybody. The gateway answers for the firewall with its response WAF_FILTERED.
 */
export class RequestFirewall extends Construct {
  constructor(scope: Construct, id: string, props: RequestFirewallProps) {
    super(scope, id);
    const measuredAs = (metricName: string) => ({
      cloudWatchMetricsEnabled: true,
      sampledRequestsEnabled: true,
      metricName: `${props.name}-${metricName}`,
    });
    const acl = new CfnWebACL(this, 'WebAcl', {
      name: props.name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: measuredAs('requests'),
      rules: [
        {
          name: 'rate-of-an-address',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: props.requestsPerAddress,
              evaluationWindowSec: windowSeconds,
            },
          },
          visibilityConfig: measuredAs('too-many-requests'),
        },
      ],
    });
    for (const [name, stage] of Object.entries(props.stages)) {
      const { restApiId } = stage.restApi;
      new CfnWebACLAssociation(this, name, {
        webAclArn: acl.attrArn,
        resourceArn: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::/restapis/${restApiId}/stages/${stage.stageName}`,
      });
    }
  }
}
