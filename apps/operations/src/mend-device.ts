import type { Block } from '@weir/aggregation';
import { foldDay, foldHours, groupByDay, propagateBlocks, type Propagation } from '@weir/device-blocks';
import type { RepairableRepositories, Rollup, StoredBlock, WorkContext } from '@weir/dynamo-repo';
import { packEnvelopes, type PublishEnvelopes } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import type { Comparison } from './compare-device.js';
import type { DeviceSnapshot } from './device-snapshot.js';
import { OperationError } from './operation-error.js';
import { childInRollups, childOf, dayOf, hourOf, type SlotTruth } from './slot-truth.js';
import { unitePoints } from './unite-points.js';

/** What mending a device needs. */
export interface Mending {
  readonly deviceId: string;
  readonly snapshot: DeviceSnapshot;
  readonly comparison: Comparison;
  /** Blocks by slot start, of readings received before `horizonMs`. */
  readonly archived: ReadonlyMap<number, Block>;
  readonly horizonMs: number;
  /** A device's archived readings of some slots, as the stream carried them. */
  readonly envelopesOf: (slots: readonly { readonly fromMs: number; readonly toMs: number }[]) => Envelope[];
  readonly repositories: RepairableRepositories;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newWork: () => WorkContext;
}

/** What was done. */
export interface MendReport {
  /** Blocks written anew, and with them all rollups above. */
  readonly blocks: number;
  /** Places in hours or days written anew, whose blocks have expired. */
  readonly rollupSlots: number;
  /** Readings put back into the stream, as their block has never been stored; process-fn stores them. */
  readonly readingsSentBack: number;
}

const CONFLICT_TRIES_MAX = 8;
const PUBLISH_MS_MAX = 60_000;

/**
 * Mends what is `missing` or `differs`, by the same rules and conditions as process-fn writes, so that it may work on the
 * device at the same time:
 *
 * - A stored block is written anew under the next version, on the condition that it still is what was read; whoever wrote
 *   meanwhile is merged with. Its rollups then follow, as a newer version always replaces an older one.
 * - Where the block has expired, its place in the hour (or, where that has expired too, the hour's place in the day) is
 *   written under the next version. No other writer touches it, as readings for an expired block are refused.
 * - A block that was never stored is left to process-fn: its readings go back into the stream. One that was deleted before
 *   its time, which process-fn would take for expired, is written under the version after that of the rollups.
 *
 * Nothing is ever taken away. If it dies halfway, the next comparison finds what is left.
 *
 * @throws OperationError when others kept writing, or Kinesis did not take the readings
 */
export async function mendDevice(mending: Mending): Promise<MendReport> {
  const { comparison, snapshot } = mending;
  const readingsSentBack = await sendBack(mending);
  const { slots, hours } = whatToTouch(comparison, snapshot);
  const kept = slots.filter(({ stored }) => stored !== undefined);
  const expired = slots.filter(({ stored }) => stored === undefined);
  await rewriteHourSlots(expired, mending);
  await rewriteDaySlots(hours, mending);
  const rewritten: StoredBlock[] = [];
  for (const truth of missingBlocks(mending)) rewritten.push(...(await recreateBlock(truth, mending)));
  for (const truth of kept) rewritten.push(await rewriteBlock(truth, mending));
  rewritten.sort((a, b) => a.block.slot.startMs - b.block.slot.startMs);
  for (const blocks of groupByDay(rewritten)) await propagateBlocks(blocks, propagationOf(mending));
  return { blocks: rewritten.length, rollupSlots: expired.length + hours.length, readingsSentBack };
}

/** What has to be written anew so that everything above it is, too: the finest that is there. */
function whatToTouch(
  { differences, slots, hours }: Comparison,
  { rollups }: DeviceSnapshot,
): { readonly slots: readonly SlotTruth[]; readonly hours: readonly number[] } {
  const touchable = slots.filter(({ slot, stored }) => stored || rollups.hour.has(hourOf(slot.startMs)));
  const touchedSlots = new Map<number, SlotTruth>();
  const touchedHours = new Set<number>();
  const touchOneIn = (startMs: number, endMs: number): void => {
    const isInside = (timeMs: number): boolean => timeMs >= startMs && timeMs < endMs;
    if ([...touchedSlots.keys(), ...touchedHours].some(isInside)) return;
    const truth = touchable.findLast(({ slot }) => isInside(slot.startMs));
    const hour = hours.findLast(({ window }) => isInside(window.startMs));
    if (truth) touchedSlots.set(truth.slot.startMs, truth);
    else if (hour) touchedHours.add(hour.window.startMs);
  };
  const mendable = differences.filter(({ kind }) => kind === 'missing' || kind === 'differs');
  // Finer levels come first: writing them anew writes the coarser ones.
  for (const { level, window } of mendable) {
    const truth = touchable.find(({ slot }) => slot.startMs === window.startMs);
    if (level === 'hour' || (level === 'block' && truth?.stored)) {
      if (truth) touchedSlots.set(window.startMs, truth);
    }
  }
  for (const level of ['day', 'month'] as const) {
    for (const difference of mendable) {
      if (difference.level === level) touchOneIn(difference.window.startMs, difference.window.endMs);
    }
  }
  const inOrder = [...touchedSlots.values()].sort((a, b) => a.slot.startMs - b.slot.startMs);
  return { slots: inOrder, hours: [...touchedHours].sort((a, b) => a - b) };
}

