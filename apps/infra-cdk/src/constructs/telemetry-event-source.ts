import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ofFunction, ofMapping } from '../metrics/resource-metrics.js';
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

/** What is unread for this share of the age at which records are given up leaves time to mend what holds it up. */
const recordAgeShareMax = 0.25;

/**
 * Feeds process-fn from the stream. A record that fails again and again is isolated by bisection and by the list of
 * failed items, and ends with its payload in the quarantine bucket: it holds its shard up no longer than the retry bound.
 */
export class TelemetryEventSource extends Construct {
  readonly mappingId: string;

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
    this.mappingId = mapping.eventSourceMappingId;
    this.addAlarms(props);
  }

  private addAlarms({ names, settings }: TelemetryEventSourceProps): void {
    const age = ofFunction(names, 'process-fn', 'IteratorAge', { statistic: 'Maximum', minutes: 1 });
    new RunbookAlarm(this, 'IteratorAge', {
      names,
      slug: 'iterator-age',
      meaning: 'Processing is more than five minutes behind the stream.',
      section: 'iterator-age',
      metric: age,
      when: { above: 300_000 },
      periods: [3, 5],
    });
    new RunbookAlarm(this, 'RecordAgeShare', {
      names,
      slug: 'record-age-share',
      meaning: 'Processing is behind by more than a quarter of the age at which records are given up.',
      section: 'record-age-share',
      metric: age,
      when: { above: settings.recordAgeMaxSeconds * 1_000 * recordAgeShareMax },
      periods: [3, 5],
    });
    const events = { statistic: 'Sum', minutes: 5 };
    new RunbookAlarm(this, 'EventsToQuarantine', {
      names,
      slug: 'events-to-quarantine',
      meaning: 'Records that failed to the last retry went to the quarantine bucket.',
      section: 'events-to-quarantine',
      metric: ofMapping(this.mappingId, 'OnFailureDestinationDeliveredEventCount', events),
      when: { above: 0 },
      periods: [1, 1],
    });
    new RunbookAlarm(this, 'DroppedEvents', {
      names,
      slug: 'dropped-events',
      meaning:
        'Records were given up without reaching the quarantine bucket; they stand in the archive only.',
      section: 'dropped-events',
      metric: ofMapping(this.mappingId, 'DroppedEventCount', events),
      when: { above: 0 },
      periods: [1, 1],
    });
  }
}
