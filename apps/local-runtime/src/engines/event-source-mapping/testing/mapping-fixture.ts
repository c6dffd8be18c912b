import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KinesisClient, PutRecordCommand, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { InvokeResult } from '../../lambda/lambda-function.js';
import {
  startEventSourceMapping,
  type EventSourceMappingOptions,
  type RunningEventSourceMapping,
} from '../event-source-mapping.js';

/** One record of an event that a function got. */
export interface EventRecord {
  readonly kinesis: {
    readonly kinesisSchemaVersion: string;
    readonly partitionKey: string;
    readonly sequenceNumber: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  };
  readonly eventID: string;
  readonly [member: string]: unknown;
}

export type FakeFunction = (records: readonly EventRecord[], invocation: number) => unknown;

/** What a fake function throws to be throttled. */
export const throttled = Symbol('throttled');

/** Puts one record and returns its sequence number. */
export async function put(
  kinesis: KinesisClient,
  StreamName: string,
  data: string,
  key = 'k',
): Promise<string> {
  const output = await kinesis.send(
    new PutRecordCommand({ StreamName, PartitionKey: key, Data: Buffer.from(data) }),
  );
  return output.SequenceNumber ?? '';
}

/** Puts many records in one call, in order. */
export async function putAll(
  kinesis: KinesisClient,
  StreamName: string,
  records: readonly { readonly data: string; readonly key: string }[],
): Promise<void> {
  await kinesis.send(
    new PutRecordsCommand({
      StreamName,
      Records: records.map(({ data, key }) => ({ PartitionKey: key, Data: Buffer.from(data) })),
    }),
  );
}

export function text(record: EventRecord): string {
  return Buffer.from(record.kinesis.data, 'base64').toString();
}

export interface TestMapping extends RunningEventSourceMapping {
  /** The texts of the records of each invocation, in the order of the invocations. */
  readonly batches: string[][];
  readonly events: { readonly Records: readonly EventRecord[] }[];
  readonly failures: { readonly record: Record<string, unknown>; readonly key: string }[];
  readonly metrics: Map<string, number>;
  readonly checkpointFile: string;
  /** Waits until the mapping says that everything has been processed. */
  drained(): Promise<void>;
}

/**
 * Starts a mapping in front of a fake function. What the function throws is a function error; `throttled` is a refusal; what it
 * returns is its answer.
 */
export async function startMapping(
  kinesis: KinesisClient,
  streamName: string,
  fake: FakeFunction,
  overrides: Partial<EventSourceMappingOptions> = {},
): Promise<TestMapping> {
  const batches: string[][] = [];
  const events: { readonly Records: readonly EventRecord[] }[] = [];
  const failures: TestMapping['failures'] = [];
  const metrics = new Map<string, number>();
  const checkpointFile = overrides.checkpointFile ?? join(temporaryFolder(), 'checkpoint.json');
  const mapping = await startEventSourceMapping({
    uuid: 'f89f8514-cdd9-4602-9e1f-01a5b77d449b',
    streamName,
    streamArn: `arn:aws:kinesis:eu-west-1:123456789012:stream/${streamName}`,
    kinesis,
    functionName: 'consumer',
    batchSize: 100,
    maximumBatchingWindowSeconds: 0,
    parallelizationFactor: 1,
    startingPosition: 'TRIM_HORIZON',
    reportBatchItemFailures: true,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    region: 'eu-west-1',
    pollIntervalMs: 10,
    shardSyncIntervalMs: 20,
    retryBackoff: { firstMs: 1, maxMs: 5 },
    clock: Date.now,
    random: () => 0.5,
    log: () => undefined,
    onFailure: async (record, key) => {
      failures.push({ record: record as Record<string, unknown>, key });
    },
    onMetric: (metric, value) => metrics.set(metric, (metrics.get(metric) ?? 0) + value),
    invoke: async (payload) => {
      const event = JSON.parse(payload) as { Records: EventRecord[] };
      events.push(event);
      batches.push(event.Records.map(text));
      return answer(fake, event.Records, events.length);
    },
    ...overrides,
    checkpointFile,
  });
  return {
    lag: () => mapping.lag(),
    wake: () => mapping.wake(),
    close: () => mapping.close(),
    batches,
    events,
    failures,
    metrics,
    checkpointFile,
    drained: async () => {
      while ((await mapping.lag()).records > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}

async function answer(
  fake: FakeFunction,
  records: readonly EventRecord[],
  invocation: number,
): Promise<InvokeResult> {
  const requestId = `request-${invocation}`;
  try {
    return { statusCode: 200, payload: JSON.stringify((await fake(records, invocation)) ?? null), requestId };
  } catch (error) {
    if (error === throttled) return { statusCode: 429, payload: '{}', requestId };
    const payload = JSON.stringify({ errorType: 'Error', errorMessage: String(error) });
    return { statusCode: 200, functionError: 'Unhandled', payload, requestId };
  }
}

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'event-source-mapping-'));
  folders.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The answer of a function that has processed everything. */
export const success = (): object => ({ batchItemFailures: [] });
/** Records `r0`, `r1`, … of one key. */
export const letters = (count: number): { data: string; key: string }[] =>
  Array.from({ length: count }, (_, index) => ({ data: `r${index}`, key: 'k' }));
/** The texts of {@link letters} from one index up to another. */
export const names = (from: number, to: number): string[] =>
  letters(to)
    .slice(from)
    .map(({ data }) => data);

/** Reports these texts as failed. */
export function failing(...bad: string[]): (records: readonly EventRecord[]) => object {
  return (records) => ({
    batchItemFailures: records
      .filter((record) => bad.includes(text(record)))
      .map((record) => ({ itemIdentifier: record.kinesis.sequenceNumber })),
  });
}
