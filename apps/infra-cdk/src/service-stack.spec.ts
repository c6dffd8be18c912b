import { Match, type Template } from 'aws-cdk-lib/assertions';
import { contractMethods } from './contract.js';
import { functionNames, type FunctionName } from './function-bundles.js';
import { stageConfig } from './stage-config.js';
import { repositoryContracts } from './testing/repository-files.js';
import {
  makeWorkbench,
  resourcesOf,
  templatesOf,
  textOf,
  type TemplateResource,
  type Workbench,
} from './testing/stage-fixture.js';

let bench: Workbench;
let dev: Template;
let prod: Template;

beforeAll(() => {
  bench = makeWorkbench();
  const service = (stage: string, overrides: Record<string, string> = {}) => {
    const config = stageConfig(stage, overrides);
    return templatesOf(bench.app(config, stage), config).service;
  };
  dev = service('dev');
  prod = service('prod', { 'functions.process.reservedConcurrency': '40' });
});

afterAll(() => bench.remove());

function functionOf(template: Template, stage: string, name: FunctionName): [string, TemplateResource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, resource]) => resource.Properties['FunctionName'] === `weir-${stage}-${name}`,
  );
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found;
}

/** Every scope that an operation of a contract asks for. */
function scopesOfContracts(): string[] {
  const operations = Object.values(repositoryContracts()).flatMap(({ paths }) =>
    Object.values(paths).flatMap((item) => contractMethods.flatMap((method) => item[method] ?? [])),
  );
  const scopes = operations.flatMap(({ security = [] }) =>
    security.flatMap((one) => Object.values(one).flat()),
  );
  const rank = (scope: string) => ['telemetry:write', 'telemetry:read', 'devices:write'].indexOf(scope);
  return [...new Set(scopes)].sort((one, other) => rank(one) - rank(other));
}

/** What a function's role allows: `action action @ resource` for each statement, without the hashes of logical ids. */
function allowedTo(name: FunctionName, template = dev, stage = 'dev'): string[] {
  const [, resource] = functionOf(template, stage, name);
  const role = textOf(resource.Properties['Role']).slice(1, -'.Arn}'.length);
  expect(template.toJSON()['Resources'][role].Properties).not.toHaveProperty('ManagedPolicyArns');
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, policy]) => JSON.stringify(policy.Properties['Roles']) === JSON.stringify([{ Ref: role }]))
    .flatMap(([, policy]) => {
      const document = policy.Properties['PolicyDocument'] as {
        Statement: { Effect: string; Action: string | string[]; Resource: unknown; Condition?: object }[];
      };
      return document.Statement.map(({ Effect, Action, Resource, Condition }) => {
        expect(Effect).toBe('Allow');
        const resources = [Resource].flat().map((one) => textOf(one).replace(/[0-9A-F]{8}\./, '.'));
        const condition = Condition === undefined ? '' : ` if ${conditionText(Condition)}`;
        return `${[Action].flat().join(' ')} @ ${resources.join(' ')}${condition}`;
      });
    });
}

/** `key=value` for every condition of a statement, whatever the operator. */
function conditionText(condition: object): string {
  return Object.values(condition)
    .flatMap((keys: object) => Object.entries(keys))
    .map(([key, value]) => `${key}=${textOf(value)}`)
    .join(' ');
}

const own = (construct: string) => [
  `logs:CreateLogStream logs:PutLogEvents @ {${construct}Log.Arn}`,
  'xray:PutTraceSegments xray:PutTelemetryRecords @ *',
];
const place = '{AWS::Region}:{AWS::AccountId}';
const stream = `arn:{AWS::Partition}:kinesis:${place}:stream/weir-dev-telemetry`;
const table = `arn:{AWS::Partition}:dynamodb:${place}:table/weir-dev-telemetry`;
const quarantine = 'arn:{AWS::Partition}:s3:::weir-dev-quarantine-{AWS::AccountId}-{AWS::Region}';

