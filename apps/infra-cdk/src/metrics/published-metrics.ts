import { METRIC, type MetricName } from '@weir/metric-names';

/**
 * The metrics that AWS publishes and that Weir reads: namespace, then the dimensions that tell a series apart, then the names.
 * A series with other dimensions does not exist, and an alarm on it would keep silent for ever.
 *
 * - https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
 * - https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
 * - https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
 * - https://docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
 * - https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
 */
export const awsMetrics = {
  'AWS/ApiGateway': {
    'ApiName Stage': ['4XXError', '5XXError', 'Count', 'Latency'],
  },
  'AWS/Lambda': {
    FunctionName: ['Duration', 'Errors', 'IteratorAge', 'Throttles'],
    EventSourceMappingUUID: [
      'DroppedEventCount',
      'OnFailureDestinationDeliveredEventCount',
      'PolledEventCount',
    ],
  },
  'AWS/Kinesis': {
    StreamName: [
      'GetRecords.IteratorAgeMilliseconds',
      'IncomingBytes',
      'IncomingRecords',
      'ReadProvisionedThroughputExceeded',
      'WriteProvisionedThroughputExceeded',
    ],
  },
  'AWS/DynamoDB': {
    TableName: [
      'ConsumedReadCapacityUnits',
      'ConsumedWriteCapacityUnits',
      'ReadThrottleEvents',
      'WriteThrottleEvents',
    ],
    'GlobalSecondaryIndexName TableName': ['ReadThrottleEvents', 'WriteThrottleEvents'],
    'Operation TableName': ['SystemErrors'],
  },
  'AWS/Firehose': {
    DeliveryStreamName: ['DeliveryToS3.Bytes', 'DeliveryToS3.DataFreshness'],
  },
  'AWS/S3': {
    'BucketName StorageType': ['NumberOfObjects'],
  },
} as const;

/** The metrics of Weir's own that each function emits; their dimensions are `service` and `stage`. */
export const functionMetrics = {
  'ingest-fn': [
    METRIC.readingsAccepted,
    METRIC.readingsRejected,
    METRIC.envelopesPublished,
    METRIC.publishRetries,
  ],
  'process-fn': [
    METRIC.pointsStored,
    METRIC.pointsDuplicate,
    METRIC.pointsSuperseded,
    METRIC.pointsQuarantined,
    METRIC.recordsQuarantined,
    METRIC.recordsUnfinished,
    METRIC.writeUnits,
    METRIC.readUnits,
    METRIC.writeConflicts,
    METRIC.storeRetries,
    METRIC.blocksRemembered,
    METRIC.blocksLookedUp,
    METRIC.batchLatency,
    METRIC.freshness,
  ],
  'analytics-fn': [METRIC.readUnits, METRIC.writeUnits, METRIC.storeRetries],
} as const satisfies Readonly<Record<string, readonly MetricName[]>>;
