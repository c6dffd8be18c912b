import { setTimeout as delay } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  ScanCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { reasonOf } from '../../runtime-error.js';

/** A table in which items expire. */
export interface ExpiringTable {
  readonly tableName: string;
  /** The attribute that holds the time of expiry, in epoch seconds. */
  readonly attribute: string;
}

export interface TimeToLiveOptions {
  readonly client: DynamoDBClient;
  readonly tables: readonly ExpiringTable[];
  /** From the end of one sweep to the begin of the next. */
  readonly periodMs: number;
  /** Epoch milliseconds. */
  clock(): number;
  /** How many items of a table a sweep has deleted; called only when there were any. */
  onDeleted(tableName: string, count: number): void;
  /** A sweep failed; said once until one succeeds again. */
  onTrouble(message: string): void;
}

export interface RunningTimeToLive {
  /** Ends a sweep that is under way after its current call. */
  close(): Promise<void>;
}

/** Items that expired longer ago are taken for a mistake and stay, as on AWS. */
const expiredSecondsMax = 5 * 365 * 86_400;
const pageItemsMax = 500;
/** Between two pages, so that a sweep over a large table does not keep the engine from its other work. */
const pagePauseMs = 20;

/**
 * Deletes expired items from time to time, as DynamoDB does within days after their expiry. An item is expired when its TTL
 * attribute is a number of seconds in the past, and not more than five years in the past.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
export function startTimeToLive(options: TimeToLiveOptions): RunningTimeToLive {
  const abort = new AbortController();
  const sweeping = sweepForEver(options, abort.signal);
  return {
    close: async () => {
      abort.abort();
      await sweeping;
    },
  };
}

async function sweepForEver(options: TimeToLiveOptions, signal: AbortSignal): Promise<void> {
  let inTrouble = false;
  while (await passed(options.periodMs, signal)) {
    try {
      for (const table of options.tables) await sweepTable(options, table, signal);
      inTrouble = false;
    } catch (error) {
      if (!inTrouble && !signal.aborted) {
        options.onTrouble(`Deleting expired items failed and is tried again: ${reasonOf(error)}`);
      }
      inTrouble = true;
    }
  }
}

async function sweepTable(
  options: TimeToLiveOptions,
  table: ExpiringTable,
  signal: AbortSignal,
): Promise<void> {
  let deleted = 0;
  try {
    const keyNames = await readKeyNames(options.client, table.tableName);
    let from: Record<string, AttributeValue> | undefined;
    do {
      const page = await options.client.send(expiredItems(table, keyNames, options.clock(), from));
      for (const item of page.Items ?? []) {
        if (signal.aborted) return;
        if (await deleteExpired(options, table, pick(item, keyNames))) deleted += 1;
      }
      from = page.LastEvaluatedKey;
    } while (from !== undefined && (await passed(pagePauseMs, signal)));
  } finally {
    if (deleted > 0) options.onDeleted(table.tableName, deleted);
  }
}

async function readKeyNames(client: DynamoDBClient, tableName: string): Promise<string[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return (Table?.KeySchema ?? []).map(({ AttributeName }) => AttributeName ?? '');
}

/** Comparing with a number leaves out what is none. */
function expiry({ attribute }: ExpiringTable, nowMs: number) {
  const nowSeconds = Math.floor(nowMs / 1000);
  return {
    expression: '#ttl < :now AND #ttl >= :oldest',
    names: { '#ttl': attribute },
    values: { ':now': { N: String(nowSeconds) }, ':oldest': { N: String(nowSeconds - expiredSecondsMax) } },
  };
}

function expiredItems(
  table: ExpiringTable,
  keyNames: readonly string[],
  nowMs: number,
  from: Record<string, AttributeValue> | undefined,
): ScanCommand {
  const { expression, names, values } = expiry(table, nowMs);
  const keys = keyNames.map((name, index) => [`#key${index}`, name] as const);
  return new ScanCommand({
    TableName: table.tableName,
    FilterExpression: expression,
    ProjectionExpression: keys.map(([placeholder]) => placeholder).join(', '),
    ExpressionAttributeNames: { ...names, ...Object.fromEntries(keys) },
    ExpressionAttributeValues: values,
    Limit: pageItemsMax,
    ExclusiveStartKey: from,
  });
}

/** Returns whether it did: an item whose expiry was put off in the meantime stays. */
async function deleteExpired(
  options: TimeToLiveOptions,
  table: ExpiringTable,
  key: Record<string, AttributeValue>,
): Promise<boolean> {
  const { expression, names, values } = expiry(table, options.clock());
  try {
    await options.client.send(
      new DeleteItemCommand({
        TableName: table.tableName,
        Key: key,
        ConditionExpression: expression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function pick(
  item: Record<string, AttributeValue>,
  names: readonly string[],
): Record<string, AttributeValue> {
  return Object.fromEntries(
    names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]] as const])),
  );
}

/** Resolves with whether the time has passed, false when it was cut short. */
async function passed(durationMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(durationMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
