import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRIC, METRIC_NAMESPACE } from '@weir/metric-names';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { functionNames } from './function-bundles.js';
import { awsMetrics, functionMetrics } from './metrics/published-metrics.js';
import { stageConfig, stages, type Stage } from './stage-config.js';
import { metricReads, widgetsOf } from './testing/metric-reads.js';
import { appsFolder, runbookText } from './testing/repository-files.js';
import {
  makeWorkbench,
  resourcesOf,
  templatesOf,
  textOf,
  type TemplateResource,
  type Workbench,
} from './testing/stage-fixture.js';

let bench: Workbench;
let stacks: Record<Stage, readonly [data: Template, service: Template]>;

function synthesize(stage: Stage, overrides: Record<string, string> = {}): readonly [Template, Template] {
  const config = stageConfig(stage, overrides);
  const { data, service } = templatesOf(bench.app(config, JSON.stringify([stage, overrides])), config);
  return [data, service];
}

beforeAll(() => {
  bench = makeWorkbench();
  stacks = { dev: synthesize('dev'), staging: synthesize('staging'), prod: synthesize('prod') };
});

afterAll(() => bench.remove());

function ofType(templates: readonly Template[], type: string): TemplateResource[] {
  return templates.flatMap((template) => resourcesOf(template, type).map(([, resource]) => resource));
}

interface AlarmFacts {
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Of a composite alarm. */
  readonly rule: string | undefined;
}

/** All alarms of a stage, by the end of their names: what follows `weir-<stage>-`. */
function alarmsOf(templates: readonly Template[], stage: Stage): Map<string, AlarmFacts> {
  const found = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
    ofType(templates, type).map(({ Properties }): [string, AlarmFacts] => {
      const texts = (property: string) => ((Properties[property] ?? []) as unknown[]).map(textOf);
      const name = String(Properties['AlarmName']);
      return [
        name.replace(`weir-${stage}-`, ''),
        {
          name,
          description: String(Properties['AlarmDescription']),
          actions: [
            ...texts('AlarmActions').map((arn) => `alarm ${arn}`),
            ...texts('OKActions').map((arn) => `ok ${arn}`),
          ],
          properties: Properties,
          rule: 'AlarmRule' in Properties ? textOf(Properties['AlarmRule']) : undefined,
        },
      ];
    }),
  );
  return new Map(found);
}

/** Alarms that stand for themselves, without the conditions of composite ones. */
function ownAlarms(stage: Stage): AlarmFacts[] {
  return [...alarmsOf(stacks[stage], stage).values()].filter(
    ({ description }) => !description.startsWith('A condition of '),
  );
}

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function runbookSections(): Map<string, string> {
  const parts = runbookText().split(/^## /m).slice(1);
  return new Map(parts.map((part) => [anchorOf(part.slice(0, part.indexOf('\n'))), part]));
}

describe.each(stages)('the alarms of %s', (stage) => {
  it('are named after the stage, each once', () => {
    const names = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      ofType(stacks[stage], type).map(({ Properties }) => String(Properties['AlarmName'])),
    );
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !name.startsWith(`weir-${stage}-`))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('tell the topic of the stage when they go off and when they are over', () => {
    const topics = ofType(stacks[stage], 'AWS::SNS::Topic').map(({ Properties }) => Properties['TopicName']);
    expect(topics).toEqual([`weir-${stage}-alarms`]);
    const arn = `arn:{AWS::Partition}:sns:{AWS::Region}:{AWS::AccountId}:weir-${stage}-alarms`;
    for (const { name, actions } of ownAlarms(stage)) {
      expect({ name, actions }).toEqual({ name, actions: [`alarm ${arn}`, `ok ${arn}`] });
    }
  });

  it('are conditions of an alarm where they tell nobody', () => {
    const alarms = [...alarmsOf(stacks[stage], stage).values()];
    const conditions = alarms.filter(({ description }) => description.startsWith('A condition of '));
    const composites = alarms.filter(({ rule }) => rule !== undefined);
    expect(composites.map(({ name }) => name)).toEqual([
      `weir-${stage}-freshness-fast-burn`,
      `weir-${stage}-freshness-slow-burn`,
    ]);
    const parts = composites.flatMap(({ name }) => [`${name}-long`, `${name}-short`]);
    expect(conditions.map(({ name }) => name).sort()).toEqual(parts.sort());
    for (const { rule } of composites) expect(rule).toMatch(/^\(ALARM\("\S+"\) AND ALARM\("\S+"\)\)$/);
    expect(conditions.flatMap(({ actions }) => actions)).toEqual([]);
  });

  it('look back no further than CloudWatch does', () => {
    for (const { name, properties } of alarmsOf(stacks[stage], stage).values()) {
      if (!('EvaluationPeriods' in properties)) continue;
      const metrics = (properties['Metrics'] ?? []) as { Period?: number; MetricStat?: { Period: number } }[];
      const seconds = metrics.map(({ Period, MetricStat }) => Period ?? MetricStat?.Period ?? 0);
      const period = Math.max(Number(properties['Period'] ?? 0), ...seconds);
      expect([name, period]).not.toEqual([name, 0]);
      expect([name, period * Number(properties['EvaluationPeriods']) <= 86_400]).toEqual([name, true]);
    }
  });
});

describe('the runbook', () => {
  it('has a section for every alarm, and an alarm for every section', () => {
    const linked = stages.flatMap((stage) =>
      ownAlarms(stage).map(
        ({ description }) => /Runbook: docs\/runbook\.md#([a-z-]+)$/.exec(description)?.[1],
      ),
    );
    expect([...new Set(linked)].sort()).toEqual([...runbookSections().keys()].sort());
  });

  it('names in each section the alarms that lead to it', () => {
    const sections = runbookSections();
    for (const { name, description } of stages.flatMap(ownAlarms)) {
      const section = sections.get(description.split('#')[1] ?? '') ?? '';
      const spelled = name
        .replace(/^weir-(dev|staging|prod)-/, 'weir-<stage>-')
        .replace(new RegExp(`-(${functionNames.join('|')})-`), '-<function>-');
      expect([name, section.includes(`\`${spelled}\``)]).toEqual([name, true]);
    }
  });

  it('says in every section how to confirm and what to do', () => {
    const incomplete = [...runbookSections()].filter(
      ([, text]) => !/^Confirm\b/m.test(text) || !/^Do:/m.test(text),
    );
    expect(incomplete.map(([anchor]) => anchor)).toEqual([]);
  });

  it('has only links that lead to a section', () => {
    const links = [...runbookText().matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !runbookSections().has(link))).toEqual([]);
  });
});

