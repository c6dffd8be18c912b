import type { Repositories } from '@weir/dynamo-repo';
import type { Expectation } from './expectation.js';
import { summariesOf } from './point-oracle.js';
import { freely } from './simulated-world.js';
import { readDevice } from './table-reader.js';
import { BLOCK_MS, DAY_MS, DEVICE_GROUPS, HOUR_MS } from './workload.js';

const LEVELS = [
  ['blocks', BLOCK_MS],
  ['hours', HOUR_MS],
  ['days', DAY_MS],
] as const;

/**
 * Somebody who queries while everything else goes on, and remembers what was shown. A window must show at least what was
 * acknowledged before the query began and what it showed before, and never more than was ever sent.
 */
export class SimulatedReader {
  readonly wrong: string[] = [];
  private counts = new Map<string, number>();
  private readonly latestMs = new Map<string, number>();

  /** @param repositories through which others get their turns between one item and the next */
  constructor(private readonly repositories: Repositories) {}

  /**
   * Reads everything once.
   *
   * @param acknowledged what must be seen at least
   * @param sent what may be seen at most
   */
  async read(acknowledged: Expectation, sent: Expectation): Promise<void> {
    for (const deviceId of DEVICE_GROUPS.flat()) {
      const reading = await readDevice(this.repositories, deviceId, freely());
      for (const [level, lengthMs] of LEVELS) {
        const least = summariesOf(acknowledged.points.values(), deviceId, lengthMs);
        for (const [window, { count: most }] of summariesOf(sent.points.values(), deviceId, lengthMs)) {
          const [startMs, metric] = window.split(' ');
          if (level === 'blocks' && isGone(sent, deviceId, Number(startMs))) continue;
          const seen = reading[level].get(Number(startMs))?.get(String(metric))?.count ?? 0;
          this.compare(`${level} of ${deviceId}: ${window}`, seen, least.get(window)?.count ?? 0, most);
        }
      }
      this.compareLatest(deviceId, reading.latestMs, acknowledged);
    }
  }

  private compare(window: string, seen: number, acknowledged: number, sent: number): void {
    const before = this.counts.get(window) ?? 0;
    if (seen < acknowledged)
      this.wrong.push(`${window} shows ${seen} of ${acknowledged} acknowledged points`);
    if (seen < before) this.wrong.push(`${window} shows ${seen} points, and has shown ${before}`);
    if (seen > sent) this.wrong.push(`${window} shows ${seen} points, of ${sent} that were sent`);
    this.counts.set(window, seen);
  }

  private compareLatest(deviceId: string, seenMs: number, acknowledged: Expectation): void {
    let leastMs = this.latestMs.get(deviceId) ?? -Infinity;
    for (const point of acknowledged.points.values()) {
      if (point.deviceId === deviceId) leastMs = Math.max(leastMs, point.timestampMs);
    }
    if (seenMs < leastMs) this.wrong.push(`the latest of ${deviceId} is ${seenMs}, and has been ${leastMs}`);
    this.latestMs.set(deviceId, seenMs);
  }
}

/** Whether what is finer than an hour has expired there. */
export function isGone({ expiredHours }: Expectation, deviceId: string, timeMs: number): boolean {
  return expiredHours.has(`${deviceId} ${timeMs - (timeMs % HOUR_MS)}`);
}
