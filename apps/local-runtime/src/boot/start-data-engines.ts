import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startTimeToLive } from '../engines/dynamodb/time-to-live.js';
import { ensureTable, type TableDefinition } from '../engines/dynamodb/ensure-table.js';
import { startDynamodbEngine } from '../engines/dynamodb/dynamodb-engine.js';
import { ensureStream } from '../engines/kinesis/ensure-stream.js';
import { startLimitingServer } from '../engines/kinesis/limiting-server.js';
import { startKinesisEngine, type KinesisEngine } from '../engines/kinesis/kinesis-engine.js';
import { startS3Server } from '../engines/s3/s3-server.js';
import { findEnginePort } from '../processes/free-port.js';
import type { ProcessEvent } from '../processes/supervised-process.js';
import { tableDefinition } from '../resources/dynamodb-table.js';
import { streamDefinition } from '../resources/kinesis-stream.js';
import { resourcesOfType, type RunningCloud } from './boot-context.js';

/** Starts the engines that keep data, at the same time, each with what the template puts into it. */
export async function startDataEngines(cloud: RunningCloud): Promise<void> {
  const { portBase, random } = cloud.options;
  const taken = new Set([portBase, portBase + 1, portBase + 2]);
  const ports: number[] = [];
  for (let offset = 3; offset < 6; offset += 1) {
    const port = await findEnginePort(portBase + offset, taken, random);
    taken.add(port);
    ports.push(port);
  }
  const [kinesisPort = 0, dynamodbPort = 0, s3Port = 0] = ports;
  const starts = [
    startKinesis(cloud, kinesisPort),
    startDynamodb(cloud, dynamodbPort),
    startS3(cloud, s3Port),
  ];
  const outcomes = await Promise.allSettled(starts);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function startKinesis(cloud: RunningCloud, port: number): Promise<void> {
  const resources = resourcesOfType(cloud.options.plan, 'AWS::Kinesis::Stream');
  if (resources.length === 0) return;
  const { plan, dataDir, engines, entries, modulesFrom, clock } = cloud.options;
  const engine = await startKinesisEngine({
    engine: engines.kinesis.engine,
    entries,
    modulesFrom,
    port,
    dataDir,
    logFile: join(dataDir, 'logs', 'engine-kinesis.log'),
    region: plan.environment.region,
    accountId: plan.environment.accountId,
    clock,
    onEvent: (event) => report(cloud, event),
    onPut: () => {
      for (const mapping of cloud.mappings) mapping.wake();
    },
  });
  cloud.shutdown.add('The Kinesis engine', () => engine.close());
  const endpoint = engines.kinesis.limits ? await limitShards(cloud, engine) : engine.endpoint;
  cloud.engines.set('kinesis', () => ({
    endpoint,
    pids: engine.pids(),
    restarts: engine.restartCount(),
  }));
  for (const resource of resources) await ensureStream(engine.client, streamDefinition(resource));
  const streamsByArn = new Map(
    resources.map(({ identity }) => [identity.attributes.Arn ?? '', identity.ref]),
  );
  cloud.kinesis = { client: engine.client, endpoint: engine.endpoint, streamsByArn };
}

async function limitShards(cloud: RunningCloud, engine: KinesisEngine): Promise<string> {
  const server = await startLimitingServer({
    engineUrl: engine.endpoint,
    kinesis: engine.client,
    clock: cloud.options.clock,
  });
  cloud.shutdown.add('The limits of shards', () => server.close());
  return server.endpoint;
}

async function startDynamodb(cloud: RunningCloud, port: number): Promise<void> {
  const resources = resourcesOfType(cloud.options.plan, 'AWS::DynamoDB::Table');
  if (resources.length === 0) return;
  const { plan, dataDir, dynamodb, entries, modulesFrom, clock } = cloud.options;
  const engine = await startDynamodbEngine({
    choice: dynamodb,
    supervisorEntry: entries.supervisor,
    modulesFrom,
    port,
    dataDir,
    logFile: join(dataDir, 'logs', 'engine-dynamodb.log'),
    region: plan.environment.region,
    clock,
    onEvent: (event) => report(cloud, event),
  });
  cloud.shutdown.add('The DynamoDB engine', () => engine.close());
  cloud.engines.set('dynamodb', () => ({
    endpoint: engine.endpoint,
    pids: engine.pids(),
    restarts: engine.restartCount(),
  }));
  const tables = resources.map(tableDefinition);
  for (const table of tables) await ensureTable(engine.client, table);
  cloud.dynamodb = { client: engine.client };
  if (dynamodb.kind !== 'endpoint') deleteExpiredItems(cloud, engine.client, tables);
}

/** A DynamoDB that somebody else runs deletes, or keeps, what has expired as it pleases. */
function deleteExpiredItems(
  cloud: RunningCloud,
  client: DynamoDBClient,
  tables: readonly TableDefinition[],
): void {
  const { engines, clock, notify } = cloud.options;
  const expiring = tables.flatMap(({ create, timeToLiveAttribute: attribute }) =>
    attribute === undefined ? [] : [{ tableName: create.TableName ?? '', attribute }],
  );
  if (engines.timeToLivePeriodSeconds === 0 || expiring.length === 0) return;
  const running = startTimeToLive({
    client,
    tables: expiring,
    periodMs: engines.timeToLivePeriodSeconds * 1000,
    clock,
    onDeleted: (TableName, count) => {
      const name = 'TimeToLiveDeletedItemCount';
      const dimensions = { TableName };
      cloud.logs.metrics.add({ namespace: 'AWS/DynamoDB', name, unit: 'Count', dimensions, values: [count] });
    },
    onTrouble: notify,
  });
  cloud.shutdown.add('The deletion of expired items', () => running.close());
}

async function startS3(cloud: RunningCloud, port: number): Promise<void> {
  const resources = resourcesOfType(cloud.options.plan, 'AWS::S3::Bucket');
  if (resources.length === 0) return;
  const server = await startS3Server({
    folder: join(cloud.options.dataDir, 's3'),
    buckets: resources.map(({ identity }) => identity.ref),
    port,
    onError: cloud.options.notify,
  });
  cloud.shutdown.add('The S3 engine', () => server.close());
  cloud.engines.set('s3', () => ({ endpoint: server.endpoint, pids: [process.pid], restarts: 0 }));
  cloud.s3 = server;
}

function report(cloud: RunningCloud, event: ProcessEvent): void {
  cloud.options.notify(event.message);
}
