import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import pLimit from 'p-limit';
import type { Design } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey } from './hour-counter.js';
import { LAMBDA_CONTEXT } from '../../lambda-context.js';
import { readingsOf } from './received-reading.js';

/**
 * AWS Lambda Powertools' idempotency around each reading: a record says that it is begun, the hour's counter gets its ADD, the
 * record says that it is done. A reading is known by its device and instant.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/idempotency/
 */
export const idempotencyRecord: Design = {
  name: 'idempotency-record',
  title: 'idempotency record + ADD',
  keepsReadings: false,
  start: async ({ client, dynamo, tableName }) => {
    const persistenceStore = new DynamoDBPersistenceLayer({
      tableName,
      keyAttr: 'pk',
      sortKeyAttr: 'sk',
      staticPkValue: 'idempotency',
      awsSdkV3Client: dynamo,
    });
    const config = new IdempotencyConfig({
      eventKeyJmesPath: '[deviceId, timestamp]',
      expiresAfterSeconds: 24 * 3600,
    });
    config.registerLambdaContext(LAMBDA_CONTEXT);
    const count = makeIdempotent(
      async (reading: EnvelopeReading) => {
        await client.send(
          new UpdateCommand({ TableName: tableName, Key: hourKey(reading), ...additionOf([reading]) }),
        );
        return true;
      },
      { persistenceStore, config },
    );
    return async (event) => {
      const limit = pLimit(CONCURRENCY);
      await Promise.all(readingsOf(event).map(({ reading }) => limit(() => count(reading))));
      return { batchItemFailures: [] };
    };
  },
  counts: countsOfCounters,
};
