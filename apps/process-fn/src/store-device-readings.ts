import { mapBounded, type SlotReadings } from '@weir/device-blocks';
import { blockKeyOf, type StoredBlock } from '@weir/dynamo-repo';
import type { DeviceMemory } from './device-memory.js';
import type { DeviceWork } from './device-work.js';
import { ExpiredBlocks } from './expired-blocks.js';
import { mergeIntoBlock, type SlotOutcome } from './merge-into-block.js';
import { settleBlocks } from './settle-blocks.js';

/** A slot whose readings are stored, or refused for good. */
export interface FinishedSlot {
  readonly readings: SlotReadings;
  readonly outcome: SlotOutcome;
}

/** Slots are different items, written in any order; more at once only crowd out other devices. */
const SLOTS_AT_ONCE = 8;

/**
 * Stores one round of a device's readings: merges them slot by slot, then brings to rest what that leaves
 * open. When it returns, all of it is durable and visible to every reader; when it throws, nothing may be concluded and the
 * device's memory has to be forgotten.
 *
 * Readings of a block that this container has settled and that is still the newest cost the conditional write alone, or
 * nothing if they bring nothing new.
 *
 * @param slots distinct slots, oldest first
 */
export async function storeDeviceReadings(
  slots: readonly SlotReadings[],
  device: DeviceWork,
): Promise<readonly FinishedSlot[]> {
  const known = await recall(slots, device);
  const expiredBlocks = new ExpiredBlocks(device);
  const finished = await mapBounded(slots, SLOTS_AT_ONCE, async (readings) => ({
    readings,
    outcome: await mergeIntoBlock(readings, known.get(readings.slot.startMs), expiredBlocks, device),
  }));
  await settle(
    finished.flatMap(({ outcome }) => standingOf(outcome) ?? []),
    device,
  );
  return finished;
}

/** The blocks of the slots by slot start: from memory, and in one read those that are not there. */
async function recall(
  slots: readonly SlotReadings[],
  { deviceId, repositories, memory, work, tally }: DeviceWork,
): Promise<ReadonlyMap<number, StoredBlock>> {
  const known = new Map<number, StoredBlock>();
  for (const { slot } of slots) {
    const remembered = memory.block(deviceId, slot.startMs);
    if (remembered) known.set(slot.startMs, remembered.stored);
  }
  const unknown = slots
    .filter(({ slot }) => !known.has(slot.startMs))
    .map(({ slot }) => ({ deviceId, slotStartMs: slot.startMs }));
  tally.blocksRemembered += known.size;
  tally.blocksLookedUp += unknown.length;
  if (unknown.length === 0) return known;
  const read = await repositories.blocks.getMany(unknown, work);
  for (const key of unknown) {
    const stored = read.get(blockKeyOf(key));
    if (stored) known.set(key.slotStartMs, stored);
  }
  return known;
}

/**
 * Finishes what the writes of this round, or of an attempt that died, have left to do. Sealed blocks are propagated at
 * their version, whether or not this round changed them. If a block is open that this container has not settled, the open
 * run is read, after the write: everything in it but the newest block is sealed, and so are this round's blocks below it.
 */
async function settle(touched: readonly StoredBlock[], device: DeviceWork): Promise<void> {
  const { deviceId, memory, newest, repositories, work } = device;
  const unsettled = touched.filter((stored) => !isSettled(stored, memory));
  if (unsettled.every(({ sealed }) => sealed)) return settleBlocks(unsettled, device);

  const run = await newest.readOpenRun();
  const [top] = run.blocks;
  if (!top || top.sealed) throw new Error(`device ${deviceId} has no open newest block, which cannot be`);
  if (run.reachedBottom) await repositories.devices.ensureListed(deviceId, work);
  const open = run.blocks.filter(({ sealed }) => !sealed);
  const bySlot = new Map([...unsettled, ...open].map((stored) => [stored.block.slot.startMs, stored]));
  bySlot.delete(top.block.slot.startMs);
  await settleBlocks([...bySlot.values()], device);
  memory.noteSettled(top);
}

function standingOf(outcome: SlotOutcome): StoredBlock | undefined {
  return outcome.kind === 'merged' ? outcome.stored : outcome.standing;
}

function isSettled({ deviceId, block, sealed, version }: StoredBlock, memory: DeviceMemory): boolean {
  const known = memory.block(deviceId, block.slot.startMs);
  if (!known?.settled || known.stored.sealed !== sealed) return false;
  return !sealed || known.stored.version === version;
}
