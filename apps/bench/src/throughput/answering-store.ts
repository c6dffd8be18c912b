import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { itemSizeBytes, writeUnitsOf } from '@weir/dynamo-repo';
import { NOTHING, addExchange, type MeterReading } from '../metering/meter-reading.js';
import { METER_PATH } from '../metering/metering-proxy.js';

type Item = Readonly<Record<string, AttributeValue>>;

interface Request {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ScanIndexForward?: boolean;
  readonly ExpressionAttributeValues?: Item;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[] }>>;
}

/**
 * Answers DynamoDB's protocol at once, as far as a container needs to become warm: it keeps what is put, whatever the
 * condition, and finds it again. Its meter is read as that of the metering proxy.
 */
export async function startAnsweringStore(): Promise<Server> {
  const partitions = new Map<string, Map<string, Item>>();
  let reading: MeterReading = NOTHING;
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming);
    if (incoming.url === METER_PATH) {
      outgoing.setHeader('content-type', 'application/json').end(JSON.stringify(reading));
      reading = NOTHING;
      return;
    }
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
    const request = JSON.parse(body) as Request;
    const writeUnits = request.Item === undefined ? 0 : unitsOf(request.Item);
    const answer = JSON.stringify(answerTo(operation, request, writeUnits, partitions));
    reading = addExchange(reading, {
      operation,
      readUnits: 0,
      writeUnits,
      requestBytes: Buffer.byteLength(body),
      answerBytes: Buffer.byteLength(answer),
    });
    outgoing.setHeader('content-type', 'application/x-amz-json-1.0').end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** @throws Error for an operation that warm containers do not need */
function answerTo(
  operation: string,
  { Item, Key, ScanIndexForward, ExpressionAttributeValues, RequestItems }: Request,
  units: number,
  partitions: Map<string, Map<string, Item>>,
): object {
  const find = (key: Item): Item | undefined => partitions.get(text(key['pk']))?.get(text(key['sk']));
  switch (operation) {
    case 'PutItem': {
      const partition = partitions.get(text(Item?.['pk'])) ?? new Map<string, Item>();
      partitions.set(text(Item?.['pk']), partition.set(text(Item?.['sk']), Item ?? {}));
      return { ConsumedCapacity: { CapacityUnits: units } };
    }
    case 'GetItem':
      return { Item: find(Key ?? {}) };
    case 'BatchGetItem': {
      const tables = Object.entries(RequestItems ?? {});
      const found = tables.map(([name, { Keys }]) => [
        name,
        Keys.map(find).filter((item) => item !== undefined),
      ]);
      return { Responses: Object.fromEntries(found) as object, UnprocessedKeys: {} };
    }
    case 'Query': {
      const { ':pk': pk, ':from': from, ':to': to } = ExpressionAttributeValues ?? {};
      const sorted = [...(partitions.get(text(pk)) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      const found = sorted.filter(([sk]) => sk >= text(from) && sk <= text(to)).map(([, item]) => item);
      return { Items: ScanIndexForward === false ? found.reverse() : found, Count: found.length };
    }
    default:
      throw new Error(`the store does not know ${operation}`);
  }
}

function text(value: AttributeValue | undefined): string {
  if (value?.S === undefined) throw new Error('a key is not text');
  return value.S;
}

function unitsOf(item: Item): number {
  return writeUnitsOf(itemSizeBytes(unmarshall({ ...item })));
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return String(Buffer.concat(chunks));
}
