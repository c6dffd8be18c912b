import { RESOLUTION_MS, monthAt, summariseWindows, windowAt, type Window } from '@weir/aggregation';
import type { Repositories, Rollup, RollupLevel, StoredBlock, WorkContext } from './ports.js';
import type { WindowPart } from './window-part.js';

/** Where windows are read from. */
export interface WindowSource {
  readonly repositories: Repositories;
  /** Length of a block's slot. */
  readonly blockMs: number;
  readonly work: WorkContext;
}

export interface DeviceRange {
  readonly deviceId: string;
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Items of the coarsest level that are read at most. */
  readonly itemsMax: number;
}

/** What a device has not yet handed over to its day rollups. */
export interface OpenRegion {
  /** The open blocks of the range, in time order. */
  readonly blocks: readonly WindowPart[];
  /** Slot starts of the open blocks of the range and of the newest block: their hours may be unfolded. Ascending. */
  readonly unfoldedMs: readonly number[];
  /**
   * Windows that end at or before it are final: a later block has begun, and every block in them is sealed. -Infinity
   * for a device without blocks.
   */
  readonly finalBeforeMs: number;
}

/** As much of a level as one read takes. */
export interface LevelChunk {
  readonly parts: readonly WindowPart[];
  /** Everything of the range before it was read. */
  readonly reachedMs: number;
}

const READ_ITEMS_MAX = 50;

/** Reads one metric of one device, level by level. Every read is strongly consistent. */
export class DeviceLevels {
  /** Items read so far: what a page may cost is bounded by it. */
  itemsRead = 0;

  constructor(
    private readonly range: DeviceRange,
    private readonly source: WindowSource,
  ) {}

  /** To be read before anything else: what is sealed afterwards is then seen twice, never missed. */
  async openRegion(): Promise<OpenRegion> {
    const { repositories, work, blockMs } = this.source;
    const { blocks } = await repositories.blocks.openRun(this.range.deviceId, work);
    this.itemsRead += blocks.length;
    const open = blocks.filter(({ sealed }) => !sealed);
    const lowest = open.at(-1) ?? blocks[0];
    const inRange = open.filter(({ block }) => this.overlaps(block.slot)).reverse();
    const newest = blocks.slice(0, 1).filter(({ block }) => this.overlaps(block.slot));
    return {
      blocks: inRange.map((stored) => partOfBlock(stored, this.range.metric, blockMs)),
      unfoldedMs: [...inRange, ...newest].map(({ block }) => block.slot.startMs),
      finalBeforeMs: lowest?.block.slot.startMs ?? -Infinity,
    };
  }

  /** The children that rollups of `level` hold, where the rollup covers any of `instantsMs` (ascending). */
  async childrenAround(level: 'hour' | 'day', instantsMs: readonly number[]): Promise<WindowPart[]> {
    const parts: WindowPart[] = [];
    for (const span of spansOf(instantsMs, RESOLUTION_MS[level === 'hour' ? '1h' : '1d'])) {
      let fromMs = span.startMs;
      let rollups: readonly Rollup[];
      do {
        rollups = await this.rollups(level, fromMs, span.endMs, READ_ITEMS_MAX);
        parts.push(...this.partsOf(rollups));
        fromMs = rollups.at(-1)?.window.endMs ?? span.endMs;
      } while (rollups.length === READ_ITEMS_MAX);
    }
    return parts;
  }

  /** The children of the range that rollups of `level` hold, as far as `itemsMax` rollups reach. */
  async children(level: RollupLevel): Promise<LevelChunk> {
    const { fromMs, toMs, itemsMax } = this.range;
    const rollups = await this.rollups(level, rollupStart(level, fromMs), toMs, itemsMax);
    const last = rollups.length < itemsMax ? undefined : rollups.at(-1);
    return { parts: this.partsOf(rollups), reachedMs: Math.min(toMs, last?.window.endMs ?? toMs) };
  }

  /** The blocks that overlap the range up to `toMs`, as far as `itemsMax` of them reach, in time order. */
  async blocks(toMs: number): Promise<{ blocks: readonly StoredBlock[]; reachedMs: number }> {
    const { deviceId, fromMs, itemsMax } = this.range;
    const { repositories, work, blockMs } = this.source;
    const page = await repositories.blocks.range(
      deviceId,
      { fromMs: windowAt(blockMs, fromMs).startMs, toMs, order: 'asc', limit: itemsMax },
      work,
    );
    this.itemsRead += page.blocks.length;
    const last = page.nextAfterMs === undefined ? undefined : page.blocks.at(-1);
    return { blocks: page.blocks, reachedMs: Math.min(toMs, last?.block.slot.endMs ?? toMs) };
  }

  private async rollups(
    level: RollupLevel,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<readonly Rollup[]> {
    const { repositories, work } = this.source;
    const rollups = await repositories.rollups.range(
      this.range.deviceId,
      level,
      { fromMs, toMs, limit },
      work,
    );
    this.itemsRead += rollups.length;
    return rollups;
  }

  private partsOf(rollups: readonly Rollup[]): WindowPart[] {
    return rollups.flatMap(({ slots }) =>
      slots.map(({ window, version, summaries }) => ({
        window,
        version,
        summary: summaries.get(this.range.metric),
      })),
    );
  }

  private overlaps(slot: Window): boolean {
    return slot.endMs > this.range.fromMs && slot.startMs < this.range.toMs;
  }
}

function partOfBlock({ block, version }: StoredBlock, metric: string, blockMs: number): WindowPart {
  return { window: block.slot, version, summary: summariseWindows(block, metric, blockMs)[0]?.summary };
}

/** The windows of `lengthMs` that hold any of the instants (ascending), adjacent ones united. */
function spansOf(instantsMs: readonly number[], lengthMs: number): Window[] {
  const spans: Window[] = [];
  for (const instantMs of instantsMs) {
    const { startMs, endMs } = windowAt(lengthMs, instantMs);
    const before = spans.at(-1);
    if (before !== undefined && startMs <= before.endMs) spans[spans.length - 1] = { ...before, endMs };
    else spans.push({ startMs, endMs });
  }
  return spans;
}

function rollupStart(level: RollupLevel, timeMs: number): number {
  if (level === 'month') return monthAt(timeMs).startMs;
  return windowAt(RESOLUTION_MS[level === 'day' ? '1d' : '1h'], timeMs).startMs;
}
