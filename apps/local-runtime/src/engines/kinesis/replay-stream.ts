import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordsCommand,
  type _Record as KinesisRecord,
  type KinesisClient,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { RuntimeError } from '../../runtime-error.js';
import { listShards } from '../event-source-mapping/shard-lineage.js';

export interface ReplayRange {
  /** Arrival times in epoch milliseconds, both inclusive. */
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ReplayedRecords {
  readonly records: number;
  readonly bytes: number;
}

const recordsPerRead = 500;
/** Of PutRecords: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const recordsPerPut = 500;
const bytesPerPut = 4 * 1_048_576;
const putAttemptsMax = 20;
const putPauseMs = 100;

/**
 * Puts once more into a stream what arrived there in a range of time, shard by shard in order, each into
 * its shard or the descendant with the lowest hash keys: the explicit hash key that a record was put with is not kept. A record that is there several
 * times, as after an earlier replay, is put once.
 *
 * @throws RuntimeError `engine_failed` when records are refused again and again; the signal's reason when it is aborted, with
 *   a part of the records put.
 */
export async function replayStream(
  kinesis: KinesisClient,
  streamName: string,
  range: ReplayRange,
  signal: AbortSignal,
): Promise<ReplayedRecords> {
  const seen = new Set<string>();
  const total = { records: 0, bytes: 0 };
  for (const { shardId, firstHashKey } of await listShards(kinesis, streamName, signal)) {
    for await (const page of shardPages(kinesis, { streamName, shardId, toMs: range.toMs })) {
      signal.throwIfAborted();
      const entries = page
        .filter((record) => isWithin(record, range))
        .flatMap((record) => entryOf(record, firstHashKey, seen));
      for (const batch of batchesOf(entries)) await put(kinesis, streamName, batch);
      total.records += entries.length;
      total.bytes += entries.reduce((sum, { Data }) => sum + (Data?.byteLength ?? 0), 0);
    }
  }
  return total;
}

/** The records of a shard from its beginning up to those that arrived after `toMs`, which a replay adds itself. */
async function* shardPages(
  kinesis: KinesisClient,
  { streamName, shardId, toMs }: { streamName: string; shardId: string; toMs: number },
): AsyncGenerator<readonly KinesisRecord[]> {
  const begin = { StreamName: streamName, ShardId: shardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
  let iterator = (await kinesis.send(new GetShardIteratorCommand(begin))).ShardIterator;
  while (iterator !== undefined) {
    const page = await kinesis.send(
      new GetRecordsCommand({ ShardIterator: iterator, Limit: recordsPerRead }),
    );
    const records = page.Records ?? [];
    yield records;
    const last = records.at(-1);
    const isOver = last === undefined ? (page.MillisBehindLatest ?? 0) === 0 : arrivalOf(last) > toMs;
    iterator = isOver ? undefined : page.NextShardIterator;
  }
}

function isWithin(record: KinesisRecord, { fromMs, toMs }: ReplayRange): boolean {
  const arrivalMs = arrivalOf(record);
  return arrivalMs >= fromMs && arrivalMs <= toMs;
}

function arrivalOf({ ApproximateArrivalTimestamp }: KinesisRecord): number {
  return ApproximateArrivalTimestamp?.getTime() ?? 0;
}

/** None for a record whose content was seen. */
function entryOf(
  { PartitionKey, Data }: KinesisRecord,
  ExplicitHashKey: string,
  seen: Set<string>,
): PutRecordsRequestEntry[] {
  if (PartitionKey === undefined || Data === undefined) return [];
  const content = createHash('sha256').update(`${PartitionKey}\n`).update(Data).digest('base64');
  if (seen.has(content)) return [];
  seen.add(content);
  return [{ PartitionKey, ExplicitHashKey, Data }];
}

function batchesOf(entries: readonly PutRecordsRequestEntry[]): PutRecordsRequestEntry[][] {
  const batches: PutRecordsRequestEntry[][] = [];
  let batchBytes = 0;
  for (const entry of entries) {
    const sizeBytes = (entry.Data?.byteLength ?? 0) + Buffer.byteLength(entry.PartitionKey ?? '');
    const current = batches.at(-1);
    if (current === undefined || current.length === recordsPerPut || batchBytes + sizeBytes > bytesPerPut) {
      batches.push([entry]);
      batchBytes = sizeBytes;
    } else {
      current.push(entry);
      batchBytes += sizeBytes;
    }
  }
  return batches;
}

/** A success can hold refused records: those are put again. */
async function put(
  kinesis: KinesisClient,
  streamName: string,
  batch: PutRecordsRequestEntry[],
): Promise<void> {
  let entries = batch;
  for (let attempt = 0; attempt < putAttemptsMax; attempt += 1) {
    const answer = await kinesis.send(new PutRecordsCommand({ StreamName: streamName, Records: entries }));
    entries = entries.filter((_, index) => answer.Records?.[index]?.ErrorCode !== undefined);
    if (entries.length === 0) return;
    await delay(putPauseMs * (attempt + 1));
  }
  throw new RuntimeError(
    'engine_failed',
    `The stream ${streamName} refused ${entries.length} records of a replay.`,
  );
}
