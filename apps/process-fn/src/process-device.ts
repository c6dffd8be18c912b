import { groupReadings, type DevicePart, type SlotReadings } from '@weir/device-blocks';
import type { DeviceWork } from './device-work.js';
import { NewestBlock } from './newest-block.js';
import type { BatchWork } from './process-batch.js';
import type { RecordOrigin, StoreRefusal } from './quarantine.js';
import { storeDeviceReadings, type FinishedSlot } from './store-device-readings.js';
import type { EnvelopeReading } from '@weir/telemetry-schema';

/** The longest wait before a conflicting write is tried again, in milliseconds. */
const CONFLICT_PAUSE_MS_MAX = 200;
const CONFLICT_PAUSE_MS_FIRST = 10;

/**
 * Does all that a batch brings of one device, one step after the other: quarantines what cannot be stored, stores the rest
 * in rounds of slots, oldest first, and reports every piece to the ledger as it is finished. Begins no round after the
 * deadline.
 *
 * @throws whatever a port throws; the device's memory is then forgotten, and what is not finished stays so
 */
export async function processDevice(
  deviceId: string,
  parts: readonly DevicePart[],
  batch: BatchWork,
): Promise<void> {
  try {
    await processParts(deviceId, parts, batch);
  } catch (error) {
    batch.ports.memory.forget(deviceId);
    throw error;
  }
}

async function processParts(deviceId: string, parts: readonly DevicePart[], batch: BatchWork): Promise<void> {
  const { ports, settings, ledger, tally, work } = batch;
  const entries = await ports.registry.entries(deviceId, work);
  const { slots, rejected, duplicatePoints } = groupReadings(parts, entries, settings.blockMs);
  for (const { record, reason, detail, readings, pointCount } of rejected) {
    await quarantineReadings(record, reason, detail, readings, batch);
    tally.pointsQuarantined += pointCount;
  }
  for (const { sent } of slots) ledger.expect(sent.keys());
  ledger.finish(parts.map(({ record }) => record));
  tally.readings += parts.reduce((sum, { readings }) => sum + readings.length, 0);
  tally.pointsDuplicate += duplicatePoints;

  const device = deviceWorkOf(deviceId, batch);
  for (let next = 0; next < slots.length; next += settings.roundSlotsMax) {
    if (ports.clock() >= work.deadlineMs) return;
    const finished = await storeDeviceReadings(slots.slice(next, next + settings.roundSlotsMax), device);
    for (const slot of finished) await finishSlot(slot, batch);
  }
}

async function finishSlot({ readings, outcome }: FinishedSlot, batch: BatchWork): Promise<void> {
  const { tally, ledger } = batch;
  if (outcome.kind === 'merged') {
    tally.pointsStored += outcome.merge.stored;
    tally.pointsDuplicate += outcome.merge.duplicate;
    tally.pointsSuperseded += outcome.merge.superseded;
  } else {
    for (const [record, sent] of readings.sent) {
      await quarantineReadings(record, outcome.reason, outcome.detail, sent, batch);
    }
    tally.pointsQuarantined += pointCountOf(readings);
  }
  ledger.finish(readings.sent.keys());
}

async function quarantineReadings(
  record: number,
  reason: StoreRefusal,
  detail: string,
  readings: readonly EnvelopeReading[],
  { ports, records }: BatchWork,
): Promise<void> {
  await ports.quarantine.put({ reason, detail, origin: originOf(records, record), content: { readings } });
}

function originOf(records: BatchWork['records'], record: number): RecordOrigin {
  const origin = records[record]?.origin;
  if (!origin) throw new RangeError(`there is no record ${record}`);
  return origin;
}

function pointCountOf({ readings }: SlotReadings): number {
  return readings.reduce((sum, { metrics }) => sum + Object.keys(metrics).length, 0);
}

function deviceWorkOf(deviceId: string, { ports, settings, work, tally }: BatchWork): DeviceWork {
  const { repositories, memory, clock, random, sleep } = ports;
  return {
    deviceId,
    repositories,
    memory,
    newest: new NewestBlock(deviceId, repositories.blocks, memory, work),
    clock,
    pause: (attempt) =>
      sleep(random() * Math.min(CONFLICT_PAUSE_MS_MAX, CONFLICT_PAUSE_MS_FIRST * 2 ** attempt)),
    work,
    tally,
    conflictTriesMax: settings.conflictTriesMax,
  };
}
