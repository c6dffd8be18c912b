import { RESOLUTION_MS, windowAt, type Window } from '@weir/aggregation';
import { BLOCK_TTL_MS_MIN, type Rollup } from '@weir/dynamo-repo';
import type { DeviceWork } from './device-work.js';

/** A block younger than this cannot have expired. */
const EXPIRY_AGE_MS_MIN = BLOCK_TTL_MS_MIN;

/**
 * Tells, for one round of a device's slots, which blocks that are not there have been and expired: those that stand in the
 * rollups. A block that has not been sealed never expires, so one that stands in no rollup never was.
 *
 * Every hour and day is read once a round. That is enough, as it happens after the blocks were found missing, and nothing
 * that is propagated later can have expired yet.
 */
export class ExpiredBlocks {
  private readonly rollups = new Map<string, Promise<Rollup | undefined>>();

  constructor(private readonly device: DeviceWork) {}

  /**
   * Whether a block of `slot` may have expired, given that a read before this call found none. If so, it has to be looked
   * for again: another container may have created and propagated it between the two reads.
   */
  async mayInclude(slot: Window): Promise<boolean> {
    if (slot.endMs >= this.device.clock() - EXPIRY_AGE_MS_MIN) return false;
    const hourStartMs = windowAt(RESOLUTION_MS['1h'], slot.startMs).startMs;
    const hour = await this.once('hour', hourStartMs);
    if (hour) return hasSlot(hour, slot.startMs);
    const day = await this.once('day', windowAt(RESOLUTION_MS['1d'], slot.startMs).startMs);
    if (!day || !hasSlot(day, hourStartMs)) return false;
    // An hour is written before it is folded. So this one has expired, or was first written between the two reads.
    const hourNow = await this.read('hour', hourStartMs);
    return !hourNow || hasSlot(hourNow, slot.startMs);
  }

  private once(level: 'hour' | 'day', startMs: number): Promise<Rollup | undefined> {
    const name = `${level} ${startMs}`;
    const reading = this.rollups.get(name) ?? this.read(level, startMs);
    this.rollups.set(name, reading);
    return reading;
  }

  private read(level: 'hour' | 'day', startMs: number): Promise<Rollup | undefined> {
    const { repositories, deviceId, work } = this.device;
    return repositories.rollups.get(deviceId, level, startMs, work);
  }
}

function hasSlot({ slots }: Rollup, startMs: number): boolean {
  return slots.some(({ window }) => window.startMs === startMs);
}