describe('the metrics that alarms and dashboard read', () => {
  const dimensionsOf = (dimensions: Readonly<Record<string, string>>) =>
    Object.keys(dimensions).sort().join(' ');

  /** The names that a series may have, by what AWS and the functions publish. */
  function publishedNames(
    namespace: string,
    dimensions: Readonly<Record<string, string>>,
  ): readonly string[] {
    if (namespace === METRIC_NAMESPACE) {
      expect(dimensionsOf(dimensions)).toBe('service stage');
      return functionMetrics[dimensions['service'] as keyof typeof functionMetrics] ?? [];
    }
    const tables: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = awsMetrics;
    return tables[namespace]?.[dimensionsOf(dimensions)] ?? [];
  }

  it.each(stages)('are published, in %s', (stage) => {
    const reads = stacks[stage].flatMap(metricReads);
    expect(reads.length).toBeGreaterThan(100);
    const unknown = reads.filter(
      ({ namespace, name, dimensions }) => !publishedNames(namespace, dimensions).includes(name),
    );
    expect(unknown).toEqual([]);
  });

  it('are all that the table of AWS has', () => {
    const listed = Object.entries(awsMetrics).flatMap(([namespace, tables]) =>
      Object.entries(tables).flatMap(([dimensions, names]) =>
        (names as readonly string[]).map((name) => `${namespace} ${name} by ${dimensions}`),
      ),
    );
    const read = stacks.prod
      .flatMap(metricReads)
      .filter(({ namespace }) => namespace !== METRIC_NAMESPACE)
      .map(({ namespace, name, dimensions }) => `${namespace} ${name} by ${dimensionsOf(dimensions)}`);
    expect([...new Set(read)].sort()).toEqual(listed.sort());
  });

  it('are of resources that the stage has', () => {
    const names = (type: string, property: string) =>
      ofType(stacks.prod, type).map(({ Properties }) => textOf(Properties[property]));
    const [mapping] = resourcesOf(stacks.prod[1], 'AWS::Lambda::EventSourceMapping');
    const known: Readonly<Record<string, readonly string[]>> = {
      ApiName: names('AWS::ApiGateway::RestApi', 'Name'),
      Stage: names('AWS::ApiGateway::Stage', 'StageName'),
      FunctionName: names('AWS::Lambda::Function', 'FunctionName'),
      EventSourceMappingUUID: [`{${mapping?.[0]}}`],
      StreamName: names('AWS::Kinesis::Stream', 'Name'),
      TableName: names('AWS::DynamoDB::Table', 'TableName'),
      GlobalSecondaryIndexName: ['bySite'],
      DeliveryStreamName: names('AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName'),
      BucketName: names('AWS::S3::Bucket', 'BucketName'),
      service: functionNames,
      stage: ['prod'],
    };
    const strangers = stacks.prod.flatMap(metricReads).flatMap(({ reader, dimensions }) =>
      Object.entries(dimensions)
        .filter(([dimension]) => !['Operation', 'StorageType'].includes(dimension))
        .filter(([dimension, value]) => !(known[dimension] ?? []).includes(value))
        .map(([dimension, value]) => `${reader}: ${dimension} ${value}`),
    );
    expect(strangers).toEqual([]);
  });

  it.each(functionNames)('%s emits exactly those of Weir that the table says', (name) => {
    const sources = globSync('**/*.ts', { cwd: join(appsFolder, name, 'src') }).filter(
      (file) => !/\.spec\.ts$|^(testing|simulation|mutations)\//.test(file),
    );
    const emitted = sources
      .map((file) => readFileSync(join(appsFolder, name, 'src', file), 'utf8'))
      .flatMap((text) => [...text.matchAll(/addMetric\(\s*METRIC\.(\w+)/g)].map((match) => match[1] ?? ''))
      .map((key) => METRIC[key as keyof typeof METRIC]);
    const table: Readonly<Record<string, readonly string[]>> = functionMetrics;
    expect([...new Set(emitted)].sort()).toEqual([...(table[name] ?? [])].sort());
  });
});

describe('the thresholds', () => {
  const thresholds = (stage: Stage, ...slugs: string[]) => {
    const alarms = alarmsOf(stacks[stage], stage);
    return slugs.map((slug) => alarms.get(slug)?.properties['Threshold']);
  };

  it('of lag follow the retention and the age at which records are given up', () => {
    const slugs = ['iterator-age', 'record-age-share', 'stream-retention-share'];
    expect(thresholds('dev', ...slugs)).toEqual([300_000, 5_400_000, 21_600_000]);
    expect(thresholds('prod', ...slugs)).toEqual([300_000, 21_600_000, 151_200_000]);
  });

  it('of duration follow the timeouts', () => {
    const slugs = functionNames.map((name) => `${name}-duration`);
    expect(thresholds('prod', ...slugs)).toEqual([12_000, 48_000, 16_000, 4_000]);
  });

  it('of the error budget follow the objective', () => {
    const parts = ['fast-burn-long', 'fast-burn-short', 'slow-burn-long', 'slow-burn-short'];
    expect(thresholds('prod', ...parts.map((part) => `freshness-${part}`))).toEqual([14.4, 14.4, 6, 6]);
    const strict = alarmsOf(synthesize('prod', { 'monitoring.freshness.objectivePermille': '995' }), 'prod');
    expect(parts.map((part) => strict.get(`freshness-${part}`)?.properties['Threshold'])).toEqual([
      7.2, 7.2, 3, 3,
    ]);
  });

  it('of freshness count what is later than the target, over windows of their own', () => {
    const alarm = alarmsOf(stacks.prod, 'prod').get('freshness-slow-burn-long');
    expect(alarm?.properties['Metrics']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Expression: '100 * late360 / batches360' }),
        expect.objectContaining({
          MetricStat: expect.objectContaining({ Stat: 'TC(30000:)', Period: 21_600 }) as unknown,
        }),
      ]),
    );
  });
});