/** Blocks that should be there and are not; not those that cannot be decoded, into which nothing can be written. */
function missingBlocks({ comparison, snapshot }: Mending): readonly SlotTruth[] {
  const corrupt = snapshot.corrupt.filter(({ level }) => level === 'block').map(({ startMs }) => startMs);
  return comparison.slots.filter(
    ({ slot, state, stored }) => state === 'kept' && !stored && !corrupt.includes(slot.startMs),
  );
}

async function sendBack(mending: Mending): Promise<number> {
  const { envelopesOf, publish, deviceGroups, clock, snapshot } = mending;
  const never = missingBlocks(mending).filter(({ slot }) => !childInRollups(snapshot, slot.startMs));
  const envelopes = envelopesOf(never.map(({ slot }) => ({ fromMs: slot.startMs, toMs: slot.endMs })));
  if (envelopes.length === 0) return 0;
  const records = envelopes.flatMap(({ readings, receivedAt, requestId }) =>
    packEnvelopes(readings, { receivedAt, requestId }, deviceGroups),
  );
  const { failed } = await publish(records, clock() + PUBLISH_MS_MAX);
  if (failed > 0) throw new OperationError(`Kinesis did not take ${failed} records in time; try again.`);
  return envelopes.reduce((sum, { readings }) => sum + readings.length, 0);
}

/** Process-fn would take it for expired, so it is written here: sealed, and newer than what the rollups have of it. */
async function recreateBlock({ slot, made }: SlotTruth, mending: Mending): Promise<StoredBlock[]> {
  const { clock, deviceId, newWork, repositories, snapshot } = mending;
  const child = childInRollups(snapshot, slot.startMs);
  if (!child || !made) return [];
  const none = { deviceId, level: 'block', startMs: slot.startMs, versions: {} } as const;
  const stored = { deviceId, block: made, version: child.version + 1, sealed: true };
  const written = await repositories.repair.replaceBlock(none, made, stored, clock(), newWork());
  return written ? [stored] : [];
}

async function rewriteBlock({ slot, stored }: SlotTruth, mending: Mending): Promise<StoredBlock> {
  const { archived, clock, deviceId, horizonMs, newWork, repositories } = mending;
  let current = stored;
  for (let attempt = 1; current && attempt <= CONFLICT_TRIES_MAX; attempt += 1) {
    const { block } = unitePoints(slot, current.block, archived.get(slot.startMs), horizonMs);
    const result = await repositories.blocks.write(deviceId, block, current, clock(), newWork());
    if (result.ok) return result.stored;
    current = result.current;
  }
  const at = new Date(slot.startMs).toISOString();
  throw new OperationError(`The block ${at} of ${deviceId} changed or expired meanwhile; try again.`);
}

async function rewriteHourSlots(truths: readonly SlotTruth[], mending: Mending): Promise<void> {
  const { clock, deviceId, newWork, repositories, snapshot } = mending;
  const hours: Rollup[] = [];
  for (const [hourMs, inside] of Map.groupBy(truths, ({ slot }) => hourOf(slot.startMs))) {
    const slots = inside.map(({ slot, summaries }) => {
      const child = childOf(snapshot.rollups.hour.get(hourMs), slot.startMs);
      return { window: slot, version: (child?.version ?? 0) + 1, summaries };
    });
    hours.push((await repositories.rollups.putSlots(deviceId, 'hour', slots, clock(), newWork())).rollup);
  }
  for (const ofDay of Map.groupBy(hours, ({ window }) => dayOf(window.startMs)).values()) {
    await foldHours(ofDay, propagationOf(mending));
  }
}

async function rewriteDaySlots(hourStarts: readonly number[], mending: Mending): Promise<void> {
  const { clock, comparison, deviceId, newWork, repositories, snapshot } = mending;
  for (const [dayMs, starts] of Map.groupBy(hourStarts, dayOf)) {
    const slots = comparison.hours
      .filter(({ window }) => starts.includes(window.startMs))
      .map(({ window, summaries }) => {
        const child = childOf(snapshot.rollups.day.get(dayMs), window.startMs);
        return { window, version: (child?.version ?? 0) + 1, summaries };
      });
    const { rollup } = await repositories.rollups.putSlots(deviceId, 'day', slots, clock(), newWork());
    await foldDay(rollup, propagationOf(mending));
  }
}

/** Asks the store every time: nothing is remembered of the device that could be out of date. */
function propagationOf({ clock, deviceId, newWork, repositories }: Mending): Propagation {
  return {
    deviceId,
    repositories,
    clock,
    work: newWork(),
    newest: {
      async isAtOrAfter(timeMs) {
        const { blocks } = await repositories.blocks.openRun(deviceId, newWork());
        return (blocks[0]?.block.slot.startMs ?? -Infinity) >= timeMs;
      },
    },
  };
}
