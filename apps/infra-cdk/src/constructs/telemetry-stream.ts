import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Stream, StreamEncryption, StreamMode } from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import type { ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAlarm } from './runbook-alarm.js';

export interface TelemetryStreamProps {
  readonly names: ResourceNames;
  readonly settings: StageConfig['stream'];
  readonly removalPolicy: RemovalPolicy;
}

/** The stream of envelopes between ingest and processing. A record's key is its device group, so a device stays in one shard. */
export class TelemetryStream extends Construct {
  readonly stream: Stream;

  constructor(scope: Construct, id: string, props: TelemetryStreamProps) {
    super(scope, id);
    this.stream = new Stream(this, 'Stream', {
      streamName: props.names.stream,
      streamMode: StreamMode.PROVISIONED,
      shardCount: props.settings.shards,
      retentionPeriod: Duration.hours(props.settings.retentionHours),
      encryption: StreamEncryption.MANAGED,
      removalPolicy: props.removalPolicy,
    });
    new RunbookAlarm(this, 'WriteThrottles', {
      alarmName: `${props.names.prefix}-stream-write-throttles`,
      meaning: 'Devices write more than the shards of the stream take.',
      section: 'stream-write-throttles',
      metric: this.stream.metric('WriteProvisionedThroughputExceeded', {
        statistic: 'Sum',
        period: Duration.minutes(1),
      }),
      above: 0,
      periods: [3, 5],
    });
  }
}
