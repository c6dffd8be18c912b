import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { isAfter, toStreamRecord, type EventSource, type StreamRecord } from './stream-record.js';

/** Where reading begins in a shard. */
export type ShardPosition =
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  /** The oldest record, or the oldest that arrived at or after a time in epoch milliseconds. */
  | { readonly kind: 'trimHorizon'; readonly fromMs?: number }
  /** What arrives from now on. */
  | { readonly kind: 'latest'; readonly sinceMs: number };

export interface ShardPage {
  readonly records: readonly StreamRecord[];
  /** The shard is closed and this page was its last. */
  readonly ended: boolean;
}

/** Iterators live 5 minutes; one that is about to expire is replaced before. */
const iteratorMsMax = 240_000;
const peekPagesMax = 20;

/**
 * Reads one shard in order. Its position moves only past records that it has returned: after an empty page the same iterator is
 * used again instead of the next one, which some engines date to the moment of the call, beyond a record that is just being put.
 * https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
export class ShardReader {
  private iterator: { readonly text: string; readonly obtainedMs: number } | undefined;
  private lastRead: string | undefined;
  /** Records that arrived earlier are not wanted. */
  private fromMs: number;
  private hasBegun = false;

  constructor(
    private readonly kinesis: KinesisClient,
    private readonly streamName: string,
    private readonly source: EventSource,
    private readonly start: ShardPosition,
    private readonly clock: () => number,
    private readonly signal: AbortSignal,
  ) {
    this.lastRead = start.kind === 'after' ? start.sequenceNumber : undefined;
    this.fromMs = start.kind === 'trimHorizon' ? (start.fromMs ?? 0) : 0;
  }

  /** Takes the first iterator, so that LATEST means the time of this call. */
  async prepare(): Promise<void> {
    await this.currentIterator();
  }

  /** Reads the next page and moves behind it. `closed`: the shard takes no more records, so an empty page is no pause. */
  async read(limit: number, closed: boolean): Promise<ShardPage> {
    const iterator = await this.currentIterator();
    const page = await this.getRecords(iterator, limit);
    if (page === undefined) return { records: [], ended: false };
    const last = page.records.at(-1);
    const fresh = this.wanted(page.records);
    if (fresh.reachedTo !== undefined) this.lastRead = fresh.reachedTo;
    if (page.next !== undefined && (last !== undefined || page.behind || closed)) {
      this.iterator = { text: page.next, obtainedMs: this.clock() };
    }
    return { records: fresh.records, ended: page.next === undefined };
  }

  /**
   * Counts records behind the read position without moving it; at most one page, so the count is a lower bound, but 0 is exact:
   * nothing that was put before the call lies beyond the position.
   */
  async peek(
    limit: number,
  ): Promise<{ readonly records: number; readonly oldestArrivalMs: number | undefined }> {
    let iterator: string | undefined = await this.currentIterator();
    for (let page = 0; iterator !== undefined && page < peekPagesMax; page += 1) {
      const found = await this.getRecords(iterator, limit);
      if (found === undefined) return this.peek(limit);
      // What the poller has read in the meantime counts as read.
      const beyond = this.wanted(found.records).records;
      if (beyond.length > 0) return { records: beyond.length, oldestArrivalMs: beyond[0]?.arrivalMs };
      if (found.records.length === 0 && !found.behind) break;
      iterator = found.next;
    }
    return { records: 0, oldestArrivalMs: undefined };
  }

  /** The records behind the read position that this mapping is to see, and the last position of the page. */
  private wanted(page: readonly KinesisRecord[]): { records: StreamRecord[]; reachedTo: string | undefined } {
    const behind = page
      .map((record) => toStreamRecord(record, this.source))
      .filter((record) => this.lastRead === undefined || isAfter(record.sequenceNumber, this.lastRead));
    return {
      records: behind.filter((record) => record.arrivalMs >= this.fromMs),
      reachedTo: behind.at(-1)?.sequenceNumber,
    };
  }

  /** One GetRecords call; undefined when the iterator had expired, which is then forgotten. */
  private async getRecords(
    iterator: string,
    limit: number,
  ): Promise<{ records: readonly KinesisRecord[]; next: string | undefined; behind: boolean } | undefined> {
    try {
      const output = await this.kinesis.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
        {
          abortSignal: this.signal,
        },
      );
      return {
        records: output.Records ?? [],
        next: output.NextShardIterator ?? undefined,
        behind: (output.MillisBehindLatest ?? 0) > 0,
      };
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExpiredIteratorException') throw error;
      this.iterator = undefined;
      return undefined;
    }
  }

  private async currentIterator(): Promise<string> {
    const { iterator } = this;
    if (iterator !== undefined && this.clock() - iterator.obtainedMs < iteratorMsMax) return iterator.text;
    const renewed = await this.newIterator();
    // Another call may have got one, and moved on, while this one waited.
    if (this.iterator === undefined || this.iterator === iterator) {
      this.iterator = { text: renewed, obtainedMs: this.clock() };
    }
    return this.iterator.text;
  }

  private async newIterator(): Promise<string> {
    const { start, lastRead } = this;
    const latest = start.kind === 'latest' && !this.hasBegun;
    // LATEST asked a second time would skip what came in between.
    if (start.kind === 'latest' && this.hasBegun) this.fromMs = start.sinceMs;
    const position =
      lastRead !== undefined
        ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, StartingSequenceNumber: lastRead }
        : { ShardIteratorType: latest ? ('LATEST' as const) : ('TRIM_HORIZON' as const) };
    const output = await this.kinesis.send(
      new GetShardIteratorCommand({ StreamName: this.streamName, ShardId: this.source.shardId, ...position }),
      { abortSignal: this.signal },
    );
    if (output.ShardIterator === undefined)
      throw new Error(`Kinesis gave no iterator for ${this.source.shardId}`);
    this.hasBegun = true;
    return output.ShardIterator;
  }
}

type KinesisRecord = Parameters<typeof toStreamRecord>[0];
