import { decodeBlock, encodeBlock } from '@weir/aggregation';
import type { Block } from '@weir/aggregation';
import { corruptItem, decodeIn, versionIn } from './corrupt-item.js';
import { assertItemFits } from './item-size.js';
import { blockItemKey, deviceIdOf, timeOf } from './keys.js';
import type { ItemKey } from './keys.js';
import type { StoredBlock } from './ports.js';

/** A block in the table. Names are short because they are billed with every write. */
export interface BlockItem extends ItemKey {
  /** Version of the content, from 1. */
  readonly v: number;
  /** The encoded block. */
  readonly d: Uint8Array;
  /** Present once sealed. */
  readonly s?: true;
  /** Epoch seconds; only a sealed block has it. */
  readonly expiresAt?: number;
}

/** No expiry takes more room: ten digits, until the year 2286. */
const SEALED_UNTIL_MAX = 9_999_999_999;

/** The item of an open block, or of a sealed one if `sealedUntil` (epoch seconds) says when it expires. */
export function toBlockItem(
  deviceId: string,
  block: Block,
  version: number,
  sealedUntil: number | undefined,
): BlockItem {
  const open: BlockItem = {
    ...blockItemKey(deviceId, block.slot.startMs),
    v: version,
    d: encodeBlock(block),
  };
  return sealedUntil === undefined ? open : { ...open, s: true, expiresAt: sealedUntil };
}

/**
 * A block that is written has to have room for its seal, or it could never come to rest.
 *
 * @throws ItemTooLargeError naming the key
 */
export function assertBlockFits(item: BlockItem): void {
  const sealed: BlockItem = { ...item, s: true, expiresAt: SEALED_UNTIL_MAX };
  assertItemFits(sealed);
}

/** @throws CorruptItemError naming the key when the item is not a block of this format or not of its key's slot. */
export function fromBlockItem(item: ItemKey & Readonly<Record<string, unknown>>): StoredBlock {
  const block = decodeIn(item, 'd', item.d, decodeBlock);
  if (block.slot.startMs !== timeOf(item.sk)) {
    throw corruptItem(item, `d holds the block of another slot, which begins at ${block.slot.startMs}`);
  }
  return {
    deviceId: deviceIdOf(item.pk),
    block,
    version: versionIn(item, 'v', item.v),
    sealed: item.s === true,
  };
}
