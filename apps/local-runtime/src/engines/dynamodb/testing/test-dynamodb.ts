import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import { findEnginePort } from '../../../processes/free-port.js';
import { buildPrograms } from '../../../testing/built-programs.js';
import { startDynamodbEngine, type DynamodbChoice } from '../dynamodb-engine.js';

/** A DynamoDB for one test file. */
export interface TestDynamodb {
  readonly client: DynamoDBClient;
  /** Another client, for a test to disturb. */
  newClient(): DynamoDBClient;
  /** Creates a table of its own for a test; it is deleted in the end. */
  createTable(schema: Omit<CreateTableCommandInput, 'TableName' | 'BillingMode'>): Promise<string>;
  close(): Promise<void>;
}

/**
 * What the suites of DynamoDB run on, from `WEIR_TEST_DYNAMODB`: `dynoxide` (also without the variable), `dynamodb-local`
 * (needs Java and `WEIR_DYNAMODB_LOCAL_JAR`), or the URL of a DynamoDB, which gets the credentials and the region of the
 * environment.
 */
export const testedDynamodb = process.env.WEIR_TEST_DYNAMODB ?? 'dynoxide';

export async function startTestDynamodb(): Promise<TestDynamodb> {
  const isUrl = /^https?:\/\//.test(testedDynamodb);
  const engine = isUrl ? { endpoint: testedDynamodb, close: async () => undefined } : await startEngine();
  const clients: DynamoDBClient[] = [];
  const newClient = (): DynamoDBClient => {
    const client = connect(engine.endpoint);
    clients.push(client);
    return client;
  };
  const client = newClient();
  const tables: string[] = [];
  return {
    client,
    newClient,
    createTable: async (schema) => {
      const TableName = `weir-test-${process.pid}-${Date.now()}-${tables.length}`;
      tables.push(TableName);
      await client.send(new CreateTableCommand({ ...schema, TableName, BillingMode: 'PAY_PER_REQUEST' }));
      await waitUntilTableExists({ client, maxWaitTime: 60, minDelay: 1 }, { TableName });
      return TableName;
    },
    close: async () => {
      for (const TableName of tables) await client.send(new DeleteTableCommand({ TableName }));
      for (const each of clients) each.destroy();
      await engine.close();
    },
  };
}

function connect(endpoint: string): DynamoDBClient {
  const local = process.env.AWS_ACCESS_KEY_ID === undefined && process.env.AWS_PROFILE === undefined;
  return new DynamoDBClient({
    endpoint,
    region: process.env.AWS_REGION ?? 'eu-west-1',
    ...(local ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  });
}

async function startEngine(): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const programs = buildPrograms();
  const dataDir = mkdtempSync(join(tmpdir(), 'weir-dynamodb-'));
  const worker = Number(process.env.JEST_WORKER_ID ?? 1);
  const engine = await startDynamodbEngine({
    choice: engineChoice(),
    supervisorEntry: programs.entries.supervisor,
    modulesFrom: __filename,
    port: await findEnginePort(21_000 + ((process.pid * 7 + worker) % 9_000), new Set(), Math.random),
    dataDir,
    logFile: join(dataDir, 'engine.log'),
    region: 'eu-west-1',
    clock: Date.now,
    onEvent: () => undefined,
  });
  return {
    endpoint: engine.endpoint,
    close: async () => {
      await engine.close();
      programs.remove();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function engineChoice(): DynamodbChoice {
  if (testedDynamodb === 'dynoxide') return { kind: 'dynoxide' };
  if (testedDynamodb === 'dynamodb-local') {
    return { kind: 'dynamodb-local', jar: process.env.WEIR_DYNAMODB_LOCAL_JAR };
  }
  throw new Error(
    `WEIR_TEST_DYNAMODB must be dynoxide, dynamodb-local or an http URL, not ${testedDynamodb}.`,
  );
}
