import { RESOLUTION_MS, windowAt } from '@weir/aggregation';
import type { HeadDepth, StoredBlock } from './ports.js';

/** Takes a device's blocks from the newest down, as they are read, and tells how far down to read. */
export class BlockDescent {
  /** Newest first. */
  readonly blocks: StoredBlock[] = [];
  /** Start of the lowest block that is wanted; undefined until a sealed one was met. */
  private untilMs: number | undefined;

  constructor(private readonly depth: HeadDepth) {}

  /** @returns whether the block below this one may be wanted too */
  take(stored: StoredBlock): boolean {
    const { startMs } = stored.block.slot;
    if (this.untilMs !== undefined && startMs < this.untilMs) return false;
    this.blocks.push(stored);
    if (stored.sealed) this.untilMs ??= this.depth === 'open run' ? startMs : this.unfoldedFromMs();
    return this.untilMs === undefined || startMs > this.untilMs;
  }

  /** Where the earliest hour begins that its day may lack, given that the last block taken is the first sealed one. */
  private unfoldedFromMs(): number | undefined {
    const lowest = this.blocks.findLast(({ sealed }) => !sealed) ?? this.blocks[0];
    return lowest && windowAt(RESOLUTION_MS['1h'], lowest.block.slot.startMs).startMs;
  }
}
