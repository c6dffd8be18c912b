import type { Template } from 'aws-cdk-lib/assertions';
import { stageConfig, stages } from './stage-config.js';
import { metricReads } from './testing/metric-reads.js';
import { stageSettingsOfCosts } from './testing/repository-files.js';
import { makeWorkbench, resourcesOf, templatesOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;

beforeAll(() => {
  bench = makeWorkbench();
});

afterAll(() => bench.remove());

type Properties = Readonly<Record<string, unknown>>;

function propertiesOf(template: Template, type: string): Properties[] {
  return resourcesOf(template, type).map(([, { Properties: properties }]) => properties);
}

/** The one resource of the type. */
function only(template: Template, type: string): Properties {
  const [first, ...others] = propertiesOf(template, type);
  if (first === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return first;
}

/** The environment's value, which every function that has it has alike. */
function environmentValue(service: Template, name: string): number {
  const values = propertiesOf(service, 'AWS::Lambda::Function')
    .map(({ Environment: environment }) => environment as { Variables: Record<string, string> } | undefined)
    .flatMap((environment) => environment?.Variables[name] ?? []);
  expect(new Set(values).size).toBe(1);
  return Number(values[0]);
}

/** Methods of the API that its stage measures one by one. */
function measuredMethods(service: Template, api: string): number {
  const [id, found] = resourcesOf(service, 'AWS::ApiGateway::RestApi').find(
    ([, { Properties: properties }]) => String(properties['Name']).endsWith(`-${api}`),
  )!;
  const stage = propertiesOf(service, 'AWS::ApiGateway::Stage').find(
    ({ RestApiId: ofApi }) => (ofApi as { Ref: string }).Ref === id,
  )!;
  const settings = stage['MethodSettings'] as Properties[];
  if (!settings.some((each) => each['MetricsEnabled'] === true)) return 0;
  const { paths } = found.Properties['Body'] as { paths: Record<string, Properties> };
  const methods = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];
  return Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => methods.includes(key)))
    .length;
}

/** Days after which an object of the archive goes to the class that the cost model has prices of. */
function coldAfterDays(data: Template): number {
  interface Rule {
    readonly Transitions?: readonly { readonly StorageClass: string; readonly TransitionInDays: number }[];
  }
  const transitions = propertiesOf(data, 'AWS::S3::Bucket')
    .map((bucket) => bucket['LifecycleConfiguration'] as { readonly Rules: readonly Rule[] })
    .flatMap(({ Rules: rules }) => rules.flatMap(({ Transitions: each }) => each ?? []));
  expect(transitions).toEqual([expect.objectContaining({ StorageClass: 'GLACIER_IR' })]);
  return transitions[0]!.TransitionInDays;
}

it.each(stages)('the cost model reckons with what is deployed in %s', (stage) => {
  const config = stageConfig(stage);
  const { data, service } = templatesOf(bench.app(config, stage), config);
  const delivery = only(data, 'AWS::KinesisFirehose::DeliveryStream');
  const { BufferingHints: buffer } = delivery['ExtendedS3DestinationConfiguration'] as {
    BufferingHints: { IntervalInSeconds: number; SizeInMBs: number };
  };
  const mapping = only(service, 'AWS::Lambda::EventSourceMapping');
  const logs = [data, service].flatMap((template) => propertiesOf(template, 'AWS::Logs::LogGroup'));
  const retentions = new Set(logs.map((log) => log['RetentionInDays']));
  expect(retentions.size).toBe(1);
  const acls = propertiesOf(service, 'AWS::WAFv2::WebACL');
  expect(acls.length).toBeLessThanOrEqual(1);
  expect(stageSettingsOfCosts()[stage]).toEqual({
    retentionHours: only(data, 'AWS::Kinesis::Stream')['RetentionPeriodHours'],
    deviceGroups: environmentValue(service, 'DEVICE_GROUPS'),
    batchSize: mapping['BatchSize'],
    parallelizationFactor: mapping['ParallelizationFactor'],
    registryCacheSeconds: environmentValue(service, 'REGISTRY_CACHE_SECONDS'),
    archiveBufferSeconds: buffer.IntervalInSeconds,
    archiveBufferMib: buffer.SizeInMBs,
    coldAfterDays: coldAfterDays(data),
    logRetentionDays: [...retentions][0],
    logGroups: logs.length,
    keys: [data, service].flatMap((template) => resourcesOf(template, 'AWS::KMS::Key')).length,
    firewallRules: acls.flatMap((acl) => acl['Rules'] as unknown[]).length,
    measuredMethods: {
      ingest: measuredMethods(service, 'ingest'),
      analytics: measuredMethods(service, 'analytics'),
    },
    alarmMetrics: [data, service].flatMap(metricReads).filter(({ reader }) => !reader.startsWith('dashboard'))
      .length,
    sites: resourcesOf(service, 'AWS::CloudFront::Distribution').length,
  });
});