describe('the permissions of', () => {
  it('ingest-fn: write to the stream', () => {
    expect(allowedTo('ingest-fn').sort()).toEqual(
      [`kinesis:PutRecords @ ${stream}`, ...own('Ingest')].sort(),
    );
  });

  it('process-fn: read the stream, keep the table, write to the quarantine', () => {
    expect(allowedTo('process-fn').sort()).toEqual(
      [
        `dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem @ ${table}`,
        `s3:PutObject @ ${quarantine}/*`,
        `s3:ListBucket @ ${quarantine}`,
        `kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards @ ${stream}`,
        ...own('Process'),
      ].sort(),
    );
  });

  it('analytics-fn: read the table and its index, write registry entries', () => {
    expect(allowedTo('analytics-fn').sort()).toEqual(
      [
        `dynamodb:GetItem dynamodb:PutItem dynamodb:Query @ ${table}`,
        `dynamodb:Query @ ${table}/index/bySite`,
        ...own('Analytics'),
      ].sort(),
    );
  });

  it('authorizer-fn: none', () => {
    expect(allowedTo('authorizer-fn').sort()).toEqual(own('Authorizer').sort());
  });
});

describe('where the stage has its own keys', () => {
  const key = `arn:{AWS::Partition}:kms:${place}:key/*`;
  const through = (service: string, actions: string) =>
    `${actions} @ ${key} if kms:ViaService=${service}.{AWS::Region}.amazonaws.com kms:ResourceAliases=alias/weir-prod-data`;
  const forTable = through(
    'dynamodb',
    'kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom kms:ReEncryptTo',
  );
  const expected: Record<FunctionName, string[]> = {
    'ingest-fn': [through('kinesis', 'kms:GenerateDataKey')],
    'process-fn': [through('kinesis', 'kms:Decrypt'), forTable, through('s3', 'kms:GenerateDataKey')],
    'analytics-fn': [forTable],
    'authorizer-fn': [],
  };

  it.each(functionNames)('%s uses the key of the data only through the services that it calls', (name) => {
    const allowed = allowedTo(name, prod, 'prod').filter((statement) => statement.startsWith('kms:'));
    expect(allowed).toEqual(expected[name]);
  });

  it('encrypts every log with the key of the logs, which CloudWatch Logs may use for them alone', () => {
    const logGroups = resourcesOf(prod, 'AWS::Logs::LogGroup');
    expect(logGroups).toHaveLength(7);
    const [[keyId, logKey] = []] = resourcesOf(prod, 'AWS::KMS::Key');
    for (const [, group] of logGroups) {
      expect(textOf(group.Properties['KmsKeyId'])).toBe(`{${keyId}.Arn}`);
    }
    const { Statement } = logKey?.Properties['KeyPolicy'] as { Statement: { Condition?: object }[] };
    const [arns] = Statement.flatMap(({ Condition }) => Object.values(Condition ?? {})).map(
      (keys: Record<string, unknown[]>) => keys['kms:EncryptionContext:aws:logs:arn']?.map(textOf),
    );
    const group = `arn:{AWS::Partition}:logs:${place}:log-group:`;
    expect(arns).toEqual([`${group}/aws/lambda/weir-prod-*`, `${group}/weir/prod/*`]);
    expect(resourcesOf(dev, 'AWS::KMS::Key')).toEqual([]);
  });
});

describe('the user pool', () => {
  it('is there only without another issuer', () => {
    const types = [
      'ManagedLoginBranding',
      'UserPool',
      'UserPoolClient',
      'UserPoolDomain',
      'UserPoolResourceServer',
    ];
    for (const type of types) {
      const resources = resourcesOf(prod, `AWS::Cognito::${type}`);
      expect(resources.length).toBeGreaterThan(0);
      for (const [, { Condition }] of resources) expect(Condition).toBe('HasUserPool');
    }
    expect(prod.toJSON()['Conditions']).toMatchObject({
      HasUserPool: { 'Fn::Equals': [{ Ref: 'TokenIssuer' }, ''] },
    });
  });

  it('has users whom an administrator made, with a long password and a second factor', () => {
    const users = {
      AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      MfaConfiguration: 'ON',
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 16, TemporaryPasswordValidityDays: 3 }) },
      UsernameAttributes: ['email'],
    };
    prod.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Retain',
      Properties: { ...users, DeletionProtection: 'ACTIVE' },
    });
    dev.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'Delete',
      Properties: { ...users, DeletionProtection: 'INACTIVE' },
    });
  });

  it('gives machines tokens for the scopes of the contracts, by client credentials alone', () => {
    dev.hasResourceProperties('AWS::Cognito::UserPoolResourceServer', {
      Identifier: 'weir',
      Scopes: scopesOfContracts().map((ScopeName) => Match.objectLike({ ScopeName })),
    });
    dev.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      ClientName: 'weir-dev-machine',
      GenerateSecret: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: scopesOfContracts().map((scope) => ({
        'Fn::Join': ['', [{ Ref: 'TokenTrustUserPoolScopesCD8F307A' }, `/${scope}`]],
      })),
    });
  });
});

