import { marshall } from '@aws-sdk/util-dynamodb';
import { billedUnits, type DynamoAnswer, type DynamoRequest } from './billed-units.js';

const billed = (operation: string, status: number, answer: DynamoAnswer, request: DynamoRequest = {}) =>
  billedUnits({ operation, status, answer, request });
const itemOf = (bytes: number) => marshall({ pk: 'x'.repeat(bytes - 2) });

describe('what is charged', () => {
  it('is what the answer states, as reads or as writes', () => {
    expect(billed('PutItem', 200, { ConsumedCapacity: { CapacityUnits: 2 } })).toEqual({
      readUnits: 0,
      writeUnits: 2,
    });
    const tables = [{ CapacityUnits: 1 }, { CapacityUnits: 1.5 }];
    expect(billed('BatchGetItem', 200, { ConsumedCapacity: tables })).toEqual({
      readUnits: 2.5,
      writeUnits: 0,
    });
  });

  it('is the size of the standing item where a condition failed, at least one unit', () => {
    const refused = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' };
    expect(billed('UpdateItem', 400, refused).writeUnits).toBe(1);
    expect(billed('UpdateItem', 400, { ...refused, Item: itemOf(1024) }).writeUnits).toBe(1);
    expect(billed('UpdateItem', 400, { ...refused, Item: itemOf(1025) }).writeUnits).toBe(2);
  });

  it('is each item of a cancelled transaction twice', () => {
    const cancelled = { __type: 'TransactionCanceledException' };
    const request = { TransactItems: [{ Put: { Item: itemOf(1025) } }, {}] };
    expect(billed('TransactWriteItems', 400, cancelled, request).writeUnits).toBe(2 * 2 + 2 * 1);
  });

  it('is nothing for a request that was not carried out', () => {
    const throttled = { __type: 'ProvisionedThroughputExceededException' };
    expect(billed('PutItem', 400, throttled)).toEqual({ readUnits: 0, writeUnits: 0 });
    expect(billed('CreateTable', 200, {})).toEqual({ readUnits: 0, writeUnits: 0 });
  });

  it('is never guessed', () => {
    expect(() => billed('Query', 200, {})).toThrow('Query was answered without its capacity');
  });
});
