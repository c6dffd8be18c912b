import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SupervisedProcess, type ProcessEvent } from '../../processes/supervised-process.js';
import { reasonOf, RuntimeError } from '../../runtime-error.js';
import { dynamodbLocalProgram, dynoxideProgram, type EngineProgram } from './engine-programs.js';

/** Which DynamoDB the tables live in. */
export type DynamodbChoice =
  | { readonly kind: 'dynoxide' }
  | { readonly kind: 'dynamodb-local'; readonly jar: string | undefined }
  | { readonly kind: 'endpoint'; readonly url: string };

export interface DynamodbEngineOptions {
  readonly choice: DynamodbChoice;
  /** The bundled supervisor program. */
  readonly supervisorEntry: string;
  /** A file from whose place npm packages are looked up. */
  readonly modulesFrom: string;
  readonly port: number;
  readonly dataDir: string;
  readonly logFile: string;
  readonly region: string;
  clock(): number;
  onEvent(event: ProcessEvent): void;
}

export interface DynamodbEngine {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  pids(): number[];
  restartCount(): number;
  close(): Promise<void>;
}

/**
 * Starts the chosen engine and waits until it answers.
 *
 * @throws RuntimeError `engine_missing` when its program is not installed, `engine_failed` when it does not answer.
 */
export async function startDynamodbEngine(options: DynamodbEngineOptions): Promise<DynamodbEngine> {
  if (options.choice.kind === 'endpoint') return connect(options.choice.url, options.region);
  const folder = join(options.dataDir, 'dynamodb');
  await mkdir(folder, { recursive: true });
  const program =
    options.choice.kind === 'dynoxide'
      ? dynoxideProgram(folder, options.port, options.modulesFrom)
      : await dynamodbLocalProgram(folder, options.port, options.choice.jar);
  return supervise(options, program);
}

async function supervise(options: DynamodbEngineOptions, program: EngineProgram): Promise<DynamodbEngine> {
  const endpoint = `http://127.0.0.1:${options.port}`;
  const client = dynamodbClient(endpoint, options.region, 5);
  const probe = dynamodbClient(endpoint, options.region, 1);
  const supervised = await SupervisedProcess.start({
    name: 'The DynamoDB engine',
    spec: {
      entry: options.supervisorEntry,
      args: [program.command, ...program.args],
      output: { file: options.logFile },
      ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    },
    probe: async () => {
      await probe.send(new ListTablesCommand({ Limit: 1 }));
    },
    readyTimeoutMs: program.readyTimeoutMs,
    stopGraceMs: 3_000,
    restartDelayMs: 100,
    clock: options.clock,
    onEvent: options.onEvent,
  });
  return {
    endpoint,
    client,
    pids: () => supervised.pids(),
    restartCount: () => supervised.restartCount(),
    close: async () => {
      client.destroy();
      probe.destroy();
      await supervised.close();
    },
  };
}

async function connect(url: string, region: string): Promise<DynamodbEngine> {
  const client = dynamodbClient(url, region, 5);
  try {
    await client.send(new ListTablesCommand({ Limit: 1 }));
  } catch (error) {
    client.destroy();
    throw new RuntimeError(
      'engine_failed',
      `No DynamoDB answers at ${url} (${reasonOf(error)}): start it, or leave --dynamodb-endpoint away.`,
      { cause: error },
    );
  }
  return {
    endpoint: url,
    client,
    pids: () => [],
    restartCount: () => 0,
    close: async () => client.destroy(),
  };
}

function dynamodbClient(endpoint: string, region: string, maxAttempts: number): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: 10_000 }),
    maxAttempts,
  });
}
