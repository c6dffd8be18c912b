import { BatchWriteCommand, UpdateCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import pLimit from 'p-limit';
import type { Design } from '../design.js';
import { CONCURRENCY } from './concurrency.js';
import { additionOf, countsOfCounters, hourKey, readingItem } from './hour-counter.js';
import { distinctReadings, groupBy, readingsOf } from './received-reading.js';

const BATCH_WRITE_MAX = 25;

/** Each reading is an item; the hour's counter gets one ADD a device and batch. What comes twice is counted twice. */
export const putAndAdd: Design = {
  name: 'put-and-add',
  title: 'put per reading + ADD',
  keepsReadings: true,
  lacks: 'exactness: everything that comes twice is counted twice',
  start:
    async ({ client, tableName }) =>
    async (event) => {
      const readings = readingsOf(event).map(({ reading }) => reading);
      const limit = pLimit(CONCURRENCY);
      const additions = groupBy(readings, (reading) => Object.values(hourKey(reading)).join());
      await Promise.all([
        ...putsOf(readings).map((puts) => limit(() => put(client, tableName, puts))),
        ...[...additions.values()].map((added) =>
          limit(() =>
            client.send(
              new UpdateCommand({ TableName: tableName, Key: hourKey(added[0]!), ...additionOf(added) }),
            ),
          ),
        ),
      ]);
      return { batchItemFailures: [] };
    },
  counts: countsOfCounters,
};

type Put = { readonly PutRequest: { readonly Item: Record<string, unknown> } };

/** One request may not name an item twice, so the last reading of an instant stands. */
function putsOf(readings: readonly EnvelopeReading[]): Put[][] {
  const puts = distinctReadings(readings).map((reading) => ({ PutRequest: { Item: readingItem(reading) } }));
  return Array.from({ length: Math.ceil(puts.length / BATCH_WRITE_MAX) }, (_, part) =>
    puts.slice(part * BATCH_WRITE_MAX, (part + 1) * BATCH_WRITE_MAX),
  );
}

async function put(client: DynamoDBDocumentClient, tableName: string, puts: Put[]): Promise<void> {
  let left: NonNullable<Parameters<typeof requestOf>[1]> = puts;
  while (left.length > 0) {
    const { UnprocessedItems } = await client.send(requestOf(tableName, left));
    left = (UnprocessedItems?.[tableName] as Put[] | undefined) ?? [];
  }
}

function requestOf(tableName: string, puts: Put[]): BatchWriteCommand {
  return new BatchWriteCommand({ RequestItems: { [tableName]: puts } });
}
