import { RESOLUTION_MS, monthAt, windowAt, type Window } from '@weir/aggregation';
import type { Repositories, Rollup, RollupLevel, StoredBlock, WorkContext } from './ports.js';
import type { WindowPart } from './window-part.js';

/** Where windows are read from. */
export interface WindowSource {
  readonly repositories: Repositories;
  /** Length of a block's slot. */
  readonly blockMs: number;
  readonly work: WorkContext;
}

/** Which windows to read: those that begin in [fromMs, toMs). */
export interface WindowRange {
  /** On the grid of the windows, as is `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Items of the coarsest level that are read at most. */
  readonly itemsMax: number;
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
    private readonly device: { readonly deviceId: string; readonly metric: string },
    private readonly source: WindowSource,
  ) {}

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
  async children(level: RollupLevel, { fromMs, toMs, itemsMax }: WindowRange): Promise<LevelChunk> {
    const rollups = await this.rollups(level, rollupStart(level, fromMs), toMs, itemsMax);
    const last = rollups.length < itemsMax ? undefined : rollups.at(-1);
    return { parts: this.partsOf(rollups), reachedMs: Math.min(toMs, last?.window.endMs ?? toMs) };
  }

  /** The blocks that overlap the range, as far as `itemsMax` of them reach, in time order. */
  async blocks(range: WindowRange): Promise<{ blocks: readonly StoredBlock[]; reachedMs: number }> {
    const { fromMs, toMs, itemsMax } = range;
    const { repositories, work, blockMs } = this.source;
    const page = await repositories.blocks.range(
      this.device.deviceId,
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
    const range = { fromMs, toMs, limit };
    const rollups = await repositories.rollups.range(this.device.deviceId, level, range, work);
    this.itemsRead += rollups.length;
    return rollups;
  }

  private partsOf(rollups: readonly Rollup[]): WindowPart[] {
    return rollups.flatMap(({ slots }) =>
      slots.map(({ window, version, summaries }) => ({
        window,
        version,
        summary: summaries.get(this.device.metric),
      })),
    );
  }
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
