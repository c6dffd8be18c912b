import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DataArns, ResourceNames } from '../resource-names.js';
import type { StageConfig } from '../stage-config.js';
import { RunbookAlarm } from './runbook-alarm.js';
import type { WeirFunction } from './weir-function.js';

export interface TelemetryEventSourceProps {
  readonly names: ResourceNames;
  readonly arns: DataArns;
  readonly settings: StageConfig['processing'];
  readonly consumer: WeirFunction;
}

/**
 * Feeds process-fn from the stream. A record that fails again and again is isolated by bisection and by the list of
 * failed items, and ends with its payload in the quarantine bucket: it holds its shard up no longer than the retry bound.
 */
export class TelemetryEventSource extends Construct {
  constructor(scope: Construct, id: string, props: TelemetryEventSourceProps) {
    super(scope, id);
    const { settings, consumer, arns } = props;
    consumer.role.addToPolicy(
      new PolicyStatement({
        actions: [
          'kinesis:DescribeStream',
          'kinesis:DescribeStreamSummary',
          'kinesis:GetRecords',
          'kinesis:GetShardIterator',
          'kinesis:ListShards',
        ],
        resources: [arns.stream],
      }),
    );
    // Lambda writes what failed with the function's role, and looks for the bucket first.
    consumer.role.addToPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [arns.quarantineBucket] }),
    );
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: consumer.function,
      eventSourceArn: arns.stream,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: settings.batchSize,
      maxBatchingWindow: Duration.seconds(settings.batchingWindowSeconds),
      parallelizationFactor: settings.parallelizationFactor,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: settings.retryAttempts,
      maxRecordAge: Duration.seconds(settings.recordAgeMaxSeconds),
      onFailure: { bind: () => ({ destination: arns.quarantineBucket }) },
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
    this.addAlarms(props, mapping.eventSourceMappingId);
  }

  private addAlarms(props: TelemetryEventSourceProps, mappingId: string): void {
    const { prefix } = props.names;
    new RunbookAlarm(this, 'IteratorAge', {
      alarmName: `${prefix}-iterator-age`,
      meaning: 'Processing is more than five minutes behind the stream.',
      section: 'iterator-age',
      metric: props.consumer.function.metric('IteratorAge', {
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      above: 300_000,
      periods: [3, 5],
    });
    const events = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: mappingId },
        statistic: 'Sum',
        period: Duration.minutes(5),
      });
    new RunbookAlarm(this, 'EventsToQuarantine', {
      alarmName: `${prefix}-events-to-quarantine`,
      meaning: 'Records that failed to the last retry went to the quarantine bucket.',
      section: 'events-to-quarantine',
      metric: events('OnFailureDestinationDeliveredEventCount'),
      above: 0,
      periods: [1, 1],
    });
    new RunbookAlarm(this, 'DroppedEvents', {
      alarmName: `${prefix}-dropped-events`,
      meaning:
        'Records were given up without reaching the quarantine bucket; they stand in the archive only.',
      section: 'dropped-events',
      metric: events('DroppedEventCount'),
      above: 0,
      periods: [1, 1],
    });
  }
}
