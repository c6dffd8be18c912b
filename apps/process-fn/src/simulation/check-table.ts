import {
  RESOLUTION_MS,
  encodeSummaries,
  statisticsOf,
  summariseBlock,
  type Statistics,
  type Summaries,
} from '@weir/aggregation';
import type { Repositories, Rollup, RollupLevel, StoredBlock } from '@weir/dynamo-repo';
import { hasExpired, isGone, newestBlockMs, type Expectation } from './expectation.js';
import { identityOf, summariesOf, type OraclePoint, type OracleSummary } from './point-oracle.js';
import { readAllWindows } from './read-windows.js';
import { freely } from './simulated-world.js';
import { METRICS } from './workload.js';

const ALL = { fromMs: 0, toMs: Date.UTC(2100, 0, 1), limit: 10_000 };

/**
 * Compares all that stands in the table, and what a reader makes of it, with what must have become of everything that was
 * put, once nothing is under way and nothing pending.
 *
 * @returns one sentence for each thing that is wrong
 */
export async function checkTable(repositories: Repositories, expected: Expectation): Promise<string[]> {
  const wrong: string[] = [];
  for (const deviceId of new Set([...expected.points.values()].map((point) => point.deviceId))) {
    const own = [...expected.points.values()].filter((point) => point.deviceId === deviceId);
    const standing = own.filter(({ timestampMs }) => !hasExpired(expected, deviceId, timestampMs));
    const { blocks } = await repositories.blocks.range(deviceId, { ...ALL, order: 'asc' }, freely());
    wrong.push(...checkPoints(blocks, standing), ...checkSeals(blocks));
    const newestMs = blocks.at(-1)?.block.slot.startMs ?? -Infinity;
    const rollups = async (level: RollupLevel): Promise<readonly Rollup[]> =>
      repositories.rollups.range(deviceId, level, ALL, freely());
    const [hours, days, months] = [await rollups('hour'), await rollups('day'), await rollups('month')];
    wrong.push(...checkHours(hours, blocks, expected));
    wrong.push(...checkFolds(days, hours, newestMs), ...checkFolds(months, days, newestMs));
    for (const metric of METRICS) {
      wrong.push(...(await checkWindows(repositories, deviceId, metric, expected)));
    }
    if (!(await repositories.devices.directoryEntry(deviceId, freely())))
      wrong.push(`${deviceId} is not listed`);
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

/** Every sealed block stands in its hour with its version and summaries, and beside them only what has expired. */
function checkHours(
  hours: readonly Rollup[],
  blocks: readonly StoredBlock[],
  { expiredBlocks }: Expectation,
): string[] {
  const slots = new Map(hours.flatMap((hour) => hour.slots).map((slot) => [slot.window.startMs, slot]));
  const wrong: string[] = [];
  for (const { deviceId, block, version, sealed } of blocks) {
    const { startMs } = block.slot;
    const slot = slots.get(startMs);
    if (sealed && (slot?.version !== version || !sameSummaries(slot.summaries, summariseBlock(block)))) {
      wrong.push(`hour slot of block ${startMs} of ${deviceId} is not at version ${version}`);
    }
    if (sealed) slots.delete(startMs);
  }
  const deviceId = blocks[0]?.deviceId;
  for (const startMs of slots.keys()) {
    if (!expiredBlocks.has(`${deviceId} ${startMs}`)) wrong.push(`an hour has a slot ${startMs} too many`);
  }
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

/** What queries answer at every resolution. */
async function checkWindows(
  repositories: Repositories,
  deviceId: string,
  metric: string,
  expected: Expectation,
): Promise<string[]> {
  const wrong: string[] = [];
  const newestMs = newestBlockMs(expected.points.values(), deviceId);
  for (const resolution of ['1m', '10m', '1h', '1d'] as const) {
    const lengthMs = RESOLUTION_MS[resolution];
    const due = summariesOf(expected.points.values(), deviceId, metric, lengthMs);
    for (const startMs of due.keys()) {
      const expired = resolution === '1m' ? hasExpired(expected, deviceId, startMs) : false;
      if (expired || (resolution === '10m' && isGone(expected, deviceId, startMs))) due.delete(startMs);
    }
    const windows = await readAllWindows(repositories, deviceId, metric, resolution);
    for (const { window, summary, final } of windows) {
      const name = `${resolution} ${deviceId} ${metric} ${window.startMs}`;
      const statistics = statisticsOf(summary);
      const wanted = due.get(window.startMs);
      due.delete(window.startMs);
      if (!wanted || !agrees(statistics, wanted)) {
        wrong.push(`${name} reads ${JSON.stringify(statistics)}, not ${JSON.stringify(wanted)}`);
      }
      if (final !== window.endMs <= newestMs) wrong.push(`${name} is ${final ? '' : 'not '}final`);
    }
    for (const startMs of due.keys()) wrong.push(`${resolution} ${deviceId} ${metric} ${startMs} is missing`);
  }
  return wrong;
}

/** Sums of the small whole numbers that workloads consist of are exact; deviations round, and quantiles may be 2 % off. */
function agrees(seen: Statistics, due: OracleSummary): boolean {
  const exact = (['count', 'sum', 'min', 'max', 'first', 'last'] as const).every(
    (name) => seen[name] === due[name],
  );
  const quantiles = [
    [0.5, seen.p50],
    [0.95, seen.p95],
    [0.99, seen.p99],
  ] as const;
  return (
    exact &&
    Math.abs(seen.stddev - due.stddev) <= 1e-9 * (1 + due.stddev) &&
    quantiles.every(([q, value]) => {
      const nearestRank = due.values[Math.ceil(q * due.count) - 1] ?? NaN;
      return Math.abs(value - nearestRank) <= 0.02 * Math.abs(nearestRank);
    })
  );
}

function sameSummaries(a: Summaries, b: Summaries): boolean {
  return Buffer.compare(encodeSummaries(a), encodeSummaries(b)) === 0;
}