describe('the firewall', () => {
  it('stands before both APIs in prod, and blocks an address for its rate alone', () => {
    prod.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        Match.objectLike({
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', Limit: 60_000, EvaluationWindowSec: 300 },
          },
        }),
      ],
    });
    const guarded = resourcesOf(prod, 'AWS::WAFv2::WebACLAssociation').map(([, { Properties }]) =>
      textOf(Properties['ResourceArn']),
    );
    const stages = resourcesOf(prod, 'AWS::ApiGateway::Stage').map(
      ([id, { Properties }]) =>
        `arn:{AWS::Partition}:apigateway:{AWS::Region}::/restapis/${textOf(Properties['RestApiId'])}/stages/{${id}}`,
    );
    expect(guarded.sort()).toEqual(stages.sort());
    expect(resourcesOf(dev, 'AWS::WAFv2::WebACL')).toEqual([]);
  });
});

describe('the functions', () => {
  const common = (name: FunctionName) => ({
    POWERTOOLS_SERVICE_NAME: name,
    POWERTOOLS_METRICS_NAMESPACE: 'Weir',
    STAGE: 'dev',
    LOG_LEVEL: 'INFO',
    NODE_OPTIONS: '--enable-source-maps',
  });
  const userPool = 'https://cognito-idp.{AWS::Region}.{AWS::URLSuffix}/{TokenTrustUserPool96460A4C}';
  const store = { TABLE_NAME: 'weir-dev-telemetry', BLOCK_MINUTES: '10', REGISTRY_CACHE_SECONDS: '60' };
  const expected: Record<FunctionName, Record<string, string>> = {
    'ingest-fn': { STREAM_NAME: 'weir-dev-telemetry', DEVICE_GROUPS: '16' },
    'process-fn': {
      ...store,
      QUARANTINE_BUCKET: 'weir-dev-quarantine-{AWS::AccountId}-{AWS::Region}',
    },
    'analytics-fn': store,
    'authorizer-fn': {
      TOKEN_ISSUER: `{HasUserPool ? ${userPool} : {TokenIssuer}}`,
      TOKEN_JWKS_URI: `{HasUserPool ? ${userPool}/.well-known/jwks.json : {TokenJwksUri}}`,
      TOKEN_AUDIENCE: '{HasUserPool ? {AWS::NoValue} : {TokenAudience}}',
      TOKEN_CLIENT_IDS:
        '{HasUserPool ? {TokenTrustUserPoolMachine5A6CD5FA},{TokenTrustUserPoolDashboard804048DA},{TokenClientIds} : {AWS::NoValue}}',
      TOKEN_SCOPE_PREFIX: '{HasUserPool ? weir/ : {AWS::NoValue}}',
    },
  };

  it.each(functionNames)('%s is told what it needs', (name) => {
    const [, { Properties }] = functionOf(dev, 'dev', name);
    const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
    const told = Object.fromEntries(Object.entries(Variables).map(([key, value]) => [key, textOf(value)]));
    expect(told).toEqual({ ...common(name), ...expected[name] });
  });

  it.each(functionNames)('%s runs its bundle on arm64, traced, with a log of its own that ends', (name) => {
    const [, { Properties }] = functionOf(dev, 'dev', name);
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'handler.handler',
      TracingConfig: { Mode: 'Active' },
      MemorySize: expect.any(Number) as unknown,
      Timeout: expect.any(Number) as unknown,
    });
    const { LogGroup } = Properties['LoggingConfig'] as { LogGroup: { Ref: string } };
    expect(dev.toJSON()['Resources'][LogGroup.Ref].Properties).toEqual({
      LogGroupName: `/aws/lambda/weir-dev-${name}`,
      RetentionInDays: 14,
    });
  });

  it('set concurrency aside only where the configuration says so', () => {
    const reserved = (template: Template, stage: string) =>
      functionNames.map(
        (name) => functionOf(template, stage, name)[1].Properties['ReservedConcurrentExecutions'],
      );
    expect(reserved(dev, 'dev')).toEqual([undefined, undefined, undefined, undefined]);
    expect(reserved(prod, 'prod')).toEqual([200, 40, 100, 100]);
  });
});

