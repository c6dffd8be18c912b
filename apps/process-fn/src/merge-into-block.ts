import { emptyBlock, mergeReadings, type MergeOutcome, type Window } from '@weir/aggregation';
import type { SlotReadings } from '@weir/device-blocks';
import { ItemTooLargeError, TransientStoreError, blockKeyOf, type StoredBlock } from '@weir/dynamo-repo';
import type { DeviceWork } from './device-work.js';
import type { ExpiredBlocks } from './expired-blocks.js';

/** What became of a slot's readings. */
export type SlotOutcome =
  | { readonly kind: 'merged'; readonly stored: StoredBlock; readonly merge: MergeOutcome }
  /**
   * - `block_expired`: the block was deleted by its time to live; writing it anew would put a part in place of the whole.
   * - `block_full`: with these readings it would exceed what DynamoDB allows an item; `standing` is without them.
   */
  | {
      readonly kind: 'refused';
      readonly reason: 'block_expired' | 'block_full';
      readonly detail: string;
      readonly standing: StoredBlock | undefined;
    };

/**
 * Unites readings with their block and writes it if that changes anything.
 *
 * @param known the block as last seen by this container, undefined if a strongly consistent read has just found none
 * @param expiredBlocks of the round, so that it reads no rollup before that read
 * @throws TransientStoreError when others kept writing the block
 */
export async function mergeIntoBlock(
  { slot, readings }: SlotReadings,
  known: StoredBlock | undefined,
  expiredBlocks: ExpiredBlocks,
  device: DeviceWork,
): Promise<SlotOutcome> {
  const { repositories, deviceId, memory, clock, work, conflictTriesMax } = device;
  let current = known;
  for (let attempt = 1; attempt <= conflictTriesMax; attempt += 1) {
    if (!current && (await expiredBlocks.mayInclude(slot))) {
      current = await readBlock(slot, device);
      if (!current) return expired(slot);
    }
    const merge = mergeReadings(current?.block ?? emptyBlock(slot), readings);
    if (current && !merge.changed) {
      memory.note(current);
      return { kind: 'merged', stored: current, merge };
    }
    try {
      const result = await repositories.blocks.write(deviceId, merge.block, current, clock(), work);
      if (result.ok) {
        memory.note(result.stored);
        return { kind: 'merged', stored: result.stored, merge };
      }
      current = result.current;
    } catch (error) {
      if (!(error instanceof ItemTooLargeError)) throw error;
      return { kind: 'refused', reason: 'block_full', detail: error.message, standing: current };
    }
    await device.pause(attempt);
  }
  throw new TransientStoreError(
    `block ${slot.startMs} of ${deviceId} could not be written: others kept writing it`,
  );
}

/** The block as it stands now. */
async function readBlock(slot: Window, device: DeviceWork): Promise<StoredBlock | undefined> {
  const key = { deviceId: device.deviceId, slotStartMs: slot.startMs };
  return (await device.repositories.blocks.getMany([key], device.work)).get(blockKeyOf(key));
}

function expired({ startMs, endMs }: Window): SlotOutcome {
  const from = new Date(startMs).toISOString();
  const to = new Date(endMs).toISOString();
  const detail = `the block ${from} to ${to} has expired`;
  return { kind: 'refused', reason: 'block_expired', detail, standing: undefined };
}
