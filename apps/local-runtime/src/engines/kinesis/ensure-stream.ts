import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  ResourceNotFoundException,
  type KinesisClient,
  type StreamDescriptionSummary,
} from '@aws-sdk/client-kinesis';
import { RuntimeError } from '../../runtime-error.js';

export interface StreamDefinition {
  readonly streamName: string;
  readonly shardCount: number;
  readonly retentionHours: number;
}

const activeAttemptsMax = 100;
const activeIntervalMs = 20;

/**
 * Creates the stream if it is missing and waits until it is active; an existing stream keeps its records and its shards,
 * however many they are. Sets the retention time. Idempotent.
 *
 * @throws RuntimeError `engine_failed` when it does not become active.
 */
export async function ensureStream(client: KinesisClient, definition: StreamDefinition): Promise<void> {
  const existing = await describe(client, definition.streamName);
  if (existing?.StreamStatus === 'CREATING') {
    // Its creation was cut off by the end of the engine, and nothing continues it. No record was ever accepted.
    await client.send(new DeleteStreamCommand({ StreamName: definition.streamName }));
    await waitFor(client, definition.streamName, (summary) => summary === undefined, 'be deleted');
  }
  if (existing === undefined || existing.StreamStatus === 'CREATING') {
    const { streamName: StreamName, shardCount: ShardCount } = definition;
    await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  }
  const summary = await waitFor(
    client,
    definition.streamName,
    (candidate) => candidate?.StreamStatus === 'ACTIVE',
    'become active',
  );
  await setRetention(client, definition, summary?.RetentionPeriodHours ?? 24);
}

async function setRetention(
  client: KinesisClient,
  definition: StreamDefinition,
  currentHours: number,
): Promise<void> {
  const { streamName: StreamName, retentionHours: RetentionPeriodHours } = definition;
  if (RetentionPeriodHours > currentHours) {
    await client.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
  } else if (RetentionPeriodHours < currentHours) {
    await client.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
  }
}

async function waitFor(
  client: KinesisClient,
  streamName: string,
  reached: (summary: StreamDescriptionSummary | undefined) => boolean,
  goal: string,
): Promise<StreamDescriptionSummary | undefined> {
  for (let attempt = 0; attempt < activeAttemptsMax; attempt += 1) {
    const summary = await describe(client, streamName);
    if (reached(summary)) return summary;
    await delay(activeIntervalMs);
  }
  throw new RuntimeError(
    'engine_failed',
    `The stream ${streamName} did not ${goal}: start with --fresh to begin anew.`,
  );
}

async function describe(
  client: KinesisClient,
  streamName: string,
): Promise<StreamDescriptionSummary | undefined> {
  try {
    const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: streamName }));
    return answer.StreamDescriptionSummary;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
