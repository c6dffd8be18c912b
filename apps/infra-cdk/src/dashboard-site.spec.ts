import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { stageConfig } from './stage-config.js';
import { deploymentOf, type Deployment } from './testing/deployed-value.js';
import { makeWorkbench, resourcesOf, templatesOf, type Workbench } from './testing/stage-fixture.js';

const certificate = 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f';
const foreignIssuer = {
  TokenIssuer: 'https://id.example',
  TokenJwksUri: 'https://id.example/jwks.json',
};
const foreignSignIn = {
  ...foreignIssuer,
  SiteAuthorizeUrl: 'https://id.example/authorize',
  SiteTokenUrl: 'https://token.id.example:8443/oauth/token',
  SiteClientId: 'weir-page',
};
const foreignSignOut = {
  SiteRevokeUrl: 'https://revoke.id.example/revoke',
  SiteSignOutUrl: 'https://id.example/logout?client_id=weir-page',
};

let bench: Workbench;
let dev: Template;
let ownDomain: Template;
let without: Template;
let prod: Template;

beforeAll(() => {
  bench = makeWorkbench();
  const service = (stage: string, folder: string, overrides: Record<string, string> = {}) => {
    const config = stageConfig(stage, overrides);
    return templatesOf(bench.app(config, folder), config).service;
  };
  dev = service('dev', 'dev');
  ownDomain = service('dev', 'own-domain', {
    'site.domainName': 'weir.example.org',
    'site.certificateArn': certificate,
  });
  without = service('dev', 'without', { 'site.deploy': 'false' });
  prod = service('prod', 'prod');
});

afterAll(() => bench.remove());

/** The properties of the only resource of a type whose logical id begins so, as they are deployed. */
function only(
  template: Template,
  type: string,
  deployment: Deployment,
  prefix = '',
): Record<string, unknown> {
  const found = resourcesOf(template, type).filter(([id]) => id.startsWith(prefix));
  expect(found).toHaveLength(1);
  return deployment.valueOf(found[0]?.[1].Properties) as Record<string, unknown>;
}

function distributionOf(template: Template): Record<string, unknown> {
  const { DistributionConfig } = only(template, 'AWS::CloudFront::Distribution', deploymentOf(template));
  return DistributionConfig as Record<string, unknown>;
}

function securityHeaders(parameters: Record<string, string> = {}): Record<string, Record<string, unknown>> {
  const policy = only(dev, 'AWS::CloudFront::ResponseHeadersPolicy', deploymentOf(dev, parameters));
  const { SecurityHeadersConfig } = policy['ResponseHeadersPolicyConfig'] as Record<string, unknown>;
  return SecurityHeadersConfig as Record<string, Record<string, unknown>>;
}

/** The sources of every directive of the page's content security policy. */
function contentSecurityPolicy(parameters: Record<string, string> = {}): Record<string, string[]> {
  const { ContentSecurityPolicy: text } = securityHeaders(parameters)['ContentSecurityPolicy'] ?? {};
  return Object.fromEntries(
    String(text)
      .split(';')
      .map((directive) => {
        const [name = '', ...sources] = directive.trim().split(' ');
        return [name, sources];
      }),
  );
}

interface Publishing {
  readonly SourceObjectKeys: readonly string[];
  readonly SourceMarkers: readonly Readonly<Record<string, unknown>>[];
  readonly SourceMarkersConfig: readonly { readonly markerEncodings?: Readonly<Record<string, string>> }[];
  readonly SystemMetadata: Readonly<Record<string, string>>;
  readonly Exclude: readonly string[];
  readonly Include?: readonly string[];
  readonly Prune: boolean;
}

function publishings(parameters: Record<string, string> = {}): Publishing[] {
  const { valueOf } = deploymentOf(dev, parameters);
  return resourcesOf(dev, 'Custom::CDKBucketDeployment').map(
    ([, { Properties }]) => valueOf(Properties) as unknown as Publishing,
  );
}

