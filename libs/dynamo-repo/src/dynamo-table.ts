import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DynamoDBDocumentClient,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { forEachBounded } from './bounded-concurrency.js';
import { itemSizeBytes, writeUnitsOf } from './item-size.js';
import type { ItemKey } from './keys.js';
import { ItemTooLargeError } from './ports.js';
import type { WorkContext } from './ports.js';
import type { RequestRetry } from './request-retry.js';
import type { TableItem } from './table-item.js';

/** BatchGetItem takes at most 100 keys. */
const BATCH_KEYS_MAX = 100;
const BATCHES_AT_ONCE = 8;

/** A condition with its placeholders, as DynamoDB takes it. */
export interface Condition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface Update {
  readonly expression: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The item as it stands after the write, or what stood there when the condition failed. */
export type ConditionalOutcome =
  | { readonly applied: true; readonly item: TableItem | undefined }
  | { readonly applied: false; readonly item: TableItem | undefined };

function unitsOf(consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined): number {
  const all = consumed === undefined ? [] : 'length' in consumed ? consumed : [consumed];
  return all.reduce((sum, { CapacityUnits }) => sum + (CapacityUnits ?? 0), 0);
}

function isTooLarge(error: unknown): error is DynamoDBServiceException {
  return (
    error instanceof DynamoDBServiceException &&
    error.name === 'ValidationException' &&
    /item size/i.test(error.message)
  );
}

/** Every index of a cancelled transaction whose condition failed. */
function failedConditions(error: TransactionCanceledException): number[] {
  const reasons = error.CancellationReasons ?? [];
  return [...reasons.keys()].filter((index) => reasons[index]?.Code === 'ConditionalCheckFailed');
}

/** One table: sends requests with retry, adds up what they cost, and turns failed conditions into values. */
export class DynamoTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #tableName: string;
  readonly #retry: RequestRetry;

  constructor(client: DynamoDBDocumentClient, tableName: string, retry: RequestRetry) {
    this.#client = client;
    this.#tableName = tableName;
    this.#retry = retry;
  }

