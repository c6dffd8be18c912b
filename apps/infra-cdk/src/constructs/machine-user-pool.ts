import { CfnResource, Duration, RemovalPolicy, Stack, type CfnCondition } from 'aws-cdk-lib';
import {
  AccountRecovery,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';
import { resourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';

export interface MachineUserPoolProps {
  readonly config: StageConfig;
  /** Without it nothing of this is deployed. */
  readonly condition: CfnCondition;
}

/** What the scopes of the pool's tokens begin with: `weir/telemetry:read`. */
export const resourceServerIdentifier = 'weir';

const scopes = [
  new ResourceServerScope({ scopeName: 'telemetry:write', scopeDescription: 'Send telemetry.' }),
  new ResourceServerScope({ scopeName: 'telemetry:read', scopeDescription: 'Query telemetry and devices.' }),
  new ResourceServerScope({ scopeName: 'devices:write', scopeDescription: 'Keep the device registry.' }),
];

/** A Cognito user pool without users: it gives tokens to machines, by client credentials (RFC 6749 §4.4). */
export class MachineUserPool extends Construct {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Where a client gets a token. */
  readonly tokenEndpoint: string;
  readonly userPoolId: string;
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: MachineUserPoolProps) {
    super(scope, id);
    const { prefix } = resourceNames(props.config.stage);
    const { region, account, urlSuffix } = Stack.of(this);
    const pool = this.userPool(prefix, props.config.keepData);
    const resourceServer = pool.addResourceServer('Scopes', {
      identifier: resourceServerIdentifier,
      userPoolResourceServerName: 'Weir',
      scopes,
    });
    this.clientId = this.machineClient(pool, resourceServer, prefix).userPoolClientId;
    const domainPrefix = `${prefix}-${account}`;
    pool.addDomain('Domain', { cognitoDomain: { domainPrefix } });
    this.userPoolId = pool.userPoolId;
    this.issuer = `https://cognito-idp.${region}.${urlSuffix}/${pool.userPoolId}`;
    this.jwksUri = `${this.issuer}/.well-known/jwks.json`;
    this.tokenEndpoint = `https://${domainPrefix}.auth.${region}.amazoncognito.com/oauth2/token`;
    for (const resource of this.node.findAll()) {
      if (CfnResource.isCfnResource(resource)) resource.cfnOptions.condition = props.condition;
    }
  }

  private userPool(prefix: string, keep: boolean): UserPool {
    const pool = new UserPool(this, 'Pool', {
      userPoolName: prefix,
      selfSignUpEnabled: false,
      accountRecovery: AccountRecovery.NONE,
      deletionProtection: keep,
      removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
    });
    const nobody = 'The pool has no users and nobody can sign up: only machines ask it for tokens.';
    acknowledge(pool, { 'AwsSolutions-COG2': nobody, 'AwsSolutions-COG8': nobody });
    return pool;
  }

  private machineClient(pool: UserPool, server: UserPoolResourceServer, prefix: string): UserPoolClient {
    return pool.addClient('Machine', {
      userPoolClientName: `${prefix}-machine`,
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(server, scope)),
      },
      accessTokenValidity: Duration.hours(1),
      preventUserExistenceErrors: true,
    });
  }
}
