import { RESOLUTION_MS, foldSummaries, summariseBlock, windowAt } from '@weir/aggregation';
import type { Repositories, Rollup, RollupSlot, StoredBlock, WorkContext } from '@weir/dynamo-repo';
import { mapBounded } from './map-bounded.js';

/** What propagating blocks of one device needs. */
export interface Propagation {
  readonly deviceId: string;
  readonly repositories: Pick<Repositories, 'rollups'>;
  readonly newest: {
    /**
     * Whether the device's newest block begins at or after `timeMs`. When the answer is no, none did at some moment since
     * the call.
     */
    isAtOrAfter(timeMs: number): Promise<boolean>;
  };
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly work: WorkContext;
}

/** Hours are different items. */
const HOURS_AT_ONCE = 4;

/**
 * Brings the summaries of blocks of one UTC day, each at its version, into the rollups: always into their hours; the hours
 * into the day where the device's newest block lies in a later hour; the day into the month where it lies in a later day.
 *
 * Every step is idempotent and never replaces a newer version. A level is folded even if the write below it changed nothing:
 * whoever wrote that may have died before folding. Several blocks share the folds, as only the last one counts.
 *
 * @param blocks of one device and one UTC day, oldest first
 */
export async function propagateBlocks(blocks: readonly StoredBlock[], device: Propagation): Promise<void> {
  const hourGroups = groupByWindow(blocks, RESOLUTION_MS['1h']);
  await foldHours(
    await mapBounded(hourGroups, HOURS_AT_ONCE, (hourBlocks) => putHour(hourBlocks, device)),
    device,
  );
}

/**
 * Folds hours of one UTC day, as they stand, into the levels above, as far as these are due.
 *
 * @param hours of one device, oldest first
 */
export async function foldHours(hours: readonly Rollup[], device: Propagation): Promise<void> {
  const { repositories, deviceId, clock, work } = device;
  const over: Rollup[] = [];
  for (const hour of hours) if (await device.newest.isAtOrAfter(hour.window.endMs)) over.push(hour);
  if (over.length === 0) return;
  const { rollup: day } = await repositories.rollups.putSlots(
    deviceId,
    'day',
    over.map(foldOf),
    clock(),
    work,
  );
  await mapBounded(over, HOURS_AT_ONCE, (hour) => repositories.rollups.markFolded(hour, clock(), work));
  await foldDay(day, device);
}

/** Folds a day, as it stands, into its month, if the device's newest block lies in a later day. */
export async function foldDay(day: Rollup, device: Propagation): Promise<void> {
  const { repositories, deviceId, clock, work } = device;
  if (await device.newest.isAtOrAfter(day.window.endMs)) {
    await repositories.rollups.putSlots(deviceId, 'month', [foldOf(day)], clock(), work);
  }
}

/** @returns the hour of the blocks, as it stands with them */
async function putHour(blocks: readonly StoredBlock[], device: Propagation): Promise<Rollup> {
  const { repositories, deviceId, clock, work } = device;
  const slots = blocks.map(({ block, version }) => ({
    window: block.slot,
    version,
    summaries: summariseBlock(block),
  }));
  return (await repositories.rollups.putSlots(deviceId, 'hour', slots, clock(), work)).rollup;
}

/** A whole rollup as one child of the next level. */
function foldOf({ window, version, slots }: Rollup): RollupSlot {
  return { window, version, summaries: foldSummaries(slots.map(({ summaries }) => summaries)) };
}

/** The UTC days of blocks that are given oldest first, each with its blocks. */
export function groupByDay(blocks: readonly StoredBlock[]): StoredBlock[][] {
  return groupByWindow(blocks, RESOLUTION_MS['1d']);
}

function groupByWindow(blocks: readonly StoredBlock[], lengthMs: number): StoredBlock[][] {
  const groups = new Map<number, StoredBlock[]>();
  for (const stored of blocks) {
    const { startMs } = windowAt(lengthMs, stored.block.slot.startMs);
    const group = groups.get(startMs);
    if (group) group.push(stored);
    else groups.set(startMs, [stored]);
  }
  return [...groups.values()];
}