describe('the event source mapping', () => {
  it('isolates what fails, bounds the retries, and keeps what it gives up', () => {
    dev.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    dev.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: functionOf(dev, 'dev', 'process-fn')[0] },
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 500,
      MaximumBatchingWindowInSeconds: 1,
      ParallelizationFactor: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 21_600,
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    const properties = resourcesOf(dev, 'AWS::Lambda::EventSourceMapping')[0]?.[1].Properties ?? {};
    expect(textOf(properties['EventSourceArn'])).toBe(stream);
    const { OnFailure } = properties['DestinationConfig'] as { OnFailure: { Destination: unknown } };
    expect(textOf(OnFailure.Destination)).toBe(quarantine);
  });
});

describe('the APIs', () => {
  const apis = [
    ['ingest', 'ingest-fn', 'IngestUrl'],
    ['analytics', 'analytics-fn', 'AnalyticsUrl'],
  ] as const;

  function restApiOf(name: string): [string, TemplateResource] {
    const found = resourcesOf(dev, 'AWS::ApiGateway::RestApi').find(
      ([, resource]) => resource.Properties['Name'] === `weir-dev-${name}`,
    );
    if (found === undefined) throw new Error(`there is no API ${name}`);
    return found;
  }

  it.each(apis)('%s sends every route to its function and every token to the authorizer', (name, handler) => {
    const [, { Properties }] = restApiOf(name);
    const text = JSON.stringify(Properties['Body']);
    const named = new Set([...text.matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g)].map((match) => match[1]));
    expect([...named]).toEqual([functionOf(dev, 'dev', handler)[0]]);
    const { components } = Properties['Body'] as {
      components: {
        securitySchemes: Record<string, { 'x-amazon-apigateway-authorizer': { authorizerUri: unknown } }>;
      };
    };
    const { authorizerUri } = components.securitySchemes['bearer']?.['x-amazon-apigateway-authorizer'] ?? {};
    const authorizer = `arn:{AWS::Partition}:lambda:${place}:function:weir-dev-authorizer-fn`;
    expect(textOf(authorizerUri)).toBe(
      `arn:{AWS::Partition}:apigateway:{AWS::Region}:lambda:path/2015-03-31/functions/${authorizer}/invocations`,
    );
  });

  it.each(apis)('%s may invoke its function and the authorizer', (name, handler) => {
    const [id] = restApiOf(name);
    const sources = (functionName: FunctionName) =>
      resourcesOf(dev, 'AWS::Lambda::Permission')
        .filter(
          ([, permission]) =>
            textOf(permission.Properties['FunctionName']) ===
            `{${functionOf(dev, 'dev', functionName)[0]}.Arn}`,
        )
        .map(([, permission]) => textOf(permission.Properties['SourceArn']))
        .filter((arn) => arn.includes(id));
    const api = `arn:{AWS::Partition}:execute-api:${place}:{${id}}`;
    expect(sources(handler)).toEqual([expect.stringMatching(/^\S+\/\{\w+live\w+\}\/\*\/\*$/)]);
    expect(sources(handler)[0]).toContain(api);
    expect(sources('authorizer-fn')).toEqual([`${api}/authorizers/*`]);
  });

  it.each(apis)('%s has its URL as an output', (name, _handler, output) => {
    const [id] = restApiOf(name);
    const { Value } = Object.values(dev.findOutputs(output))[0] as { Value: unknown };
    expect(textOf(Value)).toMatch(
      new RegExp(
        `^https://\\{${id}\\}\\.execute-api\\.\\{AWS::Region\\}\\.\\{AWS::URLSuffix\\}/\\{\\w+live\\w+\\}$`,
      ),
    );
  });

  it('are named by the outputs, beside the user pool and the dashboard', () => {
    const outputs = Object.entries(dev.findOutputs('*')).map(([name, { Condition }]) => [
      name,
      Condition as unknown,
    ]);
    expect(Object.fromEntries(outputs)).toEqual({
      AnalyticsUrl: undefined,
      IngestUrl: undefined,
      MachineClientId: 'HasUserPool',
      SiteUrl: 'HasSite',
      TokenEndpoint: 'HasUserPool',
      UserPoolId: 'HasUserPool',
    });
  });

  it('has stages that throttle, trace, measure and log, but never the contents of requests', () => {
    dev.resourceCountIs('AWS::ApiGateway::Stage', 2);
    const stage = (rate: number, burst: number) => ({
      StageName: 'live',
      TracingEnabled: true,
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.anyValue() },
      MethodSettings: [
        {
          HttpMethod: '*',
          ResourcePath: '/*',
          DataTraceEnabled: false,
          MetricsEnabled: true,
          ThrottlingRateLimit: rate,
          ThrottlingBurstLimit: burst,
        },
      ],
    });
    dev.hasResourceProperties('AWS::ApiGateway::Stage', stage(1_000, 2_000));
    dev.hasResourceProperties('AWS::ApiGateway::Stage', stage(500, 1_000));
  });

  it('writes access logs as JSON', () => {
    for (const [, stage] of resourcesOf(dev, 'AWS::ApiGateway::Stage')) {
      const { Format } = stage.Properties['AccessLogSetting'] as { Format: string };
      expect(JSON.parse(Format)).toMatchObject({
        requestId: '$context.requestId',
        status: '$context.status',
      });
    }
  });

  it('takes compressed bodies untouched in ingest, and compresses answers in analytics', () => {
    const body = (name: string) => restApiOf(name)[1].Properties['Body'];
    expect(body('ingest')).toMatchObject({ 'x-amazon-apigateway-binary-media-types': ['application/json'] });
    expect(body('ingest')).not.toHaveProperty('x-amazon-apigateway-minimum-compression-size');
    expect(body('analytics')).toMatchObject({ 'x-amazon-apigateway-minimum-compression-size': 1_024 });
  });
});

