import { CfnResource, Duration, Lazy, RemovalPolicy, Stack, type CfnCondition } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';
import { resourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';

export interface TokenUserPoolProps {
  readonly config: StageConfig;
  /** Without it nothing of this is deployed. */
  readonly condition: CfnCondition;
}

/** What the scopes of the pool's tokens begin with: `weir/telemetry:read`. */
export const resourceServerIdentifier = 'weir';

const readScope = new ResourceServerScope({
  scopeName: 'telemetry:read',
  scopeDescription: 'Query telemetry and devices.',
});
const scopes = [
  new ResourceServerScope({ scopeName: 'telemetry:write', scopeDescription: 'Send telemetry.' }),
  readScope,
  new ResourceServerScope({ scopeName: 'devices:write', scopeDescription: 'Keep the device registry.' }),
];

/**
 * A Cognito user pool that gives tokens to machines, by client credentials (RFC 6749 §4.4), and to people who look at the
 * dashboard, by the code flow. An administrator makes its users; nobody signs up.
 */
export class TokenUserPool extends Construct {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly jwksUri: string;
  /** Where a client gets a token. */
  readonly tokenEndpoint: string;
  /** Of the domain that has the endpoints. */
  readonly origin: string;
  readonly userPoolId: string;
  readonly machineClientId: string;
  /** The ids of all clients, with commas between them, those made later included. */
  readonly clientIds: string;

  private readonly pool: UserPool;
  private readonly resourceServer: UserPoolResourceServer;
  private readonly prefix: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TokenUserPoolProps,
  ) {
    super(scope, id);
    this.prefix = resourceNames(props.config.stage).prefix;
    const { region, account, urlSuffix } = Stack.of(this);
    this.pool = this.userPool(props.config.keepData);
    this.resourceServer = this.pool.addResourceServer('Scopes', {
      identifier: resourceServerIdentifier,
      userPoolResourceServerName: 'Weir',
      scopes,
    });
    this.machineClientId = this.machineClient().userPoolClientId;
    const domainPrefix = `${this.prefix}-${account}`;
    this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    this.userPoolId = this.pool.userPoolId;
    this.issuer = `https://cognito-idp.${region}.${urlSuffix}/${this.userPoolId}`;
    this.jwksUri = `${this.issuer}/.well-known/jwks.json`;
    this.origin = `https://${domainPrefix}.auth.${region}.amazoncognito.com`;
    this.tokenEndpoint = `${this.origin}/oauth2/token`;
    this.clientIds = Lazy.string({ produce: () => this.idsOfClients().join(',') });
    this.deployOnCondition(this);
  }

  /**
   * Lets people sign in at the page at `url`, and gives the page tokens that read and do nothing else.
   *
   * @returns the id of the page's client, which has no secret (RFC 8252 §8.5), and the scope that it asks for
   */
  addPage(id: string, url: string): { readonly clientId: string; readonly scope: string } {
    const client = this.pool.addClient(id, {
      userPoolClientName: `${this.prefix}-${id.toLowerCase()}`,
      generateSecret: false,
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.resourceServer(this.resourceServer, readScope)],
        callbackUrls: [url],
        logoutUrls: [url],
      },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      accessTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
    const branding = new CfnManagedLoginBranding(client, 'Branding', {
      userPoolId: this.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    this.deployOnCondition(client);
    // Without a branding the domain shows an error in place of the sign-in.
    branding.node.addDependency(this.pool.node.findChild('Domain'));
    return {
      clientId: client.userPoolClientId,
      scope: `${resourceServerIdentifier}/${readScope.scopeName}`,
    };
  }

  private idsOfClients(): string[] {
    return this.node
      .findAll()
      .flatMap((node) => (node instanceof UserPoolClient ? node.userPoolClientId : []));
  }

  private deployOnCondition(construct: Construct): void {
    for (const resource of construct.node.findAll()) {
      if (CfnResource.isCfnResource(resource)) resource.cfnOptions.condition = this.props.condition;
    }
  }

  private userPool(keep: boolean): UserPool {
    const pool = new UserPool(this, 'Pool', {
      userPoolName: this.prefix,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      deletionProtection: keep,
      removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
        tempPasswordValidity: Duration.days(3),
      },
    });
    acknowledge(pool, {
      'AwsSolutions-COG8':
        'Threat protection is charged for every user; here all have a second factor, and an administrator made them.',
    });
    return pool;
  }

  private machineClient(): UserPoolClient {
    return this.pool.addClient('Machine', {
      userPoolClientName: `${this.prefix}-machine`,
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((scope) => OAuthScope.resourceServer(this.resourceServer, scope)),
      },
      accessTokenValidity: Duration.hours(1),
      preventUserExistenceErrors: true,
    });
  }
}