  /** Reads one item, strongly consistent. */
  async get(operation: string, key: ItemKey, work: WorkContext): Promise<TableItem | undefined> {
    const command = new GetCommand({
      TableName: this.#tableName,
      Key: { pk: key.pk, sk: key.sk },
      ConsistentRead: true,
      ReturnConsumedCapacity: 'TOTAL',
    });
    const output = await this.#retry.send(operation, work, (abortSignal) =>
      this.#client.send(command, { abortSignal }),
    );
    work.meter.readUnits += unitsOf(output.ConsumedCapacity);
    return output.Item as TableItem | undefined;
  }

  /** Reads any number of distinct keys, strongly consistent, in no particular order. */
  async getMany(operation: string, keys: readonly ItemKey[], work: WorkContext): Promise<TableItem[]> {
    const batches: ItemKey[][] = [];
    for (let start = 0; start < keys.length; start += BATCH_KEYS_MAX) {
      batches.push(keys.slice(start, start + BATCH_KEYS_MAX));
    }
    const items: TableItem[] = [];
    await forEachBounded(batches, BATCHES_AT_ONCE, async (batch) => {
      items.push(...(await this.#getBatch(operation, batch, work)));
    });
    return items;
  }

  async #getBatch(operation: string, keys: readonly ItemKey[], work: WorkContext): Promise<TableItem[]> {
    const items: TableItem[] = [];
    let requested: BatchGetCommandInput['RequestItems'] = {
      [this.#tableName]: { Keys: keys.map(({ pk, sk }) => ({ pk, sk })), ConsistentRead: true },
    };
    for (let attempt = 0; ; attempt += 1) {
      const command = new BatchGetCommand({ RequestItems: requested, ReturnConsumedCapacity: 'TOTAL' });
      const output: BatchGetCommandOutput = await this.#retry.send(operation, work, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      work.meter.readUnits += unitsOf(output.ConsumedCapacity);
      items.push(...((output.Responses?.[this.#tableName] ?? []) as TableItem[]));
      if (Object.keys(output.UnprocessedKeys ?? {}).length === 0) return items;
      requested = output.UnprocessedKeys;
      // The service answers with what it could read and leaves the rest to be asked for again, after a pause.
      await this.#retry.pause(operation, work, attempt);
    }
  }

  /**
   * Pages of a query, each as the service cut it, of at most `limitOf(page)` items. Strongly consistent unless it reads an
   * index, which never is.
   */
  async *pages(
    operation: string,
    query: Omit<QueryCommandInput, 'TableName'>,
    limitOf: (page: number) => number,
    work: WorkContext,
  ): AsyncGenerator<TableItem[], void, undefined> {
    let startKey: QueryCommandInput['ExclusiveStartKey'];
    for (let page = 0; page === 0 || startKey !== undefined; page += 1) {
      const command = new QueryCommand({
        ...query,
        TableName: this.#tableName,
        ConsistentRead: query.IndexName === undefined,
        Limit: limitOf(page),
        ExclusiveStartKey: startKey,
        ReturnConsumedCapacity: 'TOTAL',
      });
      const output: QueryCommandOutput = await this.#retry.send(operation, work, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      work.meter.readUnits += unitsOf(output.ConsumedCapacity);
      yield (output.Items ?? []) as TableItem[];
      startKey = output.LastEvaluatedKey;
    }
  }

  /** Writes an item whole where the condition holds. */
  async put(
    operation: string,
    item: ItemKey,
    condition: Condition | undefined,
    work: WorkContext,
  ): Promise<ConditionalOutcome> {
    const command = new PutCommand({
      TableName: this.#tableName,
      Item: { ...item },
      ...this.#conditional(condition),
      ReturnConsumedCapacity: 'TOTAL',
    });
    return this.#conditionally(work, async () => {
      const output = await this.#retry.send(operation, work, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      work.meter.writeUnits += unitsOf(output.ConsumedCapacity);
      return { ...item };
    });
  }

  /**
   * Changes attributes where the condition holds; answers with the whole item.
   *
   * @throws ItemTooLargeError when the item would become too large.
   */
  async update(
    operation: string,
    key: ItemKey,
    update: Update,
    condition: Condition,
    work: WorkContext,
  ): Promise<ConditionalOutcome> {
    const command = new UpdateCommand({
      TableName: this.#tableName,
      Key: { pk: key.pk, sk: key.sk },
      UpdateExpression: update.expression,
      ...this.#conditional(condition, update.values),
      ReturnValues: 'ALL_NEW',
      ReturnConsumedCapacity: 'TOTAL',
    });
    return this.#conditionally(work, async () => {
      try {
        const output = await this.#retry.send(operation, work, (abortSignal) =>
          this.#client.send(command, { abortSignal }),
        );
        work.meter.writeUnits += unitsOf(output.ConsumedCapacity);
        return output.Attributes as TableItem | undefined;
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        throw new ItemTooLargeError(`item ${key.pk} / ${key.sk}: ${error.message}`, { cause: error });
      }
    });
  }

  /**
   * Writes several items or none. Answers whether it wrote; false if a condition failed. Costs twice the units of single
   * writes, and as much when a condition fails.
   */
  async putAll(
    operation: string,
    puts: readonly { readonly item: ItemKey; readonly condition?: Condition }[],
    work: WorkContext,
  ): Promise<boolean> {
    const transactItems: TransactWriteCommandInput['TransactItems'] = puts.map(({ item, condition }) => ({
      Put: { TableName: this.#tableName, Item: { ...item }, ...this.#conditional(condition) },
    }));
    const command = new TransactWriteCommand({
      TransactItems: transactItems,
      ReturnConsumedCapacity: 'TOTAL',
    });
    try {
      const output = await this.#retry.send(operation, work, (abortSignal) =>
        this.#client.send(command, { abortSignal }),
      );
      work.meter.writeUnits += unitsOf(output.ConsumedCapacity);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException) || failedConditions(error).length === 0)
        throw error;
      for (const { item } of puts) work.meter.writeUnits += 2 * writeUnitsOf(itemSizeBytes(item));
      work.meter.conflicts += 1;
      return false;
    }
  }

  #conditional(condition: Condition | undefined, values: Readonly<Record<string, unknown>> = {}) {
    const all = { ...values, ...condition?.values };
    return {
      ...(condition === undefined
        ? {}
        : {
            ConditionExpression: condition.expression,
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
          }),
      ...(Object.keys(all).length === 0 ? {} : { ExpressionAttributeValues: all }),
    };
  }

  /** The service bills a failed condition by the size of what stands there, but does not report it. */
  async #conditionally(
    work: WorkContext,
    write: () => Promise<TableItem | undefined>,
  ): Promise<ConditionalOutcome> {
    try {
      return { applied: true, item: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const item = error.Item === undefined ? undefined : (unmarshall(error.Item) as TableItem);
      work.meter.writeUnits += writeUnitsOf(item === undefined ? 0 : itemSizeBytes(item));
      work.meter.conflicts += 1;
      return { applied: false, item };
    }
  }
}
