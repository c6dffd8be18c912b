import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import pLimit from 'p-limit';
import type { Design, Place } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey, readingItem } from './hour-counter.js';
import { distinctReadings, groupBy, readingsOf } from './received-reading.js';

/** Of 100 actions, one is the counter's. */
const READINGS_MAX = 99;

/**
 * One transaction a device, hour and batch: each reading is put on the condition that it is new, so its item is its own marker,
 * and the hour's counter gets one ADD. Where some are not new, the transaction goes again without them.
 */
export const transaction: Design = {
  name: 'transaction',
  title: 'transaction of marker + put + ADD',
  keepsReadings: true,
  lacks: 'minimum, maximum and quantiles, which no ADD can keep',
  start: async (place) => async (event) => {
    const limit = pLimit(CONCURRENCY);
    // A transaction may not name an item twice.
    const readings = distinctReadings(readingsOf(event).map(({ reading }) => reading));
    const hours = groupBy(readings, (reading) => Object.values(hourKey(reading)).join());
    await Promise.all([...hours.values()].map((hour) => limit(() => storeHour(place, hour))));
    return { batchItemFailures: [] };
  },
  counts: countsOfCounters,
};

async function storeHour(place: Place, readings: readonly EnvelopeReading[]): Promise<void> {
  for (let from = 0; from < readings.length; from += READINGS_MAX) {
    let left = readings.slice(from, from + READINGS_MAX);
    while (left.length > 0) left = await storeTogether(place, left);
  }
}

/** What is to be tried again: nothing, or those whose condition did not fail. */
async function storeTogether({ client, tableName }: Place, readings: EnvelopeReading[]) {
  const puts = readings.map((reading) => ({
    Put: {
      TableName: tableName,
      Item: readingItem(reading),
      ConditionExpression: 'attribute_not_exists(pk)',
    },
  }));
  const add = { Update: { TableName: tableName, Key: hourKey(readings[0]!), ...additionOf(readings) } };
  try {
    await client.send(new TransactWriteCommand({ TransactItems: [...puts, add] }));
    return [];
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    const isOld = (_: unknown, index: number): boolean => reasons[index]?.Code === 'ConditionalCheckFailed';
    if (!readings.some(isOld)) throw error;
    return readings.filter((reading, index) => !isOld(reading, index));
  }
}
