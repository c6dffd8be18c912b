/**
 * What tables are relied on for, on a real DynamoDB engine.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
 */
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { ensureTable, type TableDefinition } from './ensure-table.js';
import { startTestDynamodb, type TestDynamodb } from './testing/test-dynamodb.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(120_000);

type Item = Record<string, AttributeValue>;

const schema: Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'> = {
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'site', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'bySite',
      KeySchema: [{ AttributeName: 'site', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
};

let dynamodb: TestDynamodb;
let tableName: string;

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  tableName = await dynamodb.createTable(schema);
});

const key = (sk: string, pk = 'a'): Item => ({ pk: { S: pk }, sk: { S: sk } });

async function put(sk: string, more: Item = {}, pk = 'a'): Promise<void> {
  await dynamodb.client.send(new PutItemCommand({ TableName: tableName, Item: { ...key(sk, pk), ...more } }));
}

describe('conditional writes', () => {
  it('that fail change nothing and bring the item back', async () => {
    await put('1', { version: { N: '3' } });
    const update = dynamodb.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key('1'),
        UpdateExpression: 'SET version = :next',
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':next': { N: '3' }, ':seen': { N: '2' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    const error: unknown = await update.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect((error as ConditionalCheckFailedException).Item).toEqual({ ...key('1'), version: { N: '3' } });
  });

  it('of which many run at once succeed for one', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        dynamodb.client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { ...key('1'), by: { N: String(index) } },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        ),
      ),
    );
    const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index] : []));
    expect(winners).toHaveLength(1);
    const { Item } = await dynamodb.client.send(
      new GetItemCommand({ TableName: tableName, Key: key('1'), ConsistentRead: true }),
    );
    expect(Item?.by).toEqual({ N: String(winners[0]) });
  });

  it('tell the new item', async () => {
    await put('1', { a: { N: '1' } });
    const { Attributes } = await dynamodb.client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key('1'),
        UpdateExpression: 'SET b = :b',
        ExpressionAttributeValues: { ':b': { B: Buffer.from([1, 2, 0]) } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(Attributes).toEqual({ ...key('1'), a: { N: '1' }, b: { B: new Uint8Array([1, 2, 0]) } });
  });
});

describe('queries', () => {
  async function pages(
    input: Omit<ConstructorParameters<typeof QueryCommand>[0], 'TableName'>,
  ): Promise<string[][]> {
    const found: string[][] = [];
    let from: Item | undefined;
    do {
      const page = await dynamodb.client.send(
        new QueryCommand({ ...input, TableName: tableName, ExclusiveStartKey: from }),
      );
      found.push((page.Items ?? []).map(({ sk }) => sk?.S ?? ''));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return found;
  }
  const ofA = {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: 'a' } },
    ConsistentRead: true,
  };

  it('come in the order of the sort key, either way, with a limit a page', async () => {
    for (const sk of ['3', '1', '10', '2']) await put(sk);
    await put('9', {}, 'b');
    expect((await pages(ofA)).flat()).toEqual(['1', '10', '2', '3']);
    expect((await pages({ ...ofA, ScanIndexForward: false })).flat()).toEqual(['3', '2', '10', '1']);
    const limited = await pages({ ...ofA, Limit: 3 });
    expect(limited[0]).toEqual(['1', '10', '2']);
    expect(limited.flat()).toEqual(['1', '10', '2', '3']);
  });

  it('return at most 1 MB a page', async () => {
    for (let index = 0; index < 8; index += 1) {
      await put(String(index), { data: { B: Buffer.alloc(200_000) } });
    }
    const found = await pages(ofA);
    expect(found.flat()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    for (const page of found) expect(page.length).toBeLessThanOrEqual(6);
  });

  it('of an index find the items that have its key', async () => {
    await put('1', { site: { S: 'north' } });
    await put('2');
    await put('3', { site: { S: 'south' } });
    const input = {
      IndexName: 'bySite',
      KeyConditionExpression: 'site = :site',
      ExpressionAttributeValues: { ':site': { S: 'north' } },
    };
    // An index follows its table in its own time.
    let found = await pages(input);
    while (found.flat().length === 0) found = await pages(input);
    expect(found.flat()).toEqual(['1']);
  });
});

describe('limits', () => {
  it('refuse an item above 400 KB', async () => {
    await expect(put('1', { data: { B: Buffer.alloc(409_700) } })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await put('2', { data: { B: Buffer.alloc(400_000) } });
  });

  it('let a batch read 100 keys, and no more', async () => {
    const read = (count: number) =>
      dynamodb.client.send(
        new BatchGetItemCommand({
          RequestItems: { [tableName]: { Keys: Array.from({ length: count }, (_, sk) => key(String(sk))) } },
        }),
      );
    await put('7');
    expect((await read(100)).Responses?.[tableName]).toEqual([key('7')]);
    await expect(read(101)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a table of the template', () => {
  const definition = (): TableDefinition => ({
    create: { ...schema, TableName: tableName, BillingMode: 'PAY_PER_REQUEST' },
    timeToLiveAttribute: 'expires',
  });

  it('keeps its items when it is there, and gets its TTL', async () => {
    await put('1');
    for (let start = 0; start < 2; start += 1) {
      await ensureTable(dynamodb.client, definition());
    }
    const { Item } = await dynamodb.client.send(new GetItemCommand({ TableName: tableName, Key: key('1') }));
    expect(Item).toEqual(key('1'));
    const { TimeToLiveDescription } = await dynamodb.client.send(
      new DescribeTimeToLiveCommand({ TableName: tableName }),
    );
    expect(TimeToLiveDescription?.AttributeName).toBe('expires');
  });

  it('is refused when it has other keys', async () => {
    const { create } = definition();
    const other: TableDefinition = {
      create: { ...create, KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
    };
    await expect(ensureTable(dynamodb.client, other)).rejects.toMatchObject({ code: 'state_mismatch' });
  });
});
