import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableDefinition } from './table-definition.js';

const READY_WITHIN_MS = 30_000;
const READY_POLL_MS = 25;

/** A DynamoDB of one's own on loopback, with one empty table. */
export interface DynamoEngine {
  readonly endpoint: string;
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** Another client of the same engine, with middleware of its own. */
  connect(): DynamoDBDocumentClient;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function untilReady(client: DynamoDBClient, child: ChildProcess): Promise<void> {
  const giveUpMs = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (child.exitCode !== null) {
        throw new Error(`the engine ended with ${child.exitCode} before it was ready`, { cause: error });
      }
      if (Date.now() > giveUpMs) throw new Error('the engine did not become ready', { cause: error });
      await delay(READY_POLL_MS);
    }
  }
}

async function startEngine(spawnAt: (port: number) => ChildProcess): Promise<DynamoEngine> {
  const port = await freePort();
  const child = spawnAt(port);
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  const endpoint = `http://127.0.0.1:${port}`;
  const clients: DynamoDBClient[] = [];
  const connect = (): DynamoDBClient => {
    const client = new DynamoDBClient({
      endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    clients.push(client);
    return client;
  };
  const client = connect();
  const tableName = 'contract';
  const stop = async (): Promise<void> => {
    for (const each of clients) each.destroy();
    await kill(child);
  };
  try {
    await Promise.race([untilReady(client, child), failed]);
    await client.send(new CreateTableCommand(tableDefinition(tableName)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    client: DynamoDBDocumentClient.from(client),
    tableName,
    connect: () => DynamoDBDocumentClient.from(connect()),
    stop,
  };
}

/** dynoxide is an optional dependency, as it is built for one platform only; there it has to be present. */
const DYNOXIDE_RUNS_HERE = process.platform === 'linux' && process.arch === 'x64';

/** dynoxide, in memory, on a free port. Found from the working directory, as this module is loaded in both module systems. */
function startDynoxide(): Promise<DynamoEngine> {
  const { resolve } = createRequire(join(process.cwd(), 'package.json'));
  const folder = dirname(resolve('@dynoxide/linux-x64/package.json'));
  return startEngine((port) =>
    spawn(join(folder, 'dynoxide'), ['--port', String(port)], { stdio: 'ignore' }),
  );
}

/** DynamoDB Local from its jar, in memory, on a free port. Needs `java` on the path. */
function startDynamoDbLocal(jar: string): Promise<DynamoEngine> {
  const folder = dirname(jar);
  const libraries = `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`;
  return startEngine((port) =>
    spawn('java', [libraries, '-jar', jar, '-inMemory', '-port', String(port)], {
      cwd: folder,
      stdio: 'ignore',
    }),
  );
}

/** An engine that tests can run on this machine. */
interface EngineHere {
  readonly name: string;
  start(): Promise<DynamoEngine>;
}

/**
 * The real engines that run here: dynoxide, and with `WEIR_DYNAMODB_LOCAL_JAR` (the path of DynamoDBLocal.jar) DynamoDB Local.
 *
 * @throws Error when the variable is set and there is no `java` to run the jar with: what was asked for is not left out in silence.
 */
export function enginesHere(): readonly EngineHere[] {
  const engines: EngineHere[] = DYNOXIDE_RUNS_HERE ? [{ name: 'dynoxide', start: startDynoxide }] : [];
  const jar = process.env.WEIR_DYNAMODB_LOCAL_JAR;
  if (jar === undefined || jar === '') return engines;
  if (spawnSync('java', ['-version']).status !== 0) {
    throw new Error(
      `WEIR_DYNAMODB_LOCAL_JAR is set to ${jar}, but there is no java on the path to run it with`,
    );
  }
  return [...engines, { name: 'DynamoDB Local', start: () => startDynamoDbLocal(jar) }];
}

/** One `describe` for each engine that runs here; where there is none, a skipped one that says so. */
export function describeOnEngines(title: string, suite: (engine: EngineHere) => void): void {
  const engines = enginesHere();
  for (const engine of engines) describe(`${title}: ${engine.name}`, () => suite(engine));
  if (engines.length === 0) {
    it.skip(`${title}: dynoxide, which is not built for this platform`, () => {});
  }
}
