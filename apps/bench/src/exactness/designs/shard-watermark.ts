import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import type { Design, Place } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey } from './hour-counter.js';
import { groupBy, readingsOf, type ReceivedReading } from './received-reading.js';

/**
 * The hour's counter notes the last sequence number of the shard that it has counted, and takes only what comes after it. Exact
 * however a batch is delivered again; what is published twice has two sequence numbers and is counted twice.
 */
export const shardWatermark: Design = {
  name: 'shard-watermark',
  title: 'watermark of the shard in the counter',
  keepsReadings: false,
  lacks:
    'the readings, and exactness beyond redelivery: what is published twice, or replayed, is counted twice',
  start: async (place) => async (event) => {
    const limit = pLimit(CONCURRENCY);
    const hours = groupBy(readingsOf(event), ({ reading }) => Object.values(hourKey(reading)).join());
    await Promise.all([...hours.values()].map((hour) => limit(() => countHour(place, hour))));
    return { batchItemFailures: [] };
  },
  counts: countsOfCounters,
};

async function countHour(place: Place, hour: readonly ReceivedReading[]): Promise<void> {
  let left = [...hour].sort((one, other) => (one.sequence < other.sequence ? -1 : 1));
  while (left.length > 0) {
    const watermark = await countAfterWatermark(place, left);
    left = watermark === undefined ? [] : left.filter(({ sequence }) => sequence > watermark);
  }
}

/** The watermark that stands in the way; undefined where all were counted. */
async function countAfterWatermark(
  { client, tableName }: Place,
  received: readonly ReceivedReading[],
): Promise<string | undefined> {
  const addition = additionOf(received.map(({ reading }) => reading));
  const update = new UpdateCommand({
    TableName: tableName,
    Key: hourKey(received[0]!.reading),
    UpdateExpression: `SET #watermark = :last ${addition.UpdateExpression}`,
    ConditionExpression: 'attribute_not_exists(#watermark) OR #watermark < :first',
    ExpressionAttributeNames: { ...addition.ExpressionAttributeNames, '#watermark': 'watermark' },
    ExpressionAttributeValues: {
      ...addition.ExpressionAttributeValues,
      ':first': received[0]!.sequence,
      ':last': received.at(-1)!.sequence,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await client.send(update);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.['watermark']?.S ?? '';
  }
}
