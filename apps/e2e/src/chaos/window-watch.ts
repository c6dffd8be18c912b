import { isNativeError } from 'node:util/types';
import { allWindows, call } from '../api.js';
import type { ActualWindow } from '@weir/window-oracle';
import { devicesOf, METRICS, type Fleet } from './fleet.js';
import { SeededRandom } from './seeded-random.js';
import { RESOLUTIONS, type StoreQuery } from './store-comparison.js';

/**
 * Reads while everything fails, and holds the pipeline to what a reader may rely on at any moment: no window vanishes, its
 * count and version never fall, at the same version it says the same, and a device's last reading never gets older.
 */
export class WindowWatch {
  readonly violations: string[] = [];
  reads = 0;
  private readonly seen = new Map<string, ReadonlyMap<string, ActualWindow>>();
  private readonly lastSeen = new Map<string, string>();
  private readonly random: SeededRandom;

  constructor(
    seed: number,
    private readonly fleet: Fleet,
    private readonly query: StoreQuery,
  ) {
    this.random = new SeededRandom(`${seed}/watch`);
  }

  /** Reads something once. What is not answered, because something was just killed, teaches nothing. */
  async look(): Promise<void> {
    const { random } = this;
    const { deviceId } = random.pick(devicesOf(this.fleet));
    const metric = random.pick(METRICS);
    const resolution = random.pick(Object.keys(RESOLUTIONS));
    try {
      if (random.chance(0.2)) await this.lookAtDevices();
      else await this.lookAtWindows(deviceId, metric, resolution);
      this.reads += 1;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  private async lookAtWindows(deviceId: string, metric: string, resolution: string): Promise<void> {
    const { analyticsUrl, token, from, to } = this.query;
    const path = `/v1/devices/${deviceId}/aggregates`;
    const windows = await allWindows(analyticsUrl, token, {
      path,
      metric,
      resolution,
      from,
      to,
      limit: 1000,
    });
    const name = `${deviceId} ${metric} ${resolution}`;
    const now = new Map(windows.map((window) => [window.start, window]));
    for (const before of this.seen.get(name)?.values() ?? []) {
      const problem = problemOf(before, now.get(before.start));
      if (problem !== undefined) this.violations.push(`${name} ${before.start} ${problem}`);
    }
    this.seen.set(name, now);
  }

  private async lookAtDevices(): Promise<void> {
    const { analyticsUrl, token } = this.query;
    const answer = await call(`${analyticsUrl}/v1/devices`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    if (answer.status !== 200) throw new Error(`/v1/devices answered ${answer.status}: ${answer.text}`);
    for (const { deviceId, lastSeen = '' } of answer.body['items'] as {
      deviceId: string;
      lastSeen?: string;
    }[]) {
      const before = this.lastSeen.get(deviceId) ?? '';
      if (lastSeen < before) this.violations.push(`${deviceId} was last seen at ${lastSeen} after ${before}`);
      this.lastSeen.set(deviceId, lastSeen);
    }
  }
}

/** What a reader may not see after it saw a window as it was `before`. */
export function problemOf(before: ActualWindow, now: ActualWindow | undefined): string | undefined {
  if (now === undefined) return 'vanished';
  if (now.count < before.count) return `count: ${now.count} after ${before.count}`;
  if (now.version < before.version) return `version: ${now.version} after ${before.version}`;
  if (now.version > before.version) return undefined;
  const same = (window: ActualWindow) => JSON.stringify({ ...window, final: true });
  return same(now) === same(before)
    ? undefined
    : `changed at version ${now.version}: ${same(before)}, ${same(now)}`;
}

/** A connection that broke, or an answer that says to come again. Errors of `fetch` may be of another realm. */
function isPassing(error: unknown): boolean {
  return isNativeError(error) && /^fetch failed$|^terminated$| answered (429|5\d\d): /.test(error.message);
}
