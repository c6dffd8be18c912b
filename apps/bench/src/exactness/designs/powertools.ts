import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { Place } from '../design.js';
import { LAMBDA_CONTEXT } from '../../lambda-context.js';

/** More than any workload has, so that the library's cache spares every request that it can. */
const CACHED_RECORDS_MAX = 1_000_000;

/**
 * How AWS Lambda Powertools' idempotency is set up, in the table of the counters: records that hold for a day, and the
 * library's own cache, which a warm container asks before it asks the table.
 *
 * @param eventKeyJmesPath what makes a value known again
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
 */
export function idempotencyIn({ dynamo, tableName }: Place, eventKeyJmesPath: string) {
  const persistenceStore = new DynamoDBPersistenceLayer({
    tableName,
    keyAttr: 'pk',
    sortKeyAttr: 'sk',
    staticPkValue: 'idempotency',
    awsSdkV3Client: dynamo,
  });
  const config = new IdempotencyConfig({
    eventKeyJmesPath,
    expiresAfterSeconds: 24 * 3600,
    useLocalCache: true,
    maxLocalCacheSize: CACHED_RECORDS_MAX,
  });
  config.registerLambdaContext(LAMBDA_CONTEXT);
  return { persistenceStore, config };
}
