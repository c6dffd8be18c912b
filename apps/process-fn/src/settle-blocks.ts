import { groupByDay, propagateBlocks } from '@weir/device-blocks';
import { TransientStoreError, type StoredBlock } from '@weir/dynamo-repo';
import type { DeviceWork } from './device-work.js';

/**
 * Brings blocks to rest: propagates each of them, and seals those that are open, oldest first.
 *
 * The order matters twice. A block is sealed only after its version stands in all rollups that are due, so that a crash
 * leaves it open and to be found. And no block is sealed before the older ones given here: a reader, and whoever looks for
 * open blocks, stops at the first sealed one, and must not be stopped above an open one.
 *
 * @param blocks of one device, in any order; sealed ones are propagated only
 * @returns nothing; the device's memory then has each of them as settled
 */
export async function settleBlocks(blocks: readonly StoredBlock[], device: DeviceWork): Promise<void> {
  const oldestFirst = [...blocks].sort((a, b) => a.block.slot.startMs - b.block.slot.startMs);
  for (const dayBlocks of groupByDay(oldestFirst)) {
    await propagateBlocks(dayBlocks, device);
    for (const propagated of dayBlocks) {
      device.memory.noteSettled(propagated.sealed ? propagated : await sealBlock(propagated, device));
    }
  }
}

/**
 * Seals a block that is propagated. If it has changed meanwhile, what stands there now is propagated first.
 *
 * @returns the block, sealed, at a version that this call has seen propagated
 */
async function sealBlock(propagated: StoredBlock, device: DeviceWork): Promise<StoredBlock> {
  const { repositories, deviceId, clock, work, conflictTriesMax } = device;
  let block = propagated;
  for (let attempt = 1; attempt <= conflictTriesMax; attempt += 1) {
    const result = await repositories.blocks.seal(block, clock(), work);
    if (result.ok) return result.stored;
    const { current } = result;
    if (!current) break;
    if (current.version !== block.version) await propagateBlocks([current], device);
    if (current.sealed) return current;
    block = current;
    await device.pause(attempt);
  }
  throw new TransientStoreError(
    `block ${block.block.slot.startMs} of ${deviceId} could not be sealed: others kept writing it`,
  );
}
