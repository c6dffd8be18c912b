import {
  Aws,
  CfnCondition,
  CfnParameter,
  CfnRule,
  Fn,
  Stack,
  type ICfnRuleConditionExpression,
  type IResolvable,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { TokenTrust } from './token-trust.js';

export interface PageSignInProps {
  readonly trust: TokenTrust;
}

/** No character of a host may end a directive of a content security policy, nor a source within one. */
const urlOrNothing = {
  default: '',
  allowedPattern: '^(https://[A-Za-z0-9.-]+(:[0-9]+)?(/[^\\s#]*)?|)$',
  constraintDescription: 'must be an https URL, or nothing',
};

/**
 * How people sign in at the page: at the user pool, or, where the stack trusts an issuer of one's own, at the endpoints and
 * with the client that parameters name. Where they name none there is nowhere to sign in, hence no page.
 */
export class PageSignIn extends Construct {
  /** Whether there is somewhere to sign in. */
  readonly condition: CfnCondition;
  /** `https://host` of the endpoints that the page asks, with spaces between them. */
  readonly origins: string;
  private readonly authorizeUrl: string;
  private readonly tokenUrl: string;
  private readonly clientId: string;
  private readonly scope: string;
  private readonly revokeUrl: string;
  private readonly signOutUrl: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PageSignInProps,
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    const parameter = (name: string, description: string, rest: object) =>
      new CfnParameter(stack, name, { description, ...rest }).valueAsString;
    this.authorizeUrl = parameter(
      'SiteAuthorizeUrl',
      'With an issuer of your own: where people sign in to the dashboard. Empty: there is no dashboard.',
      urlOrNothing,
    );
    this.tokenUrl = parameter('SiteTokenUrl', 'Where the dashboard gets its tokens.', urlOrNothing);
    this.clientId = parameter('SiteClientId', "The dashboard's public client at the issuer.", {
      default: '',
      allowedPattern: '^\\S*$',
    });
    this.scope = parameter('SiteScope', 'The scopes that the dashboard asks for, with spaces between them.', {
      default: 'telemetry:read',
      minLength: 1,
    });
    this.revokeUrl = parameter(
      'SiteRevokeUrl',
      'Where the dashboard revokes its refresh token on signing out (RFC 7009). May be empty.',
      urlOrNothing,
    );
    this.signOutUrl = parameter(
      'SiteSignOutUrl',
      'Where the dashboard goes on signing out, with client and way back in the query. May be empty.',
      urlOrNothing,
    );
    this.requireAll();
    const { trust } = props;
    this.condition = new CfnCondition(stack, 'HasSite', {
      expression: Fn.conditionOr(trust.hasPool, given(this.clientId)),
    });
    const revokeOrigin = this.whereGiven('SiteRevokeUrl', this.revokeUrl, ` ${originOf(this.revokeUrl)}`, '');
    this.origins = trust.either(trust.pool.origin, `${originOf(this.tokenUrl)}${revokeOrigin}`).toString();
  }

  /** What the page at `https://<host>/` has to know to sign somebody in. The user pool gets a client for it. */
  ofPage(host: string): IResolvable {
    const { trust } = this.props;
    const { pool, foreignIssuer } = trust;
    const { clientId, scope } = pool.addPage('Dashboard', `https://${host}/`);
    const kind = 'oauth';
    return trust.either(
      {
        kind,
        issuer: pool.issuer,
        authorizeUrl: `${pool.origin}/oauth2/authorize`,
        tokenUrl: pool.tokenEndpoint,
        revokeUrl: `${pool.origin}/oauth2/revoke`,
        // https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
        signOutUrl: `${pool.origin}/logout?client_id=${clientId}&logout_uri=https%3A%2F%2F${host}%2F`,
        clientId,
        scope,
      },
      {
        kind,
        issuer: foreignIssuer,
        authorizeUrl: this.authorizeUrl,
        tokenUrl: this.tokenUrl,
        revokeUrl: this.whereGiven('SiteRevokeUrl', this.revokeUrl, this.revokeUrl, Aws.NO_VALUE),
        signOutUrl: this.whereGiven('SiteSignOutUrl', this.signOutUrl, this.signOutUrl, Aws.NO_VALUE),
        clientId: this.clientId,
        scope: this.scope,
      },
    );
  }

  private whereGiven(name: string, parameter: string, value: string, otherwise: string): string {
    const id = `Has${name}`;
    const condition =
      (this.node.tryFindChild(id) as CfnCondition | undefined) ??
      new CfnCondition(this, id, { expression: given(parameter) });
    return Fn.conditionIf(condition.logicalId, value, otherwise).toString();
  }

  private requireAll(): void {
    const required = {
      SiteAuthorizeUrl: this.authorizeUrl,
      SiteTokenUrl: this.tokenUrl,
      SiteClientId: this.clientId,
    };
    const assertions = Object.entries({ ...required, TokenIssuer: this.props.trust.foreignIssuer }).map(
      ([name, value]) => ({
        assert: given(value),
        assertDescription: `${Object.keys(required).join(', ')} and TokenIssuer go together; ${name} is empty`,
      }),
    );
    const any = [...Object.values(required), this.revokeUrl, this.signOutUrl];
    new CfnRule(Stack.of(this), 'SiteHasSignIn', {
      ruleCondition: Fn.conditionOr(...any.map(given)),
      assertions,
    });
  }
}

function given(value: string): ICfnRuleConditionExpression {
  return Fn.conditionNot(Fn.conditionEquals(value, ''));
}

/** The slashes behind it are for the empty URL, of which there would be no third part. */
function originOf(url: string): string {
  return `https://${Fn.select(2, Fn.split('/', `${url}//`))}`;
}
