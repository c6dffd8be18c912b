/** When AWS documented these defaults. An account's own are in its Service Quotas; most are raised on request. */
export const QUOTAS_AS_OF = '2025';

export interface Quota {
  readonly service: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** `no`: a limit of the service's design. */
  readonly raised: 'on request' | 'no';
  readonly source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const API_GATEWAY = `${DOCS}/apigateway/latest/developerguide/limits.html`;
const LAMBDA = `${DOCS}/lambda/latest/dg/gettingstarted-limits.html`;
const KINESIS = `${DOCS}/streams/latest/dev/service-sizes-and-limits.html`;
const DYNAMODB = `${DOCS}/amazondynamodb/latest/developerguide/ServiceQuotas.html`;
const PARTITION = `${DOCS}/amazondynamodb/latest/developerguide/bp-partition-key-design.html`;
const S3 = `${DOCS}/AmazonS3/latest/userguide/optimizing-performance.html`;

/** Of an account and region, where nothing else is said. */
export const QUOTAS = {
  requests: quota('API Gateway', 'requests', 10_000, '/s', 'on request', API_GATEWAY),
  requestBytes: quota('API Gateway', 'payload of a request', 10, 'MB', 'no', API_GATEWAY),
  concurrency: quota('Lambda', 'concurrent executions', 1_000, '', 'on request', LAMBDA),
  eventBytes: quota('Lambda', 'payload of an event', 6, 'MB', 'no', LAMBDA),
  shardRecords: quota('Kinesis', 'records into a shard', 1_000, '/s', 'no', KINESIS),
  shardBytesIn: quota('Kinesis', 'bytes into a shard', 1, 'MB/s', 'no', KINESIS),
  shardBytesOut: quota('Kinesis', 'bytes out of a shard, all readers together', 2, 'MB/s', 'no', KINESIS),
  shards: quota('Kinesis', 'shards, in the largest regions', 500, '', 'on request', KINESIS),
  onDemandBytes: quota('Kinesis', 'bytes into an on-demand stream', 200, 'MB/s', 'on request', KINESIS),
  tableWrites: quota('DynamoDB', 'write units of a table', 40_000, '/s', 'on request', DYNAMODB),
  tableReads: quota('DynamoDB', 'read units of a table', 40_000, '/s', 'on request', DYNAMODB),
  partitionWrites: quota('DynamoDB', 'write units of a partition', 1_000, '/s', 'no', PARTITION),
  partitionReads: quota('DynamoDB', 'read units of a partition', 3_000, '/s', 'no', PARTITION),
  prefixPuts: quota('S3', 'objects written below a prefix', 3_500, '/s', 'no', S3),
} as const;

function quota(
  service: string,
  what: string,
  value: number,
  unit: string,
  raised: Quota['raised'],
  source: string,
): Quota {
  return { service, what, value, unit, raised, source };
}
