import { Match, type Template } from 'aws-cdk-lib/assertions';
import { functionNames, type FunctionName } from './function-bundles.js';
import { stageConfig } from './stage-config.js';
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
  prod = service('prod', { 'functions.process.reservedConcurrency': '32' });
});

afterAll(() => bench.remove());

function functionOf(template: Template, stage: string, name: FunctionName): [string, TemplateResource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(
    ([, resource]) => resource.Properties['FunctionName'] === `weir-${stage}-${name}`,
  );
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found;
}

/** What a function's role allows: `action action @ resource` for each statement, without the hashes of logical ids. */
function allowedTo(name: FunctionName): string[] {
  const [, resource] = functionOf(dev, 'dev', name);
  const role = textOf(resource.Properties['Role']).slice(1, -'.Arn}'.length);
  expect(dev.toJSON()['Resources'][role].Properties).not.toHaveProperty('ManagedPolicyArns');
  return resourcesOf(dev, 'AWS::IAM::Policy')
    .filter(([, policy]) => JSON.stringify(policy.Properties['Roles']) === JSON.stringify([{ Ref: role }]))
    .flatMap(([, policy]) => {
      const document = policy.Properties['PolicyDocument'] as {
        Statement: { Effect: string; Action: string | string[]; Resource: unknown }[];
      };
      return document.Statement.map(({ Effect, Action, Resource }) => {
        expect(Effect).toBe('Allow');
        const resources = [Resource].flat().map((one) => textOf(one).replace(/[0-9A-F]{8}\./, '.'));
        return `${[Action].flat().join(' ')} @ ${resources.join(' ')}`;
      });
    });
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
        `dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query @ ${table}`,
        `dynamodb:Query @ ${table}/index/bySite`,
        ...own('Analytics'),
      ].sort(),
    );
  });

  it('authorizer-fn: none', () => {
    expect(allowedTo('authorizer-fn').sort()).toEqual(own('Authorizer').sort());
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
  const store = { TABLE_NAME: 'weir-dev-telemetry', BLOCK_MINUTES: '10', REGISTRY_CACHE_SECONDS: '60' };
  const expected: Record<FunctionName, Record<string, string>> = {
    'ingest-fn': { STREAM_NAME: 'weir-dev-telemetry' },
    'process-fn': {
      ...store,
      QUARANTINE_BUCKET: 'weir-dev-quarantine-{AWS::AccountId}-{AWS::Region}',
    },
    'analytics-fn': store,
    'authorizer-fn': {
      TOKEN_ISSUER: '{TokenIssuer}',
      TOKEN_AUDIENCE: '{TokenAudience}',
      TOKEN_JWKS_URI: '{TokenJwksUri}',
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
    const reserved = (name: FunctionName) =>
      functionOf(prod, 'prod', name)[1].Properties['ReservedConcurrentExecutions'];
    expect(functionNames.map(reserved)).toEqual([undefined, 32, undefined, undefined]);
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
    const functions = [functionOf(dev, 'dev', handler)[0], functionOf(dev, 'dev', 'authorizer-fn')[0]];
    expect([...named].sort()).toEqual(functions.sort());
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

  it('has no other outputs', () => {
    expect(Object.keys(dev.findOutputs('*')).sort()).toEqual(['AnalyticsUrl', 'IngestUrl']);
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
  ])('take %s as an issuer: %s', (url, expected) => {
    const { TokenIssuer } = dev.toJSON()['Parameters'] as { TokenIssuer: { AllowedPattern: string } };
    expect(new RegExp(TokenIssuer.AllowedPattern).test(url)).toBe(expected);
  });

  it('have a default for the audience only', () => {
    dev.hasParameter('TokenAudience', { Default: 'weir' });
    dev.hasParameter('TokenIssuer', { Default: Match.absent() });
    dev.hasParameter('TokenJwksUri', { Default: Match.absent() });
  });
});
