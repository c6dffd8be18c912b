import { Aws, Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { arrivalHourColumn, envelopeColumns, viewColumns, type Column } from '../archive-columns.js';
import { viewNames, type ArchiveSql } from '../archive-sql.js';
import { prestoView } from '../presto-view.js';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { PrivateBucket } from './private-bucket.js';

export interface ArchiveCatalogueProps {
  readonly names: ResourceNames;
  readonly settings: StageConfig['archive'];
  readonly sql: ArchiveSql;
  /** The archive, with envelopes below `envelopes/yyyy/MM/dd/HH/`. */
  readonly archive: IBucket;
  readonly removalPolicy: RemovalPolicy;
  readonly key: IKey | undefined;
}

/** No envelope is older than the first version of Weir. */
const firstArrivalHour = '2026/01/01/00';
const resultsExpireAfterDays = 7;

/** SQL over the archive: its table and views in the Glue catalogue, and a workgroup of Athena that bounds what a query costs. */
export class ArchiveCatalogue extends Construct {
  private readonly database: CfnDatabase;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ArchiveCatalogueProps,
  ) {
    super(scope, id);
    this.database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: {
        name: props.names.archiveDatabase,
        description: 'The archive of envelopes, and views of the points in them.',
      },
    });
    this.addEnvelopes();
    this.addViews();
    this.addQueries(this.workGroup());
  }

  /** Hours are partitions that nobody has to register: their folders follow from the range. */
  private addEnvelopes(): void {
    const location = `s3://${this.props.archive.bucketName}/envelopes/`;
    const projection = `projection.${arrivalHourColumn.name}`;
    this.addTable('Envelopes', {
      name: 'envelopes',
      description: 'Every envelope that was ever accepted, one a line.',
      tableType: 'EXTERNAL_TABLE',
      parameters: {
        classification: 'json',
        compressionType: 'gzip',
        'projection.enabled': 'true',
        [`${projection}.type`]: 'date',
        [`${projection}.format`]: 'yyyy/MM/dd/HH',
        [`${projection}.range`]: `${firstArrivalHour},NOW`,
        [`${projection}.interval`]: '1',
        [`${projection}.interval.unit`]: 'HOURS',
        'storage.location.template': `${location}\${${arrivalHourColumn.name}}/`,
      },
      partitionKeys: [{ ...arrivalHourColumn }],
      storageDescriptor: {
        columns: columnsOf(envelopeColumns),
        location,
        compressed: true,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        // Not OpenX's, which may write the keys of maps, here names of metrics, in lower case.
        serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
      },
    });
  }

  private addViews(): void {
    for (const name of viewNames) {
      const { sql, description } = this.props.sql.views[name];
      const columns = viewColumns[name];
      const view = prestoView(sql, this.props.names.archiveDatabase, columns);
      this.addTable(`View-${name}`, {
        name,
        description,
        tableType: 'VIRTUAL_VIEW',
        parameters: view.parameters,
        viewOriginalText: view.originalText,
        viewExpandedText: view.expandedText,
        partitionKeys: [],
        storageDescriptor: { columns: columnsOf(columns), location: '', serdeInfo: {} },
      });
    }
  }

  private addTable(id: string, tableInput: CfnTable.TableInputProperty): void {
    const { archiveDatabase } = this.props.names;
    const table = new CfnTable(this, id, {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: archiveDatabase,
      tableInput,
    });
    table.node.addDependency(this.database);
  }

  /** Whoever asks through it cannot choose another place for results, nor go beyond the limit. */
  private workGroup(): CfnWorkGroup {
    const { names, settings, key, removalPolicy } = this.props;
    const results = new PrivateBucket(this, 'Results', {
      bucketName: names.queryResultsBucket,
      removalPolicy,
      key,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(resultsExpireAfterDays) }],
    });
    return new CfnWorkGroup(this, 'WorkGroup', {
      name: names.archiveWorkGroup,
      description: `Questions to the archive; one that has read ${settings.scanLimitGib} GiB is cancelled.`,
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: settings.scanLimitGib * 2 ** 30,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: `s3://${results.bucketName}/`,
          encryptionConfiguration:
            key === undefined
              ? { encryptionOption: 'SSE_S3' }
              : { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
  }

  private addQueries(workGroup: CfnWorkGroup): void {
    for (const { name, description, sql } of this.props.sql.queries) {
      const query = new CfnNamedQuery(this, `Query-${name}`, {
        name,
        description,
        queryString: sql,
        database: this.props.names.archiveDatabase,
        workGroup: this.props.names.archiveWorkGroup,
      });
      query.node.addDependency(workGroup);
    }
  }
}

function columnsOf(columns: readonly Column[]): CfnTable.ColumnProperty[] {
  return columns.map((column) => ({ ...column }));
}
