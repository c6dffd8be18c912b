import { gzipSync } from 'node:zlib';
import { groupByDay, propagateBlocks } from '@weir/device-blocks';
import { createMemoryRepositories, type MemoryRepositories, type WorkContext } from '@weir/dynamo-repo';
import { unpackEnvelope, type PackedEnvelope } from '@weir/envelope-stream';
import { DEVICE_GROUPS, encodeEnvelope, type Envelope, type EnvelopeReading } from '@weir/telemetry-schema';
import { ArchivedReadings } from '../archived-readings.js';
import type { VerifyPorts } from '../verify.js';
import { MemoryObjects } from './memory-objects.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const BLOCK_MS = 10 * MINUTE_MS;
/** In the middle of a day and a month. */
export const NOON_MS = Date.UTC(2026, 4, 14, 12);
/** When everything happens, unless a test moves on. */
export const NOW_MS = NOON_MS + 5 * DAY_MS;

export function makeReading(overrides: Partial<EnvelopeReading> = {}): EnvelopeReading {
  return { deviceId: 'pump-1', timestamp: NOON_MS, metrics: { flow: 1 }, ...overrides };
}

export function makeEnvelope(
  readings: readonly EnvelopeReading[],
  overrides: Partial<Envelope> = {},
): Envelope {
  const receivedAt = Math.max(...readings.map(({ timestamp }) => timestamp)) + 1_000;
  return { version: 1, receivedAt, requestId: 'request-1', readings, ...overrides };
}

/** A deployment in memory whose clock stands still, and a stream whose records are only kept. */
export class TestWorld {
  nowMs = NOW_MS;
  readonly archive = new MemoryObjects();
  readonly quarantine = new MemoryObjects();
  readonly repositories: MemoryRepositories = createMemoryRepositories({
    blockMinutes: BLOCK_MS / MINUTE_MS,
    clock: () => this.nowMs,
  });
  readonly stream: PackedEnvelope[] = [];
  /** How many records of the next calls the stream does not take. */
  refusals = 0;

  readonly verifyPorts: VerifyPorts = {
    archive: this.archive,
    repositories: this.repositories,
    publish: (records) => this.publish(records),
    deviceGroups: DEVICE_GROUPS.fallback,
    blockMs: BLOCK_MS,
    clock: () => this.nowMs,
    sleep: async () => undefined,
    newWork: () => this.newWork(),
    onProgress: () => undefined,
  };

  newWork(): WorkContext {
    return {
      deadlineMs: this.nowMs + MINUTE_MS,
      meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 },
    };
  }

  async publish(records: readonly PackedEnvelope[]): Promise<{ failed: number; retries: number }> {
    const failed = Math.min(this.refusals, records.length);
    this.refusals -= failed;
    this.stream.push(...records.slice(failed));
    return { failed, retries: 0 };
  }

  /** What the stream took, as far as it is envelopes. */
  sent(): Envelope[] {
    return this.stream.map(({ data }) => unpackEnvelope(data));
  }

  /** Archives envelopes as one object, in the hour in which the first of them was received. */
  archiveEnvelopes(name: string, ...envelopes: readonly Envelope[]): string {
    const hour = new Date(envelopes[0]?.receivedAt ?? 0).toISOString();
    const key = `envelopes/${hour.slice(0, 10).replaceAll('-', '/')}/${hour.slice(11, 13)}/${name}.gz`;
    this.archive.put(key, Buffer.concat(envelopes.map((envelope) => gzipSync(encodeEnvelope(envelope)))));
    return key;
  }

  /** Stores envelopes as process-fn leaves them when it has come to rest: all blocks sealed but the newest of each device. */
  async store(...envelopes: readonly Envelope[]): Promise<void> {
    const readings = new ArchivedReadings({ fromMs: 0, toMs: Infinity }, new Set());
    readings.add({ key: '', envelopes });
    const { blocks, rollups, devices } = this.repositories;
    for (const deviceId of readings.ids()) {
      const entries = await devices.entries(deviceId, this.newWork());
      const made = [...readings.blocksOf(deviceId, entries, BLOCK_MS)].sort(([a], [b]) => a - b);
      await devices.ensureListed(deviceId, this.newWork());
      const stored = [];
      for (const [, block] of made) {
        const result = await blocks.write(deviceId, block, undefined, this.nowMs, this.newWork());
        if (!result.ok) throw new Error('the block is there already');
        stored.push(result.stored);
      }
      const newestMs = made.at(-1)?.[0] ?? -Infinity;
      const settled = stored.slice(0, -1);
      for (const ofDay of groupByDay(settled)) {
        await propagateBlocks(ofDay, {
          deviceId,
          repositories: { rollups },
          newest: { isAtOrAfter: async (timeMs) => newestMs >= timeMs },
          clock: () => this.nowMs,
          work: this.newWork(),
        });
      }
      for (const block of settled) await blocks.seal(block, this.nowMs, this.newWork());
    }
  }
}
