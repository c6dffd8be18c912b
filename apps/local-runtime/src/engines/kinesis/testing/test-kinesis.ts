import type { AddressInfo } from 'node:net';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
} from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import kinesalite from 'kinesalite';
import {
  clientSettings,
  serviceAt,
  startProgramEngine,
  type EngineUnderTest,
} from '../../../testing/engine-under-test.js';
import { startKinesisEngine } from '../kinesis-engine.js';

/** A Kinesis for one test file. */
export interface TestKinesis {
  readonly endpoint: string;
  readonly kinesis: KinesisClient;
  close(): Promise<void>;
}

/**
 * What the suites of Kinesis run on, from `WEIR_TEST_KINESIS`: `kinesalite` (also without the variable), `kinesis-local`, or
 * the URL of a Kinesis, which gets the credentials and the region of the environment.
 */
const testedKinesis = process.env.WEIR_TEST_KINESIS ?? 'kinesalite';

export async function startTestKinesis(): Promise<TestKinesis> {
  const server = await startServer();
  const kinesis = connectKinesis(server.endpoint);
  return {
    endpoint: server.endpoint,
    kinesis,
    close: async () => {
      for (const StreamName of streamNames.splice(0)) {
        await kinesis.send(new DeleteStreamCommand({ StreamName }));
      }
      kinesis.destroy();
      await server.close();
    },
  };
}

/** Streams that were created and are to be deleted in the end. */
const streamNames: string[] = [];

/** Creates a stream of its own for a test and waits until it can be used. */
export async function createStream(kinesis: KinesisClient, shards: number): Promise<string> {
  const StreamName = `weir-test-${process.pid}-${Date.now()}-${streamNames.length}`;
  await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: shards }));
  streamNames.push(StreamName);
  await streamActive(kinesis, StreamName);
  return StreamName;
}

export async function streamActive(kinesis: KinesisClient, StreamName: string): Promise<void> {
  for (;;) {
    const { StreamDescriptionSummary } = await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }));
    if (StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function startServer(): Promise<EngineUnderTest> {
  const service = serviceAt(testedKinesis);
  if (service !== undefined) return service;
  if (testedKinesis === 'kinesalite') return startKinesalite();
  if (testedKinesis === 'kinesis-local') return startKinesisLocal();
  throw new Error(
    `WEIR_TEST_KINESIS must be kinesalite, kinesis-local or an http URL, not ${testedKinesis}.`,
  );
}

/** In this process, in memory. */
async function startKinesalite(): Promise<EngineUnderTest> {
  const server = kinesalite({ createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 100 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function startKinesisLocal(): Promise<EngineUnderTest> {
  return startProgramEngine((options, entries) =>
    startKinesisEngine({ ...options, engine: 'kinesis-local', entries, accountId: '123456789012' }),
  );
}

/** @param maxAttempts 1 where a refusal is to be seen, not tried again */
export function connectKinesis(endpoint: string, maxAttempts = 5): KinesisClient {
  return new KinesisClient({
    ...clientSettings(endpoint),
    requestHandler: new NodeHttpHandler(),
    maxAttempts,
  });
}
