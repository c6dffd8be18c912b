/** A user record of the Kinesis Producer Library. */
export interface UserRecord {
  readonly partitionKey: string;
  readonly bytes: number;
}

const MAGIC_BYTES = 4;
const DIGEST_BYTES = 16;
/** The library's default for `AggregationMaxSize`. */
const AGGREGATE_BYTES_MAX = 51_200;

/**
 * Sizes of the records that the Kinesis Producer Library makes of user records for one shard: each as full as its default
 * allows. Its format is magic bytes, a Protocol Buffers message with a table of partition keys, and an MD5 digest.
 *
 * @see https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export function aggregateSizes(records: readonly UserRecord[]): number[] {
  const sizes: number[] = [];
  let keys = new Map<string, number>();
  let bytes = 0;
  for (const record of records) {
    const added = addedBytes(record, keys);
    if (bytes > 0 && bytes + added + MAGIC_BYTES + DIGEST_BYTES > AGGREGATE_BYTES_MAX) {
      sizes.push(bytes + MAGIC_BYTES + DIGEST_BYTES);
      keys = new Map();
      bytes = 0;
    }
    bytes += addedBytes(record, keys);
    if (!keys.has(record.partitionKey)) keys.set(record.partitionKey, keys.size);
  }
  if (bytes > 0) sizes.push(bytes + MAGIC_BYTES + DIGEST_BYTES);
  return sizes;
}

/** The record's message, and its partition key where the table does not have it yet. */
function addedBytes({ partitionKey, bytes }: UserRecord, keys: ReadonlyMap<string, number>): number {
  const known = keys.get(partitionKey);
  const message = 1 + varintBytes(known ?? keys.size) + fieldBytes(bytes);
  const keyBytes = known === undefined ? fieldBytes(Buffer.byteLength(partitionKey)) : 0;
  return keyBytes + fieldBytes(message);
}

/** A field with a length: tag, length, content. All tags here are of one byte. */
function fieldBytes(contentBytes: number): number {
  return 1 + varintBytes(contentBytes) + contentBytes;
}

/** Seven bits a byte. */
function varintBytes(value: number): number {
  return value < 128 ? 1 : 1 + varintBytes(Math.floor(value / 128));
}
