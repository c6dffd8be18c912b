import { ScanCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import { hourOf, type HourCounts, type Place } from '../design.js';

const HOUR_PREFIX = 'hour#';

export interface ItemKey extends Record<string, string> {
  readonly pk: string;
  readonly sk: string;
}

/** The item that counts a device's hour. */
export function hourKey({ deviceId, timestamp }: EnvelopeReading): ItemKey {
  return { pk: deviceId, sk: HOUR_PREFIX + hourOf(deviceId, timestamp).slice(deviceId.length + 1) };
}

/** The item that keeps a reading. */
export function readingItem({ deviceId, timestamp, metrics }: EnvelopeReading) {
  return { pk: deviceId, sk: `reading#${new Date(timestamp).toISOString()}`, ...metrics };
}

/** What adds readings of one device and hour to its counter: how many they are, and the sum of each metric. */
export function additionOf(readings: readonly EnvelopeReading[]) {
  const sums = new Map<string, number>();
  for (const { metrics } of readings)
    for (const [name, value] of Object.entries(metrics)) sums.set(name, (sums.get(name) ?? 0) + value);
  const names = [...sums.keys()];
  return {
    UpdateExpression: `ADD #readings :readings, ${names.map((_, index) => `#m${index} :m${index}`).join(', ')}`,
    ExpressionAttributeNames: {
      '#readings': 'readings',
      ...Object.fromEntries(names.map((name, index) => [`#m${index}`, `sum_${name}`])),
    },
    ExpressionAttributeValues: {
      ':readings': readings.length,
      ...Object.fromEntries(names.map((name, index) => [`:m${index}`, sums.get(name) ?? 0])),
    },
  };
}

/** The counters of a table, whatever wrote them. */
export async function countsOfCounters({ client, tableName }: Place): Promise<HourCounts> {
  const counts = new Map<string, number>();
  for await (const item of itemsOf(client, tableName)) {
    const { pk, sk, readings } = item as { pk: string; sk: string; readings?: number };
    if (sk?.startsWith(HOUR_PREFIX)) counts.set(`${pk}@${sk.slice(HOUR_PREFIX.length)}`, readings ?? 0);
  }
  return counts;
}

/** All items of a table. */
export async function* itemsOf(client: DynamoDBDocumentClient, tableName: string) {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: tableName, ExclusiveStartKey }));
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