/** `dashboard.json` as it comes to stand in the bucket: the uploaded file with the deployment's values in their places. */
function dashboardJson(parameters: Record<string, string> = {}): unknown {
  const index = publishings(parameters).find(({ SourceObjectKeys }) => SourceObjectKeys.length === 2);
  const asset = `asset.${String(index?.SourceObjectKeys[1]).replace('.zip', '')}`;
  let text = readFileSync(join(bench.folder, 'dev', asset, 'dashboard.json'), 'utf8');
  const { markerEncodings = {} } = index?.SourceMarkersConfig[1] ?? {};
  for (const [marker, value] of Object.entries(index?.SourceMarkers[1] ?? {})) {
    const json = JSON.stringify(value);
    text = text.replaceAll(marker, markerEncodings[marker] === 'JSON_VALUE' ? json : json.slice(1, -1));
  }
  return JSON.parse(text);
}

const analyticsId = () => {
  const [found] = resourcesOf(dev, 'AWS::ApiGateway::RestApi').filter(
    ([, { Properties }]) => Properties['Name'] === 'weir-dev-analytics',
  );
  return found?.[0];
};
const analyticsOrigin = () => `https://<${analyticsId()}>.execute-api.<AWS::Region>.<AWS::URLSuffix>`;
const poolOrigin = 'https://weir-dev-<AWS::AccountId>.auth.<AWS::Region>.amazoncognito.com';

describe('the dashboard on AWS', () => {
  it('is there with the user pool, and with the sign-in of another issuer, and not else', () => {
    expect(deploymentOf(dev).holds('HasSite')).toBe(true);
    expect(deploymentOf(dev, foreignSignIn).holds('HasSite')).toBe(true);
    expect(deploymentOf(dev, foreignIssuer).holds('HasSite')).toBe(false);
    const ofSite = Object.entries(dev.toJSON()['Resources'] as Record<string, { Condition?: string }>).filter(
      ([id]) => id.startsWith('Site') || id.startsWith('CustomCDKBucketDeployment'),
    );
    expect(ofSite.length).toBeGreaterThan(10);
    expect(ofSite.filter(([, { Condition }]) => Condition !== 'HasSite')).toEqual([]);
  });

  it('is left out, with its parameters, where the stage does without', () => {
    const names = ['Resources', 'Parameters', 'Conditions', 'Rules', 'Outputs'].flatMap((part) =>
      Object.keys((without.toJSON() as Record<string, object>)[part] ?? {}),
    );
    expect(names.filter((name) => /Site|CDKBucketDeployment/.test(name))).toEqual([]);
    expect(resourcesOf(without, 'AWS::Cognito::UserPoolClient')).toHaveLength(1);
  });

  it('takes the parameters of a sign-in all together, with an issuer', () => {
    const { SiteHasSignIn } = dev.toJSON()['Rules'] as Record<
      string,
      { RuleCondition: unknown; Assertions: { Assert: unknown; AssertDescription: string }[] }
    >;
    const complaints = (parameters: Record<string, string>) => {
      const { valueOf } = deploymentOf(dev, parameters);
      if (valueOf(SiteHasSignIn?.RuleCondition) !== true) return [];
      return SiteHasSignIn?.Assertions.filter(({ Assert }) => valueOf(Assert) !== true).map(
        ({ AssertDescription }) => AssertDescription.split('; ')[1],
      );
    };
    expect(complaints({})).toEqual([]);
    expect(complaints(foreignIssuer)).toEqual([]);
    expect(complaints(foreignSignIn)).toEqual([]);
    expect(complaints({ ...foreignIssuer, SiteClientId: 'weir-page' })).toEqual([
      'SiteAuthorizeUrl is empty',
      'SiteTokenUrl is empty',
    ]);
    expect(complaints({ ...foreignSignIn, ...foreignSignOut })).toEqual([]);
    expect(complaints({ ...foreignIssuer, SiteSignOutUrl: 'https://id.example/logout' })).toEqual([
      'SiteAuthorizeUrl is empty',
      'SiteTokenUrl is empty',
      'SiteClientId is empty',
    ]);
    expect(complaints({ ...foreignSignIn, SiteClientId: '', TokenIssuer: '' })).toEqual([
      'SiteClientId is empty',
      'TokenIssuer is empty',
    ]);
  });

  it.each([
    ['https://id.example/authorize', true],
    ['https://id.example:8443', true],
    ['', true],
    ['http://id.example/authorize', false],
    ['https://id.example;script-src', false],
    ["https://id.example/ 'unsafe-eval'", false],
    ['https://id.example/authorize?audience=weir', true],
    ['https://id.example/authorize#weir', false],
  ])('takes %s as where to sign in: %s', (url, expected) => {
    const parameters = dev.toJSON()['Parameters'] as Record<string, { AllowedPattern: string }>;
    for (const name of ['SiteAuthorizeUrl', 'SiteTokenUrl', 'SiteRevokeUrl', 'SiteSignOutUrl']) {
      expect(new RegExp(parameters[name]?.AllowedPattern ?? '').test(url)).toBe(expected);
    }
  });
});

