import {
  Aws,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  CfnRule,
  Fn,
  Stack,
  type IResolvable,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.js';
import { resourceServerIdentifier, TokenUserPool } from './token-user-pool.js';

export interface TokenTrustProps {
  readonly config: StageConfig;
}

/** Plain HTTP is for an issuer on the same machine, where no network lies between. Empty: there is no such issuer. */
const urlOrNothing = {
  default: '',
  allowedPattern: '^(https://\\S+|http://(127\\.0\\.0\\.1|localhost)(:[0-9]+)?(/\\S*)?|)$',
  constraintDescription: 'must be an https URL, or nothing',
};

/**
 * Whose tokens the APIs take. The parameter TokenIssuer names an issuer of one's own; without it the stack has a Cognito
 * user pool. The choice is a condition of the template, so that the template which is deployed is also
 * the one that runs locally, where it is given the local issuer.
 */
export class TokenTrust extends Construct {
  /** What the authorizer is told: the variables of either kind of issuer, and not those of the other. */
  readonly environment: Readonly<Record<string, string>>;
  /** The parameter TokenIssuer: empty where the user pool is the issuer. */
  readonly foreignIssuer: string;
  readonly pool: TokenUserPool;
  /** Whether the user pool is the issuer. */
  readonly hasPool: CfnCondition;

  constructor(scope: Construct, id: string, props: TokenTrustProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const parameter = (name: string, description: string, rest: object) =>
      new CfnParameter(stack, name, { description, ...rest }).valueAsString;
    const issuer = parameter(
      'TokenIssuer',
      'The `iss` of the tokens to accept, exactly as it stands in them. Empty: a Cognito user pool is made.',
      urlOrNothing,
    );
    const jwksUri = parameter('TokenJwksUri', "URL of the issuer's public keys (JWKS).", urlOrNothing);
    const audience = parameter('TokenAudience', "The `aud` of the issuer's tokens to accept.", {
      default: 'weir',
      minLength: 1,
    });
    const clientIds = parameter(
      'TokenClientIds',
      'Ids of more clients of the user pool whose tokens are accepted, with commas between them.',
      { default: '', allowedPattern: '^([A-Za-z0-9_+]+(,[A-Za-z0-9_+]+)*)?$' },
    );
    this.requireBoth(issuer, jwksUri);
    const condition = new CfnCondition(stack, 'HasUserPool', { expression: Fn.conditionEquals(issuer, '') });
    const pool = new TokenUserPool(this, 'UserPool', { config: props.config, condition });
    this.foreignIssuer = issuer;
    this.pool = pool;
    this.hasPool = condition;
    const either = (ofPool: string, ofIssuer: string) => this.either(ofPool, ofIssuer).toString();
    this.environment = {
      TOKEN_ISSUER: either(pool.issuer, issuer),
      TOKEN_JWKS_URI: either(pool.jwksUri, jwksUri),
      TOKEN_AUDIENCE: either(Aws.NO_VALUE, audience),
      TOKEN_CLIENT_IDS: either(Fn.join(',', [pool.clientIds, clientIds]), Aws.NO_VALUE),
      TOKEN_SCOPE_PREFIX: either(`${resourceServerIdentifier}/`, Aws.NO_VALUE),
    };
    const output = (name: string, value: string, description: string) =>
      new CfnOutput(stack, name, { value, description, condition });
    output('TokenEndpoint', pool.tokenEndpoint, 'Where machines get a token for their client id and secret.');
    output('UserPoolId', pool.userPoolId, 'The user pool of machines, and of people who use the dashboard.');
    output(
      'MachineClientId',
      pool.machineClientId,
      'The first client; describe-user-pool-client shows its secret.',
    );
  }

  /** A value for the user pool, or one for an issuer of one's own. */
  either<T>(ofPool: T, ofIssuer: T): IResolvable {
    return Fn.conditionIf(this.hasPool.logicalId, ofPool, ofIssuer);
  }

  private requireBoth(issuer: string, jwksUri: string): void {
    const given = (value: string) => Fn.conditionNot(Fn.conditionEquals(value, ''));
    const rule = (id: string, one: string, other: string, assertDescription: string) =>
      new CfnRule(Stack.of(this), id, {
        ruleCondition: given(one),
        assertions: [{ assert: given(other), assertDescription }],
      });
    rule('IssuerHasKeys', issuer, jwksUri, 'TokenIssuer needs TokenJwksUri');
    rule('KeysHaveIssuer', jwksUri, issuer, 'TokenJwksUri needs TokenIssuer');
  }
}
