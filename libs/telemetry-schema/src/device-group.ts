/** A device group is what keeps a device in one shard: `hash(deviceId) mod 256`. */
export const DEVICE_GROUPS = 256;

/**
 * The group of a device, 0 to 255: FNV-1a over the id's UTF-16 code units (ids are ASCII), its halves folded together
 * (http://www.isthe.com/chongo/tech/comp/fnv/#xor-fold).
 */
export function deviceGroup(deviceId: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < deviceId.length; index += 1) {
    hash = Math.imul(hash ^ deviceId.charCodeAt(index), 0x01000193);
  }
  const folded = (hash >>> 16) ^ (hash & 0xffff);
  return (folded ^ (folded >>> 8)) & (DEVICE_GROUPS - 1);
}

/** The Kinesis partition key of a group: `g000` to `g255`. */
export function partitionKeyOf(group: number): string {
  return `g${String(group).padStart(3, '0')}`;
}
