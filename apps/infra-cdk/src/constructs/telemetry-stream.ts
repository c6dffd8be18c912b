import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledgement.js';
import { ofStream } from '../metrics/resource-metrics.js';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface TelemetryStreamProps {
  readonly names: ResourceNames;
  readonly settings: StageConfig['stream'];
  readonly removalPolicy: RemovalPolicy;
  /** Encrypts the records; absent: the key that AWS manages for Kinesis. */
  readonly key: IKey | undefined;
}

/** What is unread for this share of the retention leaves time to mend what holds it up. */
const retentionShareMax = 0.25;

/**
 * The stream of envelopes between ingest and processing. A record's key is its device group (`stream.deviceGroups`), so a device
 * stays in one shard.
 */
export class TelemetryStream extends Construct {
  readonly stream: Stream;

  constructor(scope: Construct, id: string, props: TelemetryStreamProps) {
    super(scope, id);
    const { shards, retentionHours } = props.settings;
    this.stream = new Stream(this, 'Stream', {
      streamName: props.names.stream,
      ...(shards === 'on-demand'
        ? { streamMode: StreamMode.ON_DEMAND }
        : { streamMode: StreamMode.PROVISIONED, shardCount: shards }),
      retentionPeriod: Duration.hours(retentionHours),
      ...(props.key === undefined
        ? { encryption: StreamEncryption.MANAGED }
        : { encryption: StreamEncryption.KMS, encryptionKey: props.key }),
      removalPolicy: props.removalPolicy,
    });
    if (props.key !== undefined) {
      acknowledge(this.stream, {
        'AwsSolutions-KDS3':
          'The stage pays for a key of its own, so that its use can be limited, audited and ended.',
      });
    }
    this.addAlarms(props);
  }

  private addAlarms({ names, settings }: TelemetryStreamProps): void {
    const throttles = { statistic: 'Sum', minutes: 1 };
    new RunbookAlarm(this, 'WriteThrottles', {
      names,
      slug: 'stream-write-throttles',
      meaning: 'Devices write more than the shards of the stream take.',
      section: 'stream-write-throttles',
      metric: ofStream(names, 'WriteProvisionedThroughputExceeded', throttles),
      when: { above: 0 },
      periods: [3, 5],
    });
    new RunbookAlarm(this, 'ReadThrottles', {
      names,
      slug: 'stream-read-throttles',
      meaning: 'The consumers of the stream together read more than its shards give.',
      section: 'stream-read-throttles',
      metric: ofStream(names, 'ReadProvisionedThroughputExceeded', throttles),
      when: { above: 0 },
      periods: [5, 5],
    });
    new RunbookAlarm(this, 'RetentionShare', {
      names,
      slug: 'stream-retention-share',
      meaning: 'A consumer is behind by more than a quarter of the time for which the stream keeps records.',
      section: 'stream-retention-share',
      metric: ofStream(names, 'GetRecords.IteratorAgeMilliseconds', { statistic: 'Maximum', minutes: 5 }),
      when: { above: settings.retentionHours * 3_600_000 * retentionShareMax },
      periods: [1, 1],
    });
  }
}
