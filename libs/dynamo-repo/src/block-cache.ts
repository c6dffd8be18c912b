import { LRUCache } from 'lru-cache';
import { blockKeyOf } from './ports.js';
import type { BlockKey, StoredBlock } from './ports.js';

export interface BlockCacheOptions {
  /** Most blocks to keep, at least 1. */
  readonly blocksMax: number;
  /** Most memory to use for them, by estimate. A block that is larger than all of this is not kept. */
  readonly bytesMax: number;
}

/** A block as this container last saw it. */
export interface CachedBlock {
  readonly stored: StoredBlock;
  /**
   * True once this container has read the device's blocks after a write of its own to this one, and sealed what had to
   * be. Only then may it go on without asking again.
   */
  readonly verified: boolean;
}

/** Estimates for V8: an object with a few numbers, and one property with its boxed double in a dictionary. */
const BLOCK_BYTES = 512;
const READING_BYTES = 160;
const POINT_BYTES = 40;

/** Memory that a decoded block takes, by estimate. */
export function residentBytes({ block }: StoredBlock): number {
  let bytes = BLOCK_BYTES;
  for (const reading of block.readings) {
    bytes += READING_BYTES + POINT_BYTES * Object.keys(reading.metrics).length;
  }
  return bytes;
}

/**
 * The blocks that a warm container wrote or read last, least recently used out first.
 *
 * What it says may be out of date, which is harmless: every write is conditional on what its caller believes to stand
 * there, and brings back what really does. Call {@link evict} after any error whose outcome is unknown, so that the next
 * attempt reads.
 */
export class BlockCache {
  readonly #blocks: LRUCache<string, CachedBlock>;

  /** @throws RangeError naming the limit that is not a positive whole number. */
  constructor({ blocksMax, bytesMax }: BlockCacheOptions) {
    for (const [name, limit] of Object.entries({ blocksMax, bytesMax })) {
      // LRUCache would take 0 as no limit.
      if (!Number.isSafeInteger(limit) || limit < 1) {
        throw new RangeError(`${name}: must be a whole number from 1, but is ${limit}`);
      }
    }
    this.#blocks = new LRUCache({
      max: blocksMax,
      maxSize: bytesMax,
      sizeCalculation: ({ stored }) => residentBytes(stored),
    });
  }

  get size(): number {
    return this.#blocks.size;
  }

  /** Memory in use, by estimate. */
  get bytes(): number {
    return this.#blocks.calculatedSize;
  }

  get(key: BlockKey): CachedBlock | undefined {
    return this.#blocks.get(blockKeyOf(key));
  }

  put(stored: StoredBlock, verified: boolean): void {
    const key = blockKeyOf({ deviceId: stored.deviceId, slotStartMs: stored.block.slot.startMs });
    this.#blocks.set(key, { stored, verified });
  }

  evict(key: BlockKey): void {
    this.#blocks.delete(blockKeyOf(key));
  }
}
