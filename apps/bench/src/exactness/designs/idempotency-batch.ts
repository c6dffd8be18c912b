import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import type { Design } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey } from './hour-counter.js';
import { idempotencyIn } from './powertools.js';
import { groupBy, readingsOf } from './received-reading.js';

/**
 * AWS Lambda Powertools' idempotency around each Kinesis record, as its batch processing has it: what a device sent together
 * shares the library's record, and each hour's counter gets one ADD for all of it. A record is known by its bytes, so also when
 * it is replayed; a reading that is sent again in another record is not.
 */
export const idempotencyBatch: Design = {
  name: 'idempotency-batch',
  title: 'Powertools idempotency a Kinesis record + ADD',
  keepsReadings: false,
  lacks:
    'the readings, one step for record and counter, and exactness for what a device sends again in another request',
  start: async (place) => {
    const { client, tableName } = place;
    const count = makeIdempotent(
      async (record: KinesisStreamRecord) => {
        const readings = readingsOf({ Records: [record] }).map(({ reading }) => reading);
        const hours = groupBy(readings, (reading) => Object.values(hourKey(reading)).join());
        for (const hour of hours.values()) {
          const Key = hourKey(hour[0]!);
          await client.send(new UpdateCommand({ TableName: tableName, Key, ...additionOf(hour) }));
        }
        return true;
      },
      idempotencyIn(place, 'kinesis.data'),
    );
    return async ({ Records }) => {
      const limit = pLimit(CONCURRENCY);
      const records = [...groupBy(Records, ({ kinesis }) => kinesis.data).values()].map(([first]) => first!);
      await Promise.all(records.map((record) => limit(() => count(record))));
      return { batchItemFailures: [] };
    };
  },
  counts: countsOfCounters,
};
