import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { RuntimeError } from '../../runtime-error.js';

export interface TableDefinition {
  readonly create: CreateTableCommandInput;
  /** The attribute that holds the time of expiry, in seconds. */
  readonly timeToLiveAttribute?: string;
}

const activeAttemptsMax = 250;
const activeIntervalMs = 20;

/**
 * Creates the table if it is missing, waits until it is active, and switches its TTL on; an existing table keeps its
 * items. Idempotent.
 *
 * @throws RuntimeError `state_mismatch` when an existing table has other keys or indexes than the template.
 */
export async function ensureTable(client: DynamoDBClient, definition: TableDefinition): Promise<void> {
  const tableName = definition.create.TableName ?? '';
  const existing = await describe(client, tableName);
  if (existing === undefined) await client.send(new CreateTableCommand(definition.create));
  else checkSame(tableName, definition.create, existing);
  await waitUntilActive(client, tableName);
  if (definition.timeToLiveAttribute !== undefined) {
    await ensureTimeToLive(client, tableName, definition.timeToLiveAttribute);
  }
}

async function ensureTimeToLive(client: DynamoDBClient, tableName: string, attribute: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: tableName }),
  );
  const status = TimeToLiveDescription?.TimeToLiveStatus;
  if (status === 'ENABLED' || status === 'ENABLING') return;
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  );
}

function checkSame(tableName: string, wanted: CreateTableCommandInput, found: TableDescription): void {
  const wantedShape = shape(wanted.KeySchema, wanted.GlobalSecondaryIndexes, wanted.LocalSecondaryIndexes);
  const foundShape = shape(found.KeySchema, found.GlobalSecondaryIndexes, found.LocalSecondaryIndexes);
  if (wantedShape === foundShape) return;
  throw new RuntimeError(
    'state_mismatch',
    `The table ${tableName} has other keys or indexes (${foundShape}) than the template (${wantedShape}): start with --fresh to create it anew, or use another --data-dir.`,
  );
}

interface IndexShape {
  readonly IndexName?: string | undefined;
  readonly KeySchema?: readonly KeySchemaElement[] | undefined;
}

function shape(
  keys: readonly KeySchemaElement[] | undefined,
  globalIndexes: readonly IndexShape[] | undefined,
  localIndexes: readonly IndexShape[] | undefined,
): string {
  const indexes = [...(globalIndexes ?? []), ...(localIndexes ?? [])]
    .map((index) => `${index.IndexName ?? ''}: ${keyText(index.KeySchema)}`)
    .sort();
  return [`keys: ${keyText(keys)}`, ...indexes].join('; ');
}

function keyText(keys: readonly KeySchemaElement[] | undefined): string {
  return (keys ?? []).map((key) => `${key.AttributeName ?? ''} ${key.KeyType ?? ''}`).join(', ');
}

async function waitUntilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let attempt = 0; attempt < activeAttemptsMax; attempt += 1) {
    if ((await describe(client, tableName))?.TableStatus === 'ACTIVE') return;
    await delay(activeIntervalMs);
  }
  throw new RuntimeError(
    'engine_failed',
    `The table ${tableName} did not become active: start with --fresh to begin anew.`,
  );
}

async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
