/**
 * A stage divides its devices into so many groups. A request becomes an envelope for each group that it has devices of, so
 * few groups are cheap; a group is never processed twice at once, so they bound how much is.
 */
export const DEVICE_GROUPS = {
  min: 1,
  /** As many as there can be batches at once: 500 shards, ten of each. */
  max: 5_000,
  fallback: 16,
} as const;

/** Kinesis maps a record to a shard by a hash key of 128 bits. */
const HASH_KEYS = 2n ** 128n;

/**
 * The group of a device, from 0 to `groups` - 1: the id's hash as a place on a ring, which the groups divide evenly and in
 * order. So the shard of a device stays the same under any number of groups that is a multiple of the number of shards.
 */
export function deviceGroup(deviceId: string, groups: number): number {
  return Math.floor((hashOf(deviceId) / 2 ** 32) * groups);
}

/** The Kinesis partition key of a group: `g0000` to `g4999`. */
export function partitionKeyOf(group: number): string {
  return `g${String(group).padStart(4, '0')}`;
}

/**
 * The Kinesis hash key of a group, in decimal digits: the middle of its part of the ring. Shards of equal ranges get equally
 * many groups, which the MD5 of a handful of partition keys would not see to.
 *
 * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
 */
export function hashKeyOf(group: number, groups: number): string {
  return String((BigInt(2 * group + 1) * HASH_KEYS) / BigInt(2 * groups));
}

/**
 * 32 bits: FNV-1a over the id's UTF-16 code units (ids are ASCII), mixed as MurmurHash3 ends, as ids that differ in their
 * last digits alone would otherwise lie close together
 * (http://www.isthe.com/chongo/tech/comp/fnv/, https://github.com/aappleby/smhasher/wiki/MurmurHash3).
 */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
