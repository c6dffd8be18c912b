import { foldSummaries, monthAt, summariseBlock } from '@weir/aggregation';
import type {
  ItemPlace,
  RepairableRepositories,
  Rollup,
  RollupLevel,
  RollupSlot,
  StandingItem,
  WorkContext,
} from '@weir/dynamo-repo';
import type { Comparison, WindowTruth } from './compare-device.js';
import type { CorruptItem, DeviceSnapshot } from './device-snapshot.js';
import { childOf, dayOf, hourOf, isPartOf } from './slot-truth.js';

/** What a device looks like now. */
export interface Look {
  readonly snapshot: DeviceSnapshot;
  readonly comparison: Comparison;
}

export interface CorruptMending {
  readonly deviceId: string;
  readonly look: () => Promise<Look>;
  readonly repositories: RepairableRepositories;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newWork: () => WorkContext;
}

/** Most blocks have few versions; beyond this one there is no doubt that a number is not one. */
const VERSION_MAX = 1e9;

/**
 * Replaces a block or a rollup that cannot be decoded, or that is ahead of what it was made of, by what it should be. Its
 * versions are read before anything that it is made from, and it is replaced only while they stand: whatever is written to
 * it meanwhile is not lost, but makes this fail.
 *
 * @returns whether it was replaced; if not, it changed meanwhile, or the archive has less than the level above has counted
 */
export async function mendCorrupt(item: CorruptItem, mending: CorruptMending): Promise<boolean> {
  const { deviceId, look, repositories, clock, newWork } = mending;
  const place: ItemPlace = { deviceId, level: item.level, startMs: item.startMs };
  const standing = await repositories.repair.standing(place, newWork());
  if (!standing) return false;
  const seen = await look();
  if (item.level === 'block') {
    const truth = seen.comparison.slots.find(({ slot }) => slot.startMs === item.startMs);
    const child = childOf(seen.snapshot.rollups.hour.get(hourOf(item.startMs)), item.startMs);
    if (!truth?.made || isPartOf(summariseBlock(truth.made), child)) return false;
    const version = Math.max(versionIn(standing, 'v'), child?.version ?? 0) + 1;
    const sealed = standing.versions['s'] === true;
    return repositories.repair.replaceBlock(standing, truth.made, { version, sealed }, clock(), newWork());
  }
  const children = await childrenOf(item.level, standing, seen, mending);
  if (children.length === 0) return false;
  return repositories.repair.replaceRollup(standing, children, newWork());
}

async function childrenOf(
  level: RollupLevel,
  standing: StandingItem,
  { snapshot, comparison }: Look,
  mending: CorruptMending,
): Promise<readonly RollupSlot[]> {
  const { startMs } = standing;
  if (level === 'hour') {
    const slots = comparison.slots.filter(({ slot }) => hourOf(slot.startMs) === startMs);
    const children = slots
      .filter(({ stored, state }) => stored !== undefined || state === 'expired')
      .map(({ slot, stored, summaries }) => ({
        window: slot,
        version: stored?.version ?? versionAfter(standing, (slot.startMs - startMs) / 60_000),
        summaries,
      }));
    const inDay = childOf(snapshot.rollups.day.get(dayOf(startMs)), startMs);
    return isPartOf(foldSummaries(children.map(({ summaries }) => summaries)), inDay) ? [] : children;
  }
  if (level === 'day') {
    const hours = comparison.hours.filter(({ window, due }) => due && dayOf(window.startMs) === startMs);
    const children = hours.map(({ window, summaries }) => ({
      window,
      version:
        snapshot.rollups.hour.get(window.startMs)?.version ??
        versionAfter(standing, (window.startMs - startMs) / 3_600_000),
      summaries,
    }));
    const inMonth = childOf(snapshot.rollups.month.get(monthAt(startMs).startMs), startMs);
    return isPartOf(foldSummaries(children.map(({ summaries }) => summaries)), inMonth) ? [] : children;
  }
  return daysOfMonth(startMs, snapshot, comparison.days, mending);
}

/** A month reaches beyond the range that is compared; days never expire, so the others are taken as they stand. */
async function daysOfMonth(
  startMs: number,
  { newestStartMs }: DeviceSnapshot,
  truths: readonly WindowTruth[],
  { deviceId, repositories, newWork }: CorruptMending,
): Promise<readonly RollupSlot[]> {
  const range = { fromMs: startMs, toMs: monthAt(startMs).endMs, limit: 31 };
  const days = await repositories.rollups.range(deviceId, 'day', range, newWork());
  return days
    .filter(({ window }) => newestStartMs >= window.endMs)
    .map((day) => {
      const truth = truths.find(({ window }) => window.startMs === day.window.startMs);
      return { window: day.window, version: day.version, summaries: truth?.summaries ?? foldOf(day) };
    });
}

function foldOf({ slots }: Rollup) {
  return foldSummaries(slots.map(({ summaries }) => summaries));
}

/** The next version of a child whose source has expired, by its number in the rollup. */
function versionAfter(standing: StandingItem, label: number): number {
  return versionIn(standing, `v${String(label).padStart(2, '0')}`) + 1;
}

/** The version in an attribute, 0 where there is none to be had. */
function versionIn({ versions }: StandingItem, attribute: string): number {
  const version = versions[attribute];
  return typeof version === 'number' && Number.isSafeInteger(version) && version > 0 && version < VERSION_MAX
    ? version
    : 0;
}
