import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemSizeBytes, writeUnitsOf } from '@weir/dynamo-repo';

/** What DynamoDB charges for one request, in capacity units. */
export interface BilledUnits {
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** One request and what was answered to it, both as the API's JSON. */
export interface Exchange {
  /** Such as `PutItem`. */
  readonly operation: string;
  readonly request: DynamoRequest;
  readonly status: number;
  readonly answer: DynamoAnswer;
}

type Item = Record<string, AttributeValue>;

export interface DynamoRequest {
  readonly TransactItems?: readonly { readonly Put?: { readonly Item: Item } }[];
}

interface Consumed {
  readonly CapacityUnits?: number;
}

export interface DynamoAnswer {
  readonly __type?: string;
  readonly ConsumedCapacity?: Consumed | readonly Consumed[];
  /** What stood there when a condition failed. */
  readonly Item?: Item;
  readonly CancellationReasons?: readonly { readonly Item?: Item }[];
}

const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
/** Operations on items; all others are of the control plane and cost nothing. */
const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);

/** Whether an operation works on items, and so is charged in units. */
export function isCharged(operation: string): boolean {
  return WRITES.has(operation) || READS.has(operation);
}

/**
 * The units of one exchange: those that the answer states, and where a write was refused by its condition, what AWS
 * documents for that. A failed condition is charged by the size of the item that stands there, at least one unit. A
 * cancelled transaction is charged like one that went through: each item twice, once to prepare and once to commit.
 *
 * @throws Error where an answer states nothing though it should; nothing is guessed.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html#WorkingWithItems.ConditionalUpdate
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export function billedUnits(exchange: Exchange): BilledUnits {
  const { operation, status, answer } = exchange;
  if (!isCharged(operation)) return { readUnits: 0, writeUnits: 0 };
  if (status !== 200) return { readUnits: 0, writeUnits: refusedWriteUnits(exchange) };
  if (answer.ConsumedCapacity === undefined)
    throw new Error(`${operation} was answered without its capacity`);
  const units = [answer.ConsumedCapacity]
    .flat()
    .reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  return WRITES.has(operation) ? { readUnits: 0, writeUnits: units } : { readUnits: units, writeUnits: 0 };
}

function refusedWriteUnits({ request, answer }: Exchange): number {
  const error = answer.__type?.split('#').at(-1);
  if (error === 'ConditionalCheckFailedException') return writeUnitsOf(sizeOf(answer.Item));
  if (error !== 'TransactionCanceledException') return 0;
  return (request.TransactItems ?? []).reduce((sum, { Put }, index) => {
    const standing = answer.CancellationReasons?.[index]?.Item;
    return sum + 2 * writeUnitsOf(sizeOf(Put?.Item), sizeOf(standing));
  }, 0);
}

function sizeOf(item: Item | undefined): number {
  return item === undefined ? 0 : itemSizeBytes(unmarshall(item));
}
