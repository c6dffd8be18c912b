import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  type CreateTableCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  clientSettings,
  serviceAt,
  startProgramEngine,
  type EngineUnderTest,
} from '../../../testing/engine-under-test.js';
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
const testedDynamodb = process.env.WEIR_TEST_DYNAMODB ?? 'dynoxide';

export async function startTestDynamodb(): Promise<TestDynamodb> {
  const engine = serviceAt(testedDynamodb) ?? (await startEngine());
  const clients: DynamoDBClient[] = [];
  const newClient = (): DynamoDBClient => {
    const client = new DynamoDBClient(clientSettings(engine.endpoint));
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

function startEngine(): Promise<EngineUnderTest> {
  const choice = engineChoice();
  return startProgramEngine((options, { supervisor }) =>
    startDynamodbEngine({ ...options, choice, supervisorEntry: supervisor }),
  );
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
