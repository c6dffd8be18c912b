/**
 * List prices of us-east-1 in US dollars, without free tiers, taxes and data transfer, as docs/deploy.md has them of what its example
 * needs; a test holds the two against each other.
 */
export const PRICES_AS_OF = '2025';

export interface UnitPrice {
  /** As docs/deploy.md names it, where its example has any of it. */
  readonly charged: string;
  readonly dollars: number;
  /** For how many units that is. */
  readonly units: number;
}

const MILLION = 1_000_000;
const price = (charged: string, dollars: number, units = 1): UnitPrice => ({ charged, dollars, units });

export const UNIT_PRICES = {
  apiRequests: price('API Gateway: requests', 3.5, MILLION),
  invocations: price('Lambda: invocations of ingest-fn and process-fn', 0.2, MILLION),
  gigabyteSeconds: price('Lambda: GB-seconds, arm64', 13.33, MILLION),
  shardHours: price('Kinesis: shard-hours', 0.015),
  payloadUnits: price('Kinesis: payload units', 0.014, MILLION),
  streamHours: price('Kinesis on demand: stream-hours', 0.04),
  streamInGigabytes: price('Kinesis on demand: GB written, each record rounded up to 1 KB', 0.08),
  streamOutGigabytes: price('Kinesis on demand: GB read, by each consumer', 0.04),
  writeUnits: price('DynamoDB: write units', 0.625, MILLION),
  readUnits: price('DynamoDB: read units', 0.125, MILLION),
  tableGigabytes: price('DynamoDB: GB stored, with point-in-time recovery', 0.45),
  firehoseGigabytes: price('Firehose: GB', 0.029),
  archiveGigabytes: price('S3: GB stored', 0.023),
  objects: price('S3: objects written', 5, MILLION),
  logGigabytes: price('CloudWatch: GB of logs', 0.5),
  traces: price('X-Ray: traces', 5, MILLION),
  ownMetrics: price("CloudWatch: metrics of Weir's own", 0.3),
  alarmMetrics: price('CloudWatch: metrics that alarms read', 0.1),
  compositeAlarms: price('CloudWatch: composite alarms', 0.5),
  dashboards: price('CloudWatch: dashboards', 3),
  machineClients: price('Cognito: machine clients', 6),
  tokens: price('Cognito: tokens', 0.00225),
  dashboardQueries: price('Dashboard: queries, by API Gateway', 3.5, MILLION),
  siteRequests: price('Dashboard: requests, by CloudFront', 1, MILLION),
  people: price('Dashboard: people, by Cognito', 0.015),
} as const;

export type Charge = keyof typeof UNIT_PRICES;
