import type { BlockRepository, OpenRun, WorkContext } from '@weir/dynamo-repo';
import type { DeviceMemory } from './device-memory.js';

/**
 * Where the newest block of a device lies, as far as this container knows. It only ever moves forward.
 *
 * An old answer is enough to learn that a window is over, and never enough to learn that it is not. So a rollup is folded
 * upwards on what is remembered, but left alone only after a read that began *after* it was written. Of the last writer of
 * an hour and the first creator of a block in a later hour, then, at least one sees the other's write, and folds it.
 */
export class NewestBlock {
  private knownMs: number;

  constructor(
    private readonly deviceId: string,
    private readonly blocks: BlockRepository,
    private readonly memory: DeviceMemory,
    private readonly work: WorkContext,
  ) {
    this.knownMs = memory.newestStartMs(deviceId) ?? -Infinity;
  }

  /** The blocks from the newest down to the first sealed one, as they stand now. */
  async readOpenRun(): Promise<OpenRun> {
    const run = await this.blocks.openRun(this.deviceId, this.work);
    const newest = run.blocks[0];
    if (newest) {
      this.knownMs = Math.max(this.knownMs, newest.block.slot.startMs);
      this.memory.noteNewest(this.deviceId, newest.block.slot.startMs);
    }
    return run;
  }

  /**
   * Whether the device's newest block begins at or after `timeMs`. When the answer is no, none did at some moment since the
   * call.
   */
  async isAtOrAfter(timeMs: number): Promise<boolean> {
    if (this.knownMs < timeMs) await this.readOpenRun();
    return this.knownMs >= timeMs;
  }
}
