import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { isPutMessage } from './kinesis-message.js';
import { SupervisedProcess, type ProcessEvent } from '../../processes/supervised-process.js';

/** Which Kinesis the streams live in, and whether it refuses what is beyond the limits of a shard. */
export interface KinesisChoice {
  readonly engine: 'kinesalite' | 'kinesis-local';
  readonly limits: boolean;
}

export interface KinesisEngineOptions {
  /** The bundled `kinesalite-server` program. */
  readonly serverEntry: string;
  readonly port: number;
  /** The store is in `kinesis/` below it. */
  readonly dataDir: string;
  readonly logFile: string;
  readonly region: string;
  readonly accountId: string;
  clock(): number;
  onEvent(event: ProcessEvent): void;
  /** Records have been put, at least once since the last call. */
  onPut?(): void;
}

export interface KinesisEngine {
  readonly endpoint: string;
  readonly client: KinesisClient;
  pids(): number[];
  restartCount(): number;
  close(): Promise<void>;
}

/** Starts kinesalite and waits until it answers. @throws RuntimeError `engine_failed`. */
export async function startKinesisEngine(options: KinesisEngineOptions): Promise<KinesisEngine> {
  const path = join(options.dataDir, 'kinesis');
  await mkdir(path, { recursive: true });
  const endpoint = `http://127.0.0.1:${options.port}`;
  const client = kinesisClient(endpoint, options.region);
  const probe = probeClient(endpoint, options.region);
  const supervised = await SupervisedProcess.start({
    name: 'The Kinesis engine',
    spec: {
      entry: options.serverEntry,
      args: ['--port', String(options.port), '--path', path],
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

/** A client over HTTP/1.1: the SDK's own choice for Kinesis is HTTP/2, which kinesalite does not speak. */
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
