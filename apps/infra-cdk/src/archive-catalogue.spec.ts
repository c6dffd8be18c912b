import type { Template } from 'aws-cdk-lib/assertions';
import { stageConfig } from './stage-config.js';
import { repositoryArchiveSql } from './testing/repository-files.js';
import { makeWorkbench, resourcesOf, templatesOf, textOf, type Workbench } from './testing/stage-fixture.js';

let bench: Workbench;
let dev: Template;
let prod: Template;

beforeAll(() => {
  bench = makeWorkbench();
  const data = (stage: string) => {
    const config = stageConfig(stage);
    return templatesOf(bench.app(config, stage), config).data;
  };
  dev = data('dev');
  prod = data('prod');
});

afterAll(() => bench.remove());

interface TableInput {
  readonly Name: string;
  readonly TableType: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly PartitionKeys: readonly object[];
  readonly ViewOriginalText?: string;
  readonly StorageDescriptor: {
    readonly Location: unknown;
    readonly Columns: readonly { readonly Name: string; readonly Type: string }[];
    readonly SerdeInfo: object;
  };
}

function tableOf(name: string): TableInput {
  const inputs = resourcesOf(dev, 'AWS::Glue::Table').map(
    ([, { Properties }]) => Properties['TableInput'] as TableInput,
  );
  const found = inputs.find((input) => input.Name === name);
  if (found === undefined) throw new Error(`there is no table ${name}`);
  return found;
}

/** The names that a SELECT gives its columns, in order; commas in parentheses separate none. */
function selectedNames(sql: string): string[] {
  const [, list = ''] = /^SELECT\s([\s\S]*?)\sFROM\s/.exec(sql) ?? [];
  return list.split(/,(?![^(]*\))/).map((item) => /(\w+)\s*$/.exec(item)?.[1] ?? '');
}

describe('the catalogue of the archive', () => {
  it('finds the folders that Firehose writes, hour by hour, without anybody registering them', () => {
    const { Parameters, PartitionKeys, StorageDescriptor } = tableOf('envelopes');
    const [, delivery] = resourcesOf(dev, 'AWS::KinesisFirehose::DeliveryStream')[0] ?? [];
    const { Prefix } = delivery?.Properties['ExtendedS3DestinationConfiguration'] as { Prefix: string };
    const [, folder, format] = /^(.*)!\{timestamp:(.*)\}\/$/.exec(Prefix) ?? [];
    const text = (value: unknown) => textOf(value).replace(/\{\w*Bucket\w*\}/, 'archive');
    expect(PartitionKeys).toEqual([{ Name: 'arrival_hour', Type: 'string', Comment: format }]);
    expect(text(StorageDescriptor.Location)).toBe(`s3://archive/${folder}`);
    expect(text(Parameters['storage.location.template'])).toBe(`s3://archive/${folder}\${arrival_hour}/`);
    expect(Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.arrival_hour.type': 'date',
      'projection.arrival_hour.format': format,
      'projection.arrival_hour.range': '2026/01/01/00,NOW',
      'projection.arrival_hour.interval': '1',
      'projection.arrival_hour.interval.unit': 'HOURS',
    });
  });

  it('reads a line as an envelope, with the names of metrics as they were sent', () => {
    const { Columns, SerdeInfo } = tableOf('envelopes').StorageDescriptor;
    expect(SerdeInfo).toEqual({ SerializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' });
    expect(Object.fromEntries(Columns.map(({ Name, Type }) => [Name, Type]))).toEqual({
      version: 'int',
      receivedat: 'bigint',
      requestid: 'string',
      trace: 'string',
      readings: 'array<struct<deviceid:string,timestamp:bigint,metrics:map<string,double>,revision:bigint>>',
    });
  });

  it.each(['points', 'distinct_points'] as const)(
    'has the view %s with the columns of its SELECT',
    (name) => {
      const { TableType, ViewOriginalText = '', StorageDescriptor } = tableOf(name);
      const { sql } = repositoryArchiveSql().views[name];
      expect(TableType).toBe('VIRTUAL_VIEW');
      const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(ViewOriginalText) ?? [];
      const view = JSON.parse(Buffer.from(encoded, 'base64').toString()) as {
        columns: { name: string; type: string }[];
      };
      expect(view).toMatchObject({ originalSql: sql, catalog: 'awsdatacatalog', schema: 'weir_dev' });
      expect(view.columns.map((column) => column.name)).toEqual(selectedNames(sql));
      const catalogued = StorageDescriptor.Columns.map(({ Name, Type }) => ({
        name: Name,
        type: Type === 'string' ? 'varchar' : Type,
      }));
      expect(catalogued).toEqual(view.columns);
    },
  );

  it('has a workgroup that cancels what reads too much, and keeps results apart, encrypted', () => {
    const settings = (template: Template) => {
      const [, group] = resourcesOf(template, 'AWS::Athena::WorkGroup')[0] ?? [];
      return group?.Properties['WorkGroupConfiguration'] as Record<string, unknown>;
    };
    expect(settings(dev)).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 10 * 2 ** 30,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    });
    expect(settings(prod)).toMatchObject({
      BytesScannedCutoffPerQuery: 100 * 2 ** 30,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_KMS' } },
    });
    const { OutputLocation } = settings(dev)['ResultConfiguration'] as { OutputLocation: unknown };
    expect(textOf(OutputLocation)).toMatch(/^s3:\/\/\{CatalogueResults\w+\}\/$/);
  });

  it('has named queries to begin with', () => {
    const named = resourcesOf(dev, 'AWS::Athena::NamedQuery').map(([, { Properties }]) => Properties);
    const common = { Database: 'weir_dev', WorkGroup: 'weir-dev' };
    expect(named).toEqual(
      repositoryArchiveSql().queries.map(({ name, description, sql }) => ({
        ...common,
        Name: name,
        Description: description,
        QueryString: sql,
      })),
    );
  });
});