describe('silence', () => {
  it('is an alarm where the stage says how long it may last, and no data counts', () => {
    expect(alarmsOf(stacks.dev, 'dev').has('silence')).toBe(false);
    expect(alarmsOf(stacks.prod, 'prod').get('silence')?.properties).toMatchObject({
      Namespace: 'Weir',
      MetricName: 'ReadingsAccepted',
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
    });
  });

  it('is the only alarm for which no data counts', () => {
    const alarms = [...alarmsOf(stacks.prod, 'prod').values()];
    const breaching = alarms.filter(({ properties }) => properties['TreatMissingData'] === 'breaching');
    expect(breaching.map(({ name }) => name)).toEqual(['weir-prod-silence']);
  });
});

describe('the topic', () => {
  it('is encrypted where the stage has keys, with one that CloudWatch may use for the alarms of the stage', () => {
    const [data] = stacks.prod;
    const [keyId] = resourcesOf(data, 'AWS::KMS::Key')[0] ?? [];
    data.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: { 'Fn::GetAtt': [keyId, 'Arn'] } });
    stacks.dev[0].hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
    const place = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    const alarmArns = {
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudwatch:', ...place, ':alarm:weir-prod-*']],
    };
    const fromAlarms = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: { 'aws:SourceArn': alarmArns },
      },
    };
    data.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({ ...fromAlarms, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
        ]),
      },
    });
    data.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ ...fromAlarms, Action: 'sns:Publish' })]),
      },
    });
  });

  it('mails to the address of the configuration, and to nobody without one', () => {
    stacks.dev[0].resourceCountIs('AWS::SNS::Subscription', 0);
    const [data] = synthesize('dev', { 'monitoring.email': 'on-call@example.com' });
    data.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'on-call@example.com',
    });
  });
});

describe('the dashboard', () => {
  it('follows the flow, with the freshness objective on top', () => {
    const widgets = widgetsOf(stacks.prod[1]);
    const headings = widgets
      .filter(({ type }) => type === 'text')
      .sort((a, b) => a.y - b.y)
      .map(({ properties }) => /^## (.*)$/m.exec(properties.markdown ?? '')?.[1]);
    expect(headings).toEqual([
      'Freshness',
      'Devices',
      'Ingest API',
      'Stream',
      'Processing',
      'Store',
      'Analytics API',
      'Archive and quarantine',
      'Cost units',
    ]);
    expect(widgets.filter(({ x, width }) => x + width > 24)).toEqual([]);
  });

  it('is one a stage', () => {
    const names = ofType(stacks.staging, 'AWS::CloudWatch::Dashboard').map(
      ({ Properties }) => Properties['DashboardName'],
    );
    expect(names).toEqual(['weir-staging']);
  });
});
