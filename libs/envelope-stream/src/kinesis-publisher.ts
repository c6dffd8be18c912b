import { PutRecordsCommand, type KinesisClient, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import type { PackedEnvelope } from './pack-envelopes.js';

/** Makes envelopes durable, trying again by itself as long as it may. */
export type PublishEnvelopes = (
  envelopes: readonly PackedEnvelope[],
  deadlineMs: number,
) => Promise<PublishOutcome>;

export interface PublishOutcome {
  /** Envelopes that are not known to be durable; 0 means that all of them are. */
  readonly failed: number;
  /** Envelopes that were refused and sent again. */
  readonly retries: number;
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const RECORDS_PER_CALL_MAX = 500;
const BYTES_PER_CALL_MAX = 5 * 1024 * 1024;

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2000;

export interface KinesisPublisherOptions {
  readonly client: KinesisClient;
  readonly streamName: string;
  readonly clock: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Told about every refusal, for the log. */
  readonly onRefused: (refusal: { readonly code: string; readonly records: number }) => void;
}

/**
 * Publishes with PutRecords. A 200 of Kinesis may hold refused records: these, and whole calls that fail, are sent again
 * with full jitter (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/) until the
 * deadline. A call whose answer was lost may have put its records; sending them twice is harmless.
 */
export function createKinesisPublisher(options: KinesisPublisherOptions): PublishEnvelopes {
  const { client, streamName, clock, random, sleep, onRefused } = options;

  /** @returns the envelopes that are still to be sent */
  async function putOnce(
    envelopes: readonly PackedEnvelope[],
    deadlineMs: number,
  ): Promise<PackedEnvelope[]> {
    let output: PutRecordsCommandOutput;
    try {
      const Records = envelopes.map(({ partitionKey, explicitHashKey, data }) => ({
        PartitionKey: partitionKey,
        ...(explicitHashKey === undefined ? {} : { ExplicitHashKey: explicitHashKey }),
        Data: data,
      }));
      output = await client.send(new PutRecordsCommand({ StreamName: streamName, Records }), {
        abortSignal: AbortSignal.timeout(Math.max(1, deadlineMs - clock())),
      });
    } catch (error) {
      onRefused({ code: (error as Error).name, records: envelopes.length });
      return [...envelopes];
    }
    const refused = envelopes.filter((_, index) => output.Records?.[index]?.SequenceNumber === undefined);
    if (refused.length > 0) {
      const code = output.Records?.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode;
      onRefused({ code: code ?? 'Unknown', records: refused.length });
    }
    return refused;
  }

  async function putAll(envelopes: readonly PackedEnvelope[], deadlineMs: number): Promise<PublishOutcome> {
    let pending = await putOnce(envelopes, deadlineMs);
    let retries = 0;
    for (let attempt = 0; pending.length > 0; attempt += 1) {
      const pauseMs = random() * Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
      if (clock() + pauseMs >= deadlineMs) break;
      await sleep(pauseMs);
      retries += pending.length;
      pending = await putOnce(pending, deadlineMs);
    }
    return { failed: pending.length, retries };
  }

  return async (envelopes, deadlineMs) => {
    const outcomes = await Promise.all(callsOf(envelopes).map((call) => putAll(call, deadlineMs)));
    return {
      failed: outcomes.reduce((sum, { failed }) => sum + failed, 0),
      retries: outcomes.reduce((sum, { retries }) => sum + retries, 0),
    };
  };
}

/** Cuts into calls that respect the limits of PutRecords, in order. */
function callsOf(envelopes: readonly PackedEnvelope[]): PackedEnvelope[][] {
  const calls: PackedEnvelope[][] = [];
  let call: PackedEnvelope[] = [];
  let callBytes = 0;
  for (const envelope of envelopes) {
    const sizeBytes = envelope.data.length + envelope.partitionKey.length;
    if (
      call.length === RECORDS_PER_CALL_MAX ||
      (call.length > 0 && callBytes + sizeBytes > BYTES_PER_CALL_MAX)
    ) {
      calls.push(call);
      call = [];
      callBytes = 0;
    }
    call.push(envelope);
    callBytes += sizeBytes;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}