describe('the bucket of the page', () => {
  it('is read by the distribution alone, and only with TLS', () => {
    const { PolicyDocument } = only(dev, 'AWS::S3::BucketPolicy', deploymentOf(dev), 'SiteBucketPolicy');
    const [[distribution] = []] = resourcesOf(dev, 'AWS::CloudFront::Distribution');
    const [[bucket] = []] = resourcesOf(dev, 'AWS::S3::Bucket').filter(([id]) => id.startsWith('SiteBucket'));
    expect(PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
        {
          Effect: 'Allow',
          Action: ['s3:GetObject', 's3:ListBucket'],
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Resource: [`<${bucket}.Arn>/*`, `<${bucket}.Arn>`],
          Condition: {
            StringEquals: {
              'AWS:SourceArn': `arn:<AWS::Partition>:cloudfront::<AWS::AccountId>:distribution/<${distribution}>`,
            },
          },
        },
      ],
    });
    expect((PolicyDocument as { Statement: unknown[] }).Statement).toHaveLength(2);
    const [origin] = distributionOf(dev)['Origins'] as Record<string, unknown>[];
    const [[access] = []] = resourcesOf(dev, 'AWS::CloudFront::OriginAccessControl');
    expect(origin).toMatchObject({
      DomainName: `<${bucket}.RegionalDomainName>`,
      OriginAccessControlId: `<${access}.Id>`,
      S3OriginConfig: { OriginAccessIdentity: '' },
    });
    expect(only(dev, 'AWS::CloudFront::OriginAccessControl', deploymentOf(dev))).toMatchObject({
      OriginAccessControlConfig: { SigningBehavior: 'always', SigningProtocol: 'sigv4' },
    });
  });

  it('blocks all public access, as that of the logs does', () => {
    const buckets = resourcesOf(dev, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const [, { Properties }] of buckets) {
      expect(Properties['PublicAccessBlockConfiguration']).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });
});

