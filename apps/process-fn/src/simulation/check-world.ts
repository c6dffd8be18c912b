import { encodeSummaries, statisticsOf, summariseBlock, type Summaries } from '@weir/aggregation';
import type { Rollup, RollupLevel, StoredBlock } from '@weir/dynamo-repo';
import { identityOf, summariesOf, type OraclePoint, type OracleSummary } from './point-oracle.js';
import { freely, type SimulatedWorld } from './simulated-world.js';
import { readDevice, type Reading } from './table-reader.js';
import { BLOCK_MS, DAY_MS, HOUR_MS } from './workload.js';

const ALL = { fromMs: 0, toMs: Date.UTC(2100, 0, 1), limit: 10_000 };

/**
 * Compares all that stands in the table, and what a reader makes of it, with the distinct points, once nothing is under way
 * and nothing pending.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkTable(
  world: SimulatedWorld,
  expected: ReadonlyMap<string, OraclePoint>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const deviceId of new Set([...expected.values()].map((point) => point.deviceId))) {
    const own = [...expected.values()].filter((point) => point.deviceId === deviceId);
    const { repositories } = world;
    const page = await repositories.blocks.range(deviceId, { ...ALL, order: 'asc' }, freely());
    wrong.push(...checkPoints(page.blocks, own), ...checkSeals(page.blocks));
    const newestMs = page.blocks.at(-1)?.block.slot.startMs ?? -Infinity;
    const rollups = async (level: RollupLevel): Promise<readonly Rollup[]> =>
      repositories.rollups.range(deviceId, level, ALL, freely());
    const [hours, days, months] = [await rollups('hour'), await rollups('day'), await rollups('month')];
    wrong.push(...checkHours(hours, page.blocks));
    wrong.push(...checkFolds(days, hours, newestMs), ...checkFolds(months, days, newestMs));
    const reading = await readDevice(repositories, deviceId, freely());
    wrong.push(
      ...checkReading(reading.blocks, summariesOf(own, deviceId, BLOCK_MS), `blocks of ${deviceId}`),
    );
    wrong.push(...checkReading(reading.hours, summariesOf(own, deviceId, HOUR_MS), `hours of ${deviceId}`));
    wrong.push(...checkReading(reading.days, summariesOf(own, deviceId, DAY_MS), `days of ${deviceId}`));
    if (!(await repositories.devices.directoryEntry(deviceId, freely())))
      wrong.push(`${deviceId} is not listed`);
  }
  return wrong;
}

/** Compares, while faults go on, what readers see with the least that they must see: all acknowledged identities. */
export async function checkAcknowledged(
  world: SimulatedWorld,
  acknowledged: ReadonlyMap<string, OraclePoint>,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const deviceId of new Set([...acknowledged.values()].map((point) => point.deviceId))) {
    const reading = await readDevice(world.repositories, deviceId, freely());
    for (const [level, lengthMs] of [
      ['blocks', BLOCK_MS],
      ['hours', HOUR_MS],
      ['days', DAY_MS],
    ] as const) {
      for (const [key, { count }] of summariesOf(acknowledged.values(), deviceId, lengthMs)) {
        const [startMs, metric] = key.split(' ');
        const seen = reading[level].get(Number(startMs))?.get(String(metric))?.count ?? 0;
        if (seen < count)
          wrong.push(`${level} of ${deviceId}: ${key} shows ${seen} of ${count} acknowledged points`);
      }
    }
  }
  return wrong;
}

function checkPoints(blocks: readonly StoredBlock[], expected: readonly OraclePoint[]): string[] {
  const describe = ({ value, revision, receivedAtMs }: OraclePoint): string =>
    `${value} at revision ${revision}, received ${receivedAtMs}`;
  const stored = new Map<string, string>();
  for (const { deviceId, block } of blocks) {
    for (const { metrics, ...reading } of block.readings) {
      for (const [metric, value] of Object.entries(metrics)) {
        const point = { deviceId, metric, value, ...reading };
        stored.set(identityOf(point), describe(point));
      }
    }
  }
  const wrong = expected
    .filter((point) => stored.get(identityOf(point)) !== describe(point))
    .map((point) => `point ${identityOf(point)} is ${stored.get(identityOf(point))}, not ${describe(point)}`);
  if (stored.size > expected.length) wrong.push(`there are ${stored.size} points, not ${expected.length}`);
  return wrong;
}

function checkSeals(blocks: readonly StoredBlock[]): string[] {
  return blocks
    .filter(({ sealed }, index) => sealed !== index < blocks.length - 1)
    .map(({ block, sealed }) => `block ${block.slot.startMs} is ${sealed ? 'sealed' : 'open'}`);
}

/** Every sealed block stands in its hour with its version and summaries, and nothing else does. */
function checkHours(hours: readonly Rollup[], blocks: readonly StoredBlock[]): string[] {
  const sealed = blocks.filter((block) => block.sealed);
  const slots = new Map(hours.flatMap((hour) => hour.slots).map((slot) => [slot.window.startMs, slot]));
  const wrong = sealed
    .filter(({ block, version }) => {
      const slot = slots.get(block.slot.startMs);
      return slot?.version !== version || !sameSummaries(slot.summaries, summariseBlock(block));
    })
    .map(({ block, version }) => `hour slot of block ${block.slot.startMs} is not at version ${version}`);
  if (slots.size > sealed.length) wrong.push('an hour has a slot of a block that is not sealed');
  return wrong;
}

/** Every window that is over stands folded in the next level, at the version that it has now. */
function checkFolds(coarse: readonly Rollup[], fine: readonly Rollup[], newestMs: number): string[] {
  const slots = new Map(coarse.flatMap((rollup) => rollup.slots).map((slot) => [slot.window.startMs, slot]));
  return fine
    .filter(
      ({ window, version }) => window.endMs <= newestMs && slots.get(window.startMs)?.version !== version,
    )
    .map(({ level, window, version }) => {
      const stands = slots.get(window.startMs)?.version;
      return `${level} ${window.startMs} is folded at version ${stands}, but stands at ${version}`;
    });
}

function checkReading(
  reading: Reading,
  expected: ReadonlyMap<string, OracleSummary>,
  what: string,
): string[] {
  const wrong: string[] = [];
  let windowCount = 0;
  for (const [startMs, summaries] of reading) {
    for (const [metric, summary] of summaries) {
      windowCount += 1;
      const { count, sum, min, max, first, last } = statisticsOf(summary);
      const seen = JSON.stringify({ count, sum, min, max, first, last });
      const due = JSON.stringify(expected.get(`${startMs} ${metric}`));
      if (seen !== due) wrong.push(`${what}: ${startMs} ${metric} reads ${seen}, not ${due}`);
    }
  }
  if (windowCount < expected.size) wrong.push(`${what}: ${expected.size - windowCount} windows are missing`);
  return wrong;
}

function sameSummaries(a: Summaries, b: Summaries): boolean {
  return Buffer.compare(encodeSummaries(a), encodeSummaries(b)) === 0;
}
