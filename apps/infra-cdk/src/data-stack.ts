import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ArchiveSql } from './archive-sql.js';
import { ArchiveCatalogue } from './constructs/archive-catalogue.js';
import { AlarmTopic } from './constructs/alarm-topic.js';
import { EnvelopeArchive } from './constructs/envelope-archive.js';
import { PrivateBucket } from './constructs/private-bucket.js';
import { StageKey } from './constructs/stage-key.js';
import { TelemetryStream } from './constructs/telemetry-stream.js';
import { TelemetryTable } from './constructs/telemetry-table.js';
import { resourceNames, type ResourceNames } from './resource-names.js';
import type { StageConfig } from './stage-config.js';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
  readonly archiveSql: ArchiveSql;
}

/** What keeps state: the stream, the table, the archive, the quarantine and their key, and who is told of alarms. */
export class DataStack extends Stack {
  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { config } = props;
    const names = resourceNames(config.stage);
    const removalPolicy = config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const key = config.customerKeys ? this.dataKey(names, removalPolicy) : undefined;

    new AlarmTopic(this, 'Alarms', { names, email: config.monitoring.email, key });
    const { stream } = new TelemetryStream(this, 'Telemetry', {
      names,
      settings: config.stream,
      key,
      removalPolicy,
    });
    new TelemetryTable(this, 'Store', {
      names,
      settings: config.table,
      key,
      removalPolicy,
      deletionProtection: config.keepData,
    });
    const archive = new EnvelopeArchive(this, 'Archive', {
      names,
      settings: config.archive,
      logRetentionDays: config.logs.retentionDays,
      removalPolicy,
      stream,
      key,
    });
    new ArchiveCatalogue(this, 'Catalogue', {
      names,
      settings: config.archive,
      sql: props.archiveSql,
      archive: archive.bucket,
      removalPolicy,
      key,
    });
    new PrivateBucket(this, 'Quarantine', {
      bucketName: names.quarantineBucket,
      removalPolicy,
      key,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(config.quarantine.expireAfterDays) }],
    });
  }

  private dataKey(names: ResourceNames, removalPolicy: RemovalPolicy): StageKey {
    return new StageKey(this, 'Key', {
      alias: names.dataKeyAlias,
      description: `Encrypts the data of ${names.prefix}.`,
      removalPolicy,
      logGroups: [`/aws/kinesisfirehose/${names.archiveDelivery}`],
    });
  }
}