describe('the distribution', () => {
  it('answers by HTTPS, compressed, with the index of the folder, and hides no missing file behind it', () => {
    const [[headers] = []] = resourcesOf(dev, 'AWS::CloudFront::ResponseHeadersPolicy');
    const distribution = distributionOf(dev);
    expect(distribution).toMatchObject({
      DefaultRootObject: 'index.html',
      HttpVersion: 'http2and3',
      DefaultCacheBehavior: {
        Compress: true,
        ViewerProtocolPolicy: 'redirect-to-https',
        ResponseHeadersPolicyId: `<${headers}>`,
      },
    });
    expect(distribution).not.toHaveProperty('CacheBehaviors');
    // The page's views stand behind the # of its address.
    expect(distribution).not.toHaveProperty('CustomErrorResponses');
  });

  it('keeps what says for how long, and nothing else', () => {
    expect(only(dev, 'AWS::CloudFront::CachePolicy', deploymentOf(dev))).toMatchObject({
      CachePolicyConfig: {
        MinTTL: 0,
        DefaultTTL: 0,
        MaxTTL: 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingBrotli: true,
          EnableAcceptEncodingGzip: true,
          CookiesConfig: { CookieBehavior: 'none' },
          HeadersConfig: { HeaderBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'none' },
        },
      },
    });
  });

  it('has a name of CloudFront, or one of its own with TLS 1.2 and up', () => {
    const outputOf = (template: Template, name: string) => {
      const outputs = template.toJSON()['Outputs'] as Record<string, { Value: unknown }>;
      return deploymentOf(template).valueOf(outputs[name]?.Value);
    };
    const [[id] = []] = resourcesOf(dev, 'AWS::CloudFront::Distribution');
    expect(outputOf(dev, 'SiteUrl')).toBe(`https://<${id}.DomainName>/`);
    expect(outputOf(dev, 'SiteDnsTarget')).toBeUndefined();
    expect(distributionOf(dev)).not.toHaveProperty('ViewerCertificate');
    expect(outputOf(ownDomain, 'SiteUrl')).toBe('https://weir.example.org/');
    expect(outputOf(ownDomain, 'SiteDnsTarget')).toBe(`<${id}.DomainName>`);
    expect(distributionOf(ownDomain)).toMatchObject({
      Aliases: ['weir.example.org'],
      ViewerCertificate: {
        AcmCertificateArn: certificate,
        MinimumProtocolVersion: 'TLSv1.2_2021',
        SslSupportMethod: 'sni-only',
      },
    });
  });

  it('logs requests without cookies into a bucket that forgets them as other logs of the stage', () => {
    const [[logs, bucket] = []] = resourcesOf(dev, 'AWS::S3::Bucket').filter(([id]) =>
      id.startsWith('SiteLogs'),
    );
    expect(distributionOf(dev)['Logging']).toEqual({
      Bucket: `<${logs}.RegionalDomainName>`,
      IncludeCookies: false,
    });
    expect(bucket?.Properties).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      LifecycleConfiguration: {
        Rules: expect.arrayContaining([expect.objectContaining({ ExpirationInDays: 14 })]) as unknown,
      },
    });
  });

  it('has its log encrypted by the key of the logs, which log delivery may use, where the stage has keys', () => {
    const { valueOf } = deploymentOf(prod);
    const [[keyId, key] = []] = resourcesOf(prod, 'AWS::KMS::Key');
    const [[, bucket] = []] = resourcesOf(prod, 'AWS::S3::Bucket').filter(([id]) =>
      id.startsWith('SiteLogs'),
    );
    expect(valueOf(bucket?.Properties['BucketEncryption'])).toMatchObject({
      ServerSideEncryptionConfiguration: [
        { ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: `<${keyId}.Arn>` } },
      ],
    });
    const { Statement } = valueOf(key?.Properties['KeyPolicy']) as { Statement: unknown[] };
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 'kms:GenerateDataKey*',
        Condition: { StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } },
      }),
    );
  });
});

