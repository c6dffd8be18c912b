import { RESOLUTION_MS, type Resolution } from '@weir/aggregation';
import type { Repositories } from '@weir/dynamo-repo';
import { isGone, type Expectation } from './expectation.js';
import { latestOf, summariesOf } from './point-oracle.js';
import { readAllWindows } from './read-windows.js';
import type { SeededRandom } from './seeded-random.js';
import { freely } from './simulated-world.js';
import { DEVICE_GROUPS, METRICS } from './workload.js';

/** What the rollups answer, whose windows outlive the blocks. */
const RESOLUTIONS = ['10m', '1h', '1d'] as const satisfies readonly Resolution[];

/** What a window has shown. */
interface Shown {
  readonly count: number;
  readonly version: number;
}

/**
 * Somebody who queries while everything else goes on. A window must show at least what was finished before the query began,
 * and never more than was ever sent. And it must never show less than before, as long as no two invocations work on the
 * same device at once: if they do, what one of them has written may be hidden by a seal of the other until it is finished.
 */
export class SimulatedReader {
  readonly wrong: string[] = [];
  private readonly shown = new Map<string, Shown>();
  private readonly latestMs = new Map<string, number>();

  /**
   * @param repositories through which others get their turns between one item and the next
   * @param invocationsOverlap whether two of them may work on the same device at once
   */
  constructor(
    private readonly repositories: Repositories,
    private readonly random: SeededRandom,
    private readonly invocationsOverlap: boolean,
  ) {}

  /**
   * Reads one metric of one device at every resolution, and the device's latest block.
   *
   * @param finished what must be seen at least
   * @param sent what may be seen at most
   */
  async read(finished: Expectation, sent: Expectation): Promise<void> {
    const deviceId = this.random.pick(DEVICE_GROUPS.flat());
    const metric = this.random.pick(METRICS);
    for (const resolution of RESOLUTIONS) {
      await this.readWindows(deviceId, metric, resolution, finished, sent);
    }
    await this.readLatest(deviceId, finished);
  }

  private async readWindows(
    deviceId: string,
    metric: string,
    resolution: (typeof RESOLUTIONS)[number],
    finished: Expectation,
    sent: Expectation,
  ): Promise<void> {
    const windows = await readAllWindows(this.repositories, deviceId, metric, resolution);
    const seen = new Map(windows.map((window) => [window.window.startMs, window]));
    const least = summariesOf(finished.points.values(), deviceId, metric, RESOLUTION_MS[resolution]);
    const most = summariesOf(sent.points.values(), deviceId, metric, RESOLUTION_MS[resolution]);
    for (const startMs of new Set([...seen.keys(), ...most.keys()])) {
      if (resolution === '10m' && isGone(sent, deviceId, startMs)) continue;
      const name = `${resolution} ${deviceId} ${metric} ${startMs}`;
      const { summary, version = 0 } = seen.get(startMs) ?? {};
      const now = { count: summary?.count ?? 0, version };
      this.compare(name, now, least.get(startMs)?.count ?? 0, most.get(startMs)?.count ?? 0);
    }
  }

  private compare(window: string, now: Shown, finished: number, sent: number): void {
    const { count, version } = now;
    if (count < finished) this.wrong.push(`${window} shows ${count} of ${finished} finished points`);
    if (count > sent) this.wrong.push(`${window} shows ${count} points, of ${sent} that were sent`);
    if (this.invocationsOverlap) return;
    const before = this.shown.get(window) ?? { count: 0, version: 0 };
    this.shown.set(window, now);
    if (count < before.count)
      this.wrong.push(`${window} shows ${count} points, and has shown ${before.count}`);
    if (version < before.version) {
      this.wrong.push(`${window} has version ${version}, and has had ${before.version}`);
    }
  }

  private async readLatest(deviceId: string, finished: Expectation): Promise<void> {
    const run = await this.repositories.blocks.openRun(deviceId, freely());
    const seenMs = run.blocks[0]?.block.readings.at(-1)?.timestampMs ?? -Infinity;
    const leastMs = Math.max(
      this.latestMs.get(deviceId) ?? -Infinity,
      latestOf(finished.points.values(), deviceId),
    );
    if (seenMs < leastMs) this.wrong.push(`the latest of ${deviceId} is ${seenMs}, and has been ${leastMs}`);
    this.latestMs.set(deviceId, seenMs);
  }
}
