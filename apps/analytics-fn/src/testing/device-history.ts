import {
  RESOLUTION_MS,
  emptyBlock,
  foldSummaries,
  mergeReadings,
  summariseBlock,
  windowAt,
  type BlockReading,
} from '@weir/aggregation';
import { blockKeyOf, type Repositories, type StoredBlock, type WorkContext } from '@weir/dynamo-repo';

export const ROOMY_WORK: WorkContext = {
  deadlineMs: Number.MAX_SAFE_INTEGER,
  meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 },
};

/** Thrown where a history was told to stop, as a crash would. */
export class Stopped extends Error {}

export type Level = 'hour' | 'day' | 'month';

export function makeReading(
  timestampMs: number,
  metrics: Record<string, number>,
  revision = 0,
): BlockReading {
  return { timestampMs, metrics, revision, receivedAtMs: timestampMs + 1000 };
}

/**
 * Brings the store into the states that a device's readings pass through: writes blocks, propagates and seals them, by the
 * rules of the design and through the repositories alone. Each write is one step; `stepsMax` steps and it stops.
 */
export class DeviceHistory {
  stepsMax = Infinity;

  constructor(
    private readonly repositories: Repositories,
    readonly deviceId: string,
    private readonly blockMs: number,
    private readonly clock: () => number,
  ) {}

  /** Writes readings into their blocks, and does nothing else. */
  async write(readings: readonly BlockReading[]): Promise<number[]> {
    const slots = new Map<number, BlockReading[]>();
    for (const reading of readings) {
      const { startMs } = windowAt(this.blockMs, reading.timestampMs);
      slots.set(startMs, [...(slots.get(startMs) ?? []), reading]);
    }
    await this.repositories.devices.ensureListed(this.deviceId, ROOMY_WORK);
    const starts = [...slots.keys()].sort((a, b) => a - b);
    for (const startMs of starts) {
      const stored = await this.block(startMs);
      const slot = windowAt(this.blockMs, startMs);
      const merge = mergeReadings(stored?.block ?? emptyBlock(slot), slots.get(startMs) ?? []);
      if (!merge.changed) continue;
      this.step();
      await this.repositories.blocks.write(this.deviceId, merge.block, stored, this.clock(), ROOMY_WORK);
    }
    return starts;
  }

  /** Writes readings and brings to rest everything but the newest block, as a finished batch leaves it. */
  async store(readings: readonly BlockReading[]): Promise<void> {
    const touched = await this.write(readings);
    const run = await this.repositories.blocks.openRun(this.deviceId, ROOMY_WORK);
    const newestMs = run.blocks[0]?.block.slot.startMs;
    const open = run.blocks.filter(({ sealed }) => !sealed).map(({ block }) => block.slot.startMs);
    const starts = [...new Set([...touched, ...open])].filter((startMs) => startMs !== newestMs);
    for (const startMs of starts.sort((a, b) => a - b)) {
      await this.propagate(startMs, dueLevels(startMs, newestMs ?? 0));
      await this.seal(startMs);
    }
  }

  /** Hands a block on to the levels that are due, or to those that are named. */
  async propagate(startMs: number, levels?: readonly Level[]): Promise<void> {
    const { rollups } = this.repositories;
    const stored = await this.block(startMs);
    if (stored === undefined) return;
    const run = levels ? undefined : await this.repositories.blocks.openRun(this.deviceId, ROOMY_WORK);
    const due = levels ?? dueLevels(startMs, run?.blocks[0]?.block.slot.startMs ?? 0);
    const slot = {
      window: stored.block.slot,
      version: stored.version,
      summaries: summariseBlock(stored.block),
    };
    this.step();
    const hour = (await rollups.putSlots(this.deviceId, 'hour', [slot], this.clock(), ROOMY_WORK)).rollup;
    if (!due.includes('day')) return;
    this.step();
    const day = (await rollups.putSlots(this.deviceId, 'day', [foldOf(hour)], this.clock(), ROOMY_WORK))
      .rollup;
    await rollups.markFolded(hour, this.clock(), ROOMY_WORK);
    if (!due.includes('month')) return;
    this.step();
    await rollups.putSlots(this.deviceId, 'month', [foldOf(day)], this.clock(), ROOMY_WORK);
  }

  async seal(startMs: number): Promise<void> {
    const stored = await this.block(startMs);
    if (stored === undefined || stored.sealed) return;
    this.step();
    await this.repositories.blocks.seal(stored, this.clock(), ROOMY_WORK);
  }

  private async block(slotStartMs: number): Promise<StoredBlock | undefined> {
    const key = { deviceId: this.deviceId, slotStartMs };
    return (await this.repositories.blocks.getMany([key], ROOMY_WORK)).get(blockKeyOf(key));
  }

  private step(): void {
    if (this.stepsMax <= 0) throw new Stopped();
    this.stepsMax -= 1;
  }
}

/** The levels that a block is handed on to where the device's newest block begins at `newestMs`. */
function dueLevels(startMs: number, newestMs: number): Level[] {
  const dayIsDue = newestMs >= windowAt(RESOLUTION_MS['1h'], startMs).endMs;
  const monthIsDue = newestMs >= windowAt(RESOLUTION_MS['1d'], startMs).endMs;
  return ['hour', ...(dayIsDue ? (['day'] as const) : []), ...(monthIsDue ? (['month'] as const) : [])];
}

type Rollup = Awaited<ReturnType<Repositories['rollups']['putSlots']>>['rollup'];

function foldOf({ window, version, slots }: Rollup) {
  return { window, version, summaries: foldSummaries(slots.map(({ summaries }) => summaries)) };
}