describe('the headers of the page', () => {
  it('demand HTTPS, and forbid frames, guessed types and referrers', () => {
    expect(securityHeaders()).toMatchObject({
      ContentTypeOptions: { Override: true },
      FrameOptions: { FrameOption: 'DENY', Override: true },
      ReferrerPolicy: { ReferrerPolicy: 'no-referrer', Override: true },
      StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
    });
  });

  it('let it ask its own origin, the analytics API and the issuer, and nobody else', () => {
    expect(contentSecurityPolicy()['connect-src']).toEqual(["'self'", analyticsOrigin(), poolOrigin]);
    expect(contentSecurityPolicy(foreignSignIn)['connect-src']).toEqual([
      "'self'",
      analyticsOrigin(),
      'https://token.id.example:8443',
    ]);
    expect(contentSecurityPolicy({ ...foreignSignIn, ...foreignSignOut })['connect-src']).toEqual([
      "'self'",
      analyticsOrigin(),
      'https://token.id.example:8443',
      'https://revoke.id.example',
    ]);
    const { 'connect-src': asked, ...others } = contentSecurityPolicy();
    expect(asked).toHaveLength(3);
    expect(others).toEqual({
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
  });
});

describe('the files of the page', () => {
  it('are kept for a year where a hash names them, else asked for anew, and come before the index that needs them', () => {
    const [assets, index, ...more] = publishings();
    expect(more).toEqual([]);
    expect(assets).toMatchObject({
      Exclude: ['*'],
      Include: ['assets/*'],
      Prune: false,
      SystemMetadata: { 'cache-control': 'public, max-age=31536000, immutable' },
    });
    expect(index).toMatchObject({
      Exclude: ['assets/*'],
      Prune: true,
      SystemMetadata: { 'cache-control': 'no-cache' },
    });
    expect(index?.SourceObjectKeys[0]).toBe(assets?.SourceObjectKeys[0]);
    const [[first], [, second]] = resourcesOf(dev, 'Custom::CDKBucketDeployment') as [
      [string, object],
      [string, { DependsOn: string[] }],
    ];
    expect(second.DependsOn).toContain(first);
  });

  it('are copied by a function that may read what was uploaded and write into this bucket alone', () => {
    const policy = only(dev, 'AWS::IAM::Policy', deploymentOf(dev), 'SitePublishingRole');
    const { Statement } = policy['PolicyDocument'] as { Statement: { Action: unknown; Resource: unknown }[] };
    const [[log] = []] = resourcesOf(dev, 'AWS::Logs::LogGroup').filter(([id]) =>
      id.startsWith('SitePublishing'),
    );
    const [[bucket] = []] = resourcesOf(dev, 'AWS::S3::Bucket').filter(([id]) => id.startsWith('SiteBucket'));
    const uploads = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>';
    const [, index] = publishings();
    expect(Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], `<${log}.Arn>`],
      ['s3:GetObject', index?.SourceObjectKeys.map((key) => `${uploads}/${key}`)],
      ['s3:ListBucket', `<${bucket}.Arn>`],
      [['s3:DeleteObject', 's3:PutObject'], `<${bucket}.Arn>/*`],
    ]);
    const [[, handler] = []] = resourcesOf(dev, 'AWS::Lambda::Function').filter(([id]) =>
      id.startsWith('CustomCDKBucketDeployment'),
    );
    expect(handler?.Properties['LoggingConfig']).toEqual({ LogGroup: { Ref: log } });
  });

  it('have a configuration that names the API and where to sign in', () => {
    const [[client] = []] = resourcesOf(dev, 'AWS::Cognito::UserPoolClient').filter(
      ([, { Properties }]) => Properties['ClientName'] === 'weir-dev-dashboard',
    );
    const stage = resourcesOf(dev, 'AWS::ApiGateway::Stage')
      .map(([id]) => id)
      .find((id) => id.startsWith('Analytics'));
    const analyticsUrl = `${analyticsOrigin()}/<${stage}>`;
    const [[distribution] = []] = resourcesOf(dev, 'AWS::CloudFront::Distribution');
    const [[pool] = []] = resourcesOf(dev, 'AWS::Cognito::UserPool');
    expect(dashboardJson()).toEqual({
      analyticsUrl,
      access: {
        kind: 'oauth',
        issuer: `https://cognito-idp.<AWS::Region>.<AWS::URLSuffix>/<${pool}>`,
        authorizeUrl: `${poolOrigin}/oauth2/authorize`,
        tokenUrl: `${poolOrigin}/oauth2/token`,
        revokeUrl: `${poolOrigin}/oauth2/revoke`,
        signOutUrl: `${poolOrigin}/logout?client_id=<${client}>&logout_uri=https%3A%2F%2F<${distribution}.DomainName>%2F`,
        clientId: `<${client}>`,
        scope: 'weir/telemetry:read',
      },
    });
    const access = {
      kind: 'oauth',
      issuer: 'https://id.example',
      authorizeUrl: 'https://id.example/authorize',
      tokenUrl: 'https://token.id.example:8443/oauth/token',
      clientId: 'weir-page',
      scope: 'telemetry:read',
    };
    expect(dashboardJson(foreignSignIn)).toEqual({ analyticsUrl, access });
    const scope = 'openid telemetry:read';
    expect(dashboardJson({ ...foreignSignIn, ...foreignSignOut, SiteScope: scope })).toEqual({
      analyticsUrl,
      access: {
        ...access,
        scope,
        revokeUrl: 'https://revoke.id.example/revoke',
        signOutUrl: 'https://id.example/logout?client_id=weir-page',
      },
    });
  });
});

