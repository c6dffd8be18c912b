/**
 * List prices of us-east-1 in US dollars, without taxes and free tiers, as docs/deploy.md has them of what its example
 * needs; a test holds the two against each other.
 */
export const PRICES_AS_OF = '2025';

export interface UnitPrice {
  /** As docs/deploy.md names it, where its example has any of it. */
  readonly charged: string;
  readonly dollars: number;
  /** For how many units that is. */
  readonly units: number;
  /** Units that every account has free in every month; no amount has them taken off. */
  readonly free?: number;
}

const MILLION = 1_000_000;
const price = (charged: string, dollars: number, units = 1, free?: number): UnitPrice => ({
  charged,
  dollars,
  units,
  ...(free !== undefined && { free }),
});

export const UNIT_PRICES = {
  apiRequests: price('API Gateway: requests', 3.5, MILLION),
  invocations: price('Lambda: invocations of ingest-fn and process-fn', 0.2, MILLION, MILLION),
  gigabyteSeconds: price('Lambda: GB-seconds, arm64', 13.33, MILLION, 400_000),
  shardHours: price('Kinesis: shard-hours', 0.015),
  payloadUnits: price('Kinesis: payload units', 0.014, MILLION),
  retentionShardHours: price('Kinesis: shard-hours, of keeping more than 24 hours', 0.02),
  streamHours: price('Kinesis on demand: stream-hours', 0.04),
  streamInGigabytes: price('Kinesis on demand: GB written, each record rounded up to 1 KB', 0.08),
  streamOutGigabytes: price('Kinesis on demand: GB read, by each consumer', 0.04),
  streamKeptGigabytes: price('Kinesis on demand: GB kept beyond 24 hours', 0.1),
  writeUnits: price('DynamoDB: write units', 0.625, MILLION),
  readUnits: price('DynamoDB: read units', 0.125, MILLION),
  tableGigabytes: price('DynamoDB: GB stored, with point-in-time recovery', 0.45),
  firehoseGigabytes: price('Firehose: GB', 0.029),
  archiveGigabytes: price('S3: GB stored', 0.023),
  coldGigabytes: price('S3: GB stored, Glacier Instant Retrieval', 0.004),
  coldTransitions: price('S3: objects moved to Glacier Instant Retrieval', 20, MILLION),
  objects: price('S3: objects written', 5, MILLION),
  athenaTebibytes: price('Athena: TB scanned', 5),
  logGigabytes: price('CloudWatch: GB of logs', 0.5),
  keptLogGigabytes: price('CloudWatch: GB of logs stored, compressed', 0.03),
  traces: price('X-Ray: traces', 5, MILLION),
  ownMetrics: price("CloudWatch: metrics of Weir's own", 0.3),
  alarmMetrics: price('CloudWatch: metrics that alarms read', 0.1),
  methodMetrics: price('CloudWatch: detailed metrics of API Gateway', 0.3),
  compositeAlarms: price('CloudWatch: composite alarms', 0.5),
  dashboards: price('CloudWatch: dashboards', 3),
  keys: price('KMS: keys', 1),
  keyUses: price('KMS: requests', 3, MILLION, 20_000),
  firewalls: price('WAF: web ACLs', 5),
  firewallRules: price('WAF: rules', 1),
  firewallRequests: price('WAF: requests', 0.6, MILLION),
  answerGigabytes: price('Data transfer: GB of answers to devices and clients', 0.09, 1, 100),
  machineClients: price('Cognito: machine clients', 6),
  tokens: price('Cognito: tokens', 0.00225),
  dashboardQueries: price('Dashboard: queries, by API Gateway', 3.5, MILLION),
  siteRequests: price('Dashboard: requests, by CloudFront', 1, MILLION, 10 * MILLION),
  siteGigabytes: price('Dashboard: GB out, by CloudFront', 0.085, 1, 1024),
  siteStoredGigabytes: price('Dashboard: GB stored, by S3', 0.023),
  people: price('Dashboard: people, by Cognito', 0.015),
} as const satisfies Readonly<Record<string, UnitPrice>>;

export type Charge = keyof typeof UNIT_PRICES;
