import { makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import pLimit from 'p-limit';
import type { Design } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey } from './hour-counter.js';
import { idempotencyIn } from './powertools.js';
import { distinctReadings, readingsOf } from './received-reading.js';

/**
 * AWS Lambda Powertools' idempotency around each reading: a record says that it is begun, the hour's counter gets its ADD, the
 * record says that it is done. A reading is known by its device and instant, so it is counted once however it comes again. A
 * batch that has a reading twice gives it to the library once.
 */
export const idempotencyRecord: Design = {
  name: 'idempotency-record',
  title: 'Powertools idempotency a reading + ADD',
  keepsReadings: false,
  lacks: 'the readings, and one step for record and counter: a crash between the two counts twice',
  start: async (place) => {
    const { client, tableName } = place;
    const count = makeIdempotent(
      async (reading: EnvelopeReading) => {
        await client.send(
          new UpdateCommand({ TableName: tableName, Key: hourKey(reading), ...additionOf([reading]) }),
        );
        return true;
      },
      idempotencyIn(place, '[deviceId, timestamp]'),
    );
    return async (event) => {
      const limit = pLimit(CONCURRENCY);
      const readings = distinctReadings(readingsOf(event).map(({ reading }) => reading));
      await Promise.all(readings.map((reading) => limit(() => count(reading))));
      return { batchItemFailures: [] };
    };
  },
  counts: countsOfCounters,
};