describe('the analytics API', () => {
  const any = 'x-amazon-apigateway-any-method';

  it('lets the page read its answers, the gateway’s own included, and asks no token for a preflight', () => {
    const api = resourcesOf(dev, 'AWS::ApiGateway::RestApi').find(([id]) => id === analyticsId());
    const body = api?.[1].Properties['Body'] as {
      paths: Record<string, Record<string, object>>;
      'x-amazon-apigateway-gateway-responses': Record<string, { responseParameters: Record<string, string> }>;
    };
    const responses = Object.entries(body['x-amazon-apigateway-gateway-responses']);
    expect(responses.map(([type]) => type)).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
    for (const [type, { responseParameters }] of responses) {
      const origin = responseParameters['gatewayresponse.header.Access-Control-Allow-Origin'];
      expect([type, origin]).toEqual([type, "'*'"]);
    }
    expect(Object.keys(body.paths).length).toBeGreaterThan(3);
    for (const [path, methods] of Object.entries(body.paths)) {
      expect(Object.keys(methods)).not.toContain('options');
      expect([path, Object.keys(methods[any] ?? {})]).toEqual([
        path,
        expect.not.arrayContaining(['security']),
      ]);
      expect(methods[any]).toHaveProperty('x-amazon-apigateway-integration');
    }
  });
});

describe("the page's client of the user pool", () => {
  it('has no secret and gets tokens by the code flow alone, to read, for the page alone', () => {
    const { valueOf } = deploymentOf(ownDomain);
    const clients = resourcesOf(ownDomain, 'AWS::Cognito::UserPoolClient').map(
      ([id, { Properties }]) => [id, valueOf(Properties) as Record<string, unknown>] as const,
    );
    const [server] = resourcesOf(ownDomain, 'AWS::Cognito::UserPoolResourceServer').map(([id]) => id);
    const client = clients.find(([, { ClientName }]) => ClientName === 'weir-dev-dashboard');
    expect(client?.[1]).toMatchObject({
      GenerateSecret: false,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: [`<${server}>/telemetry:read`],
      CallbackURLs: ['https://weir.example.org/'],
      LogoutURLs: ['https://weir.example.org/'],
      SupportedIdentityProviders: ['COGNITO'],
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
    expect(only(ownDomain, 'AWS::Cognito::ManagedLoginBranding', deploymentOf(ownDomain))).toMatchObject({
      ClientId: `<${client?.[0]}>`,
      UseCognitoProvidedValues: true,
    });
    expect(only(ownDomain, 'AWS::Cognito::UserPoolDomain', deploymentOf(ownDomain))).toMatchObject({
      ManagedLoginVersion: 2,
    });
  });

  it('is one whose tokens the authorizer takes', () => {
    const ids = resourcesOf(dev, 'AWS::Cognito::UserPoolClient').map(([id]) => `<${id}>`);
    const authorizer = resourcesOf(dev, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties['FunctionName'] === 'weir-dev-authorizer-fn',
    );
    const taken = (parameters: Record<string, string>) => {
      const { Variables } = deploymentOf(dev, parameters).valueOf(
        authorizer?.[1].Properties['Environment'],
      ) as {
        Variables: Record<string, string>;
      };
      return Variables['TOKEN_CLIENT_IDS'];
    };
    expect(ids).toHaveLength(2);
    expect(taken({ TokenClientIds: 'more' })).toBe([...ids, 'more'].join(','));
    expect(taken(foreignSignIn)).toBeUndefined();
  });
});
