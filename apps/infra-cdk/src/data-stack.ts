import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EnvelopeArchive } from './constructs/envelope-archive.js';
import { PrivateBucket } from './constructs/private-bucket.js';
import { TelemetryStream } from './constructs/telemetry-stream.js';
import { TelemetryTable } from './constructs/telemetry-table.js';
import { resourceNames } from './resource-names.js';
import type { StageConfig } from './stage-config.js';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What keeps state: the stream, the table, the archive and the quarantine. */
export class DataStack extends Stack {
  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { config } = props;
    const names = resourceNames(config.stage);
    const removalPolicy = config.keepData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    const { stream } = new TelemetryStream(this, 'Telemetry', {
      names,
      settings: config.stream,
      removalPolicy,
    });
    new TelemetryTable(this, 'Store', { names, removalPolicy, deletionProtection: config.keepData });
    new EnvelopeArchive(this, 'Archive', {
      names,
      settings: config.archive,
      logRetentionDays: config.logs.retentionDays,
      removalPolicy,
      stream,
    });
    new PrivateBucket(this, 'Quarantine', {
      bucketName: names.quarantineBucket,
      removalPolicy,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(config.quarantine.expireAfterDays) }],
    });
  }
}
