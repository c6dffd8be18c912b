import { Allowance } from './allowance.js';

const mebibyte = 1_048_576;
const writeRecordsPerSecond = 1_000;
const writeBytesPerSecond = mebibyte;
const readCallsPerSecond = 5;
const readBytesPerSecond = 2 * mebibyte;

interface Shard {
  readonly writeRecords: Allowance;
  readonly writeBytes: Allowance;
  readonly readCalls: Allowance;
  readonly readBytes: Allowance;
}

/**
 * The throughput of shards: 1,000 records and 1 MiB a second for writes, partition keys included; 5 calls and 2 MiB a second
 * for reads, where what a call returns beyond that keeps the following ones waiting.
 * https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
 */
export class ShardLimits {
  private readonly shards = new Map<string, Shard>();

  constructor(private readonly clock: () => number) {}

  /** Whether a record may be written now; if so it is counted. @param sizeBytes of its data and its partition key */
  admitWrite(shardKey: string, sizeBytes: number): boolean {
    const { writeRecords, writeBytes } = this.shard(shardKey);
    const nowMs = this.clock();
    if (!writeRecords.has(1, nowMs) || !writeBytes.has(sizeBytes, nowMs)) return false;
    writeRecords.take(1);
    writeBytes.take(sizeBytes);
    return true;
  }

  /** Whether GetRecords may be called now; if so it is counted. */
  admitRead(shardKey: string): boolean {
    const { readCalls, readBytes } = this.shard(shardKey);
    const nowMs = this.clock();
    if (!readCalls.has(1, nowMs) || !readBytes.has(1, nowMs)) return false;
    readCalls.take(1);
    return true;
  }

  /** Counts what a call has returned. */
  countRead(shardKey: string, sizeBytes: number): void {
    this.shard(shardKey).readBytes.take(sizeBytes);
  }

  private shard(key: string): Shard {
    let shard = this.shards.get(key);
    if (shard === undefined) {
      const nowMs = this.clock();
      shard = {
        writeRecords: new Allowance(writeRecordsPerSecond, nowMs),
        writeBytes: new Allowance(writeBytesPerSecond, nowMs),
        readCalls: new Allowance(readCallsPerSecond, nowMs),
        readBytes: new Allowance(readBytesPerSecond, nowMs),
      };
      this.shards.set(key, shard);
    }
    return shard;
  }
}
