import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { isPutMessage } from './kinesis-message.js';
import { kinesisProgram, type KinesisEntries } from './kinesis-programs.js';
import { SupervisedProcess, type ProcessEvent } from '../../processes/supervised-process.js';

/** Which Kinesis the streams live in, and whether it refuses what is beyond the limits of a shard. */
export interface KinesisChoice {
  readonly engine: 'kinesalite' | 'kinesis-local';
  readonly limits: boolean;
}

export interface KinesisEngineOptions {
  readonly engine: KinesisChoice['engine'];
  readonly entries: KinesisEntries;
  /** A file from whose place npm packages are looked up. */
  readonly modulesFrom: string;
  readonly port: number;
  /** The store is in `kinesis/` below it, that of kinesis-local in `kinesis-local/`. */
  readonly dataDir: string;
  readonly logFile: string;
  readonly region: string;
  readonly accountId: string;
  clock(): number;
  onEvent(event: ProcessEvent): void;
  /** Records have been put, at least once since the last call. kinesis-local does not tell. */
  onPut?(): void;
}

export interface KinesisEngine {
  readonly endpoint: string;
  readonly client: KinesisClient;
  pids(): number[];
  restartCount(): number;
  close(): Promise<void>;
}

/**
 * Starts the engine and waits until it answers.
 *
 * @throws RuntimeError `engine_missing` when its program is not installed, `engine_failed` when it does not answer.
 */
export async function startKinesisEngine(options: KinesisEngineOptions): Promise<KinesisEngine> {
  const path = join(options.dataDir, options.engine === 'kinesalite' ? 'kinesis' : options.engine);
  const program = kinesisProgram(options.engine, { ...options, path });
  await mkdir(path, { recursive: true });
  const endpoint = `http://127.0.0.1:${options.port}`;
  const client = kinesisClient(endpoint, options.region);
  const probe = probeClient(endpoint, options.region);
  const supervised = await SupervisedProcess.start({
    name: 'The Kinesis engine',
    spec: {
      entry: program.entry,
      args: program.args,
      output: { file: options.logFile },
      environment: { AWS_REGION: options.region, AWS_ACCOUNT_ID: options.accountId },
      onMessage: (message) => {
        if (isPutMessage(message)) options.onPut?.();
      },
    },
    probe: async () => {
      await probe.send(new ListStreamsCommand({ Limit: 1 }));
    },
    readyTimeoutMs: 15_000,
    stopGraceMs: program.stopGraceMs,
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

/** A client over HTTP/1.1: the SDK's own choice for Kinesis is HTTP/2, which the engines do not speak. */
export function kinesisClient(endpoint: string, region: string): KinesisClient {
  return new KinesisClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler({ connectionTimeout: 2_000, requestTimeout: 30_000 }),
    maxAttempts: 5,
  });
}

function probeClient(endpoint: string, region: string): KinesisClient {
  return new KinesisClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler({ connectionTimeout: 1_000, requestTimeout: 5_000 }),
    maxAttempts: 1,
  });
}