describe('the parameters', () => {
  it.each([
    ['https://issuer.example/', true],
    ['http://127.0.0.1:4000', true],
    ['http://localhost/keys', true],
    ['http://issuer.example/', false],
    ['http://localhost.example/', false],
    ['issuer', false],
    ['', true],
  ])('take %s as an issuer: %s', (url, expected) => {
    const { TokenIssuer } = dev.toJSON()['Parameters'] as { TokenIssuer: { AllowedPattern: string } };
    expect(new RegExp(TokenIssuer.AllowedPattern).test(url)).toBe(expected);
  });

  it('name no issuer unless one is given, and then its keys too', () => {
    dev.hasParameter('TokenAudience', { Default: 'weir' });
    dev.hasParameter('TokenIssuer', { Default: '' });
    dev.hasParameter('TokenJwksUri', { Default: '' });
    const { Rules } = dev.toJSON() as { Rules: Record<string, object> };
    const given = (name: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: name }, ''] }] });
    expect(Rules).toMatchObject({
      IssuerHasKeys: {
        RuleCondition: given('TokenIssuer'),
        Assertions: [{ Assert: given('TokenJwksUri') }],
      },
      KeysHaveIssuer: {
        RuleCondition: given('TokenJwksUri'),
        Assertions: [{ Assert: given('TokenIssuer') }],
      },
    });
  });
});
