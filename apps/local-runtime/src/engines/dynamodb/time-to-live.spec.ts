/**
 * The deletion of expired items, on a real DynamoDB engine.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { startTestDynamodb, type TestDynamodb } from './testing/test-dynamodb.js';
import { startTimeToLive, type RunningTimeToLive, type TimeToLiveOptions } from './time-to-live.js';

// Bounds a hang only: no test depends on how fast the machine is.
jest.setTimeout(60_000);

const now = 1_800_000_000;
const year = 365 * 86_400;

let dynamodb: TestDynamodb;
let tableName: string;
let running: RunningTimeToLive | undefined;
let deleted: number;
let troubles: string[];

beforeAll(async () => {
  dynamodb = await startTestDynamodb();
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  [deleted, troubles] = [0, []];
  tableName = await dynamodb.createTable({
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
});
afterEach(async () => {
  await running?.close();
  running = undefined;
});

function start(overrides: Partial<TimeToLiveOptions> = {}): void {
  running = startTimeToLive({
    client: dynamodb.client,
    tables: [{ tableName, attribute: 'expires' }],
    periodMs: 5,
    clock: () => now * 1000,
    onDeleted: (table, count) => {
      expect(table).toBe(tableName);
      deleted += count;
    },
    onTrouble: (message) => troubles.push(message),
    ...overrides,
  });
}

async function put(sk: number, expires?: AttributeValue): Promise<void> {
  const Item = { pk: { S: 'a' }, sk: { N: String(sk) }, ...(expires === undefined ? {} : { expires }) };
  await dynamodb.client.send(new PutItemCommand({ TableName: tableName, Item }));
}

async function left(): Promise<number[]> {
  const { Items = [] } = await dynamodb.client.send(
    new ScanCommand({ TableName: tableName, ConsistentRead: true }),
  );
  return Items.map(({ sk }) => Number(sk?.N)).sort((a, b) => a - b);
}

async function untilDeleted(count: number): Promise<void> {
  while (deleted < count) await delay(5);
}

it('deletes what has expired, and nothing else', async () => {
  await put(1, { N: String(now - 1) });
  await put(2, { N: String(now - 5 * year + 1) });
  await put(3, { N: String(now + 1) });
  await put(4, { N: String(now) });
  await put(5);
  await put(6, { S: String(now - 1) });
  // A time so long ago is taken for a mistake.
  await put(7, { N: String(now - 5 * year - 1) });
  await put(8, { N: '0' });
  start();
  await untilDeleted(2);
  expect(await left()).toEqual([3, 4, 5, 6, 7, 8]);
  expect(deleted).toBe(2);
});

it('deletes what expires later, when its time has come', async () => {
  let nowSeconds = now;
  start({ clock: () => nowSeconds * 1000 });
  await put(1, { N: String(now + 10) });
  await put(2, { N: String(now + 20) });
  nowSeconds = now + 11;
  await untilDeleted(1);
  expect(await left()).toEqual([2]);
  nowSeconds = now + 21;
  await untilDeleted(2);
  expect(await left()).toEqual([]);
});

it('goes through every page of a table', async () => {
  const total = 600;
  for (let from = 0; from < total; from += 25) {
    const requests = Array.from({ length: 25 }, (_, index) => ({
      PutRequest: {
        Item: {
          pk: { S: 'a' },
          sk: { N: String(from + index) },
          expires: { N: String((from + index) % 100 === 99 ? now + 100 : now - 100) },
        },
      },
    }));
    await dynamodb.client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
  start();
  await untilDeleted(594);
  expect(await left()).toEqual(Array.from({ length: 6 }, (_, index) => index * 100 + 99));
});

it('leaves an item whose expiry is put off while it is being swept', async () => {
  await put(1, { N: String(now - 1) });
  await put(2, { N: String(now - 1) });
  const client = dynamodb.newClient();
  let wasPutOff = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === 'DeleteItemCommand' && !wasPutOff) {
        wasPutOff = true;
        await put(1, { N: String(now + 100) });
        await put(2, { N: String(now + 100) });
      }
      return next(args);
    },
    { step: 'initialize', name: 'putOff' },
  );
  start({ client });
  while (!wasPutOff) await delay(5);
  await running?.close();
  expect(await left()).toEqual([1, 2]);
  expect(deleted).toBe(0);
});

it('says once that it fails, and goes on when it can', async () => {
  await put(1, { N: String(now - 1) });
  const client = dynamodb.newClient();
  let failures = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      failures += 1;
      if (failures <= 3) throw new Error('the engine is just being started');
      return next(args);
    },
    { step: 'initialize', name: 'failing' },
  );
  start({ client });
  await untilDeleted(1);
  expect(await left()).toEqual([]);
  expect(troubles).toEqual([
    'Deleting expired items failed and is tried again: the engine is just being started',
  ]);
});

it('ends at once when it is closed', async () => {
  start({ periodMs: 3_600_000 });
  await running?.close();
  expect(troubles).toEqual([]);
});
