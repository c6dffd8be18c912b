import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { createDynamoRepositories } from '@weir/dynamo-repo';
import {
  CallJournal,
  createObservability,
  createSegmentSender,
  loadTracer,
  putSegments,
  type Observability,
} from '@weir/observability';
import { readConfig, type ProcessConfig } from './config.js';
import { DeviceMemory } from './device-memory.js';
import type { ProcessPorts, ProcessSettings } from './process-batch.js';
import { createRegistryCache } from './registry-cache.js';
import { readS3Location, type S3Location } from './s3-location.js';
import { S3PutClient } from './s3-put-client.js';
import { createS3Quarantine } from './s3-quarantine.js';
import type { BatchTracing } from './trace-batch.js';

/** The function, put together once a cold start. */
export interface Composition {
  readonly config: ProcessConfig;
  readonly observability: Observability;
  readonly ports: ProcessPorts;
  readonly settings: ProcessSettings;
  readonly batchTracing: BatchTracing;
}

/** At about 1.5 KB a block, this many never outweigh the cache's bound in bytes. */
const CACHED_BLOCKS_MAX = 50_000;

/**
 * Reads the environment and builds every client.
 *
 * @throws EnvironmentError naming a variable that is missing or wrong
 */
export function compose(environment: Readonly<Record<string, string | undefined>>): Composition {
  const config = readConfig(environment);
  const clock = Date.now;
  const observability = createObservability('process-fn', config.stage, { loadTracer });
  const journal = new CallJournal(clock);
  const traced = <Client extends object>(client: Client): Client =>
    journal.attach(observability.tracing.captureClient(client));
  const repositories = createDynamoRepositories({
    client: DynamoDBDocumentClient.from(traced(dynamoClient(config))),
    tableName: config.tableName,
    blockMinutes: config.blockMinutes,
    clock,
    random: Math.random,
  });
  const ports: ProcessPorts = {
    repositories,
    registry: createRegistryCache({ devices: repositories.devices, maxAgeMs: config.registryCacheMs, clock }),
    quarantine: createS3Quarantine(traced(s3Client(config.quarantineBucket, readS3Location(environment)))),
    memory: new DeviceMemory({ blocksMax: CACHED_BLOCKS_MAX, bytesMax: config.cacheBytesMax }),
    clock,
    random: Math.random,
    sleep: async (durationMs) => {
      await sleep(durationMs);
    },
    surround: (deviceId, begin) => journal.within(deviceId, begin),
  };
  const settings: ProcessSettings = {
    blockMs: config.blockMinutes * 60_000,
    deviceConcurrency: config.deviceConcurrency,
    roundSlotsMax: 24,
    conflictTriesMax: 8,
  };
  const batchTracing: BatchTracing = {
    journal,
    clock,
    sender: createSegmentSender({
      daemonAddress: environment['AWS_XRAY_DAEMON_ADDRESS'],
      put: putSegments,
      onTrouble: (error) => observability.logger.warn('Segments were not sent.', error),
    }),
  };
  return { config, observability, ports, settings, batchTracing };
}

/** The repositories try again by themselves, within the batch's deadline, hence a single attempt here. */
function dynamoClient({ deviceConcurrency }: ProcessConfig): DynamoDBClient {
  const agent = { keepAlive: true, maxSockets: deviceConcurrency * 2 };
  return new DynamoDBClient({
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 3_000,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  });
}

function s3Client(bucket: string, location: S3Location): S3PutClient {
  const agent = { keepAlive: true };
  return new S3PutClient({
    bucket,
    location,
    credentials: fromEnv(),
    maxAttempts: 4,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 5_000,
      httpAgent: agent,
      httpsAgent: agent,
    }),
  });
}
