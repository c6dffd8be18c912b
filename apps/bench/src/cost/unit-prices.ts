/**
 * List prices of us-east-1 in US dollars, without free tiers, taxes and data transfer, as docs/deploy.md has them; a test holds
 * the two against each other.
 */
export const PRICES_AS_OF = '2025';

export interface UnitPrice {
  /** As docs/deploy.md names it. */
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
  writeUnits: price('DynamoDB: write units', 0.625, MILLION),
  tableGigabytes: price('DynamoDB: GB stored, with point-in-time recovery', 0.45),
  firehoseGigabytes: price('Firehose: GB', 0.029),
  logGigabytes: price('CloudWatch: GB of logs', 0.5),
} as const;

export type Charge = keyof typeof UNIT_PRICES;
