import { emptyBlock, mergeReadings, type Block } from '@weir/aggregation';
import { groupReadings, type DevicePart } from '@weir/device-blocks';
import type { DeviceEntry } from '@weir/dynamo-repo';
import type { Envelope } from '@weir/telemetry-schema';
import type { ReceiptRange, ScannedObject } from './archive-scan.js';

/** What is measured in [fromMs, toMs), epoch milliseconds. */
export interface MeasuringRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the archive holds of devices, envelope by envelope as it was received. */
export class ArchivedReadings {
  /** Each envelope with the readings of that device and range alone. */
  private readonly devices = new Map<string, Envelope[]>();
  private count = 0;

  /**
   * @param deviceIds whose readings are kept; empty: everybody's
   */
  constructor(
    private readonly range: MeasuringRange,
    private readonly deviceIds: ReadonlySet<string>,
  ) {}

  add({ envelopes }: ScannedObject): void {
    for (const envelope of envelopes) {
      const byDevice = Map.groupBy(
        envelope.readings.filter((reading) => this.concerns(reading)),
        ({ deviceId }) => deviceId,
      );
      for (const [deviceId, readings] of byDevice) {
        const parts = this.devices.get(deviceId) ?? [];
        this.devices.set(deviceId, parts);
        const { version, receivedAt, requestId } = envelope;
        parts.push({ version, receivedAt, requestId, readings });
        this.count += readings.length;
      }
    }
  }

  /** Devices with a reading in the range. */
  ids(): readonly string[] {
    return [...this.devices.keys()];
  }

  /** Readings in the range, each as often as the archive has it. */
  size(): number {
    return this.count;
  }

  /** A device's readings as the stream carried them, to be put back. */
  envelopesOf(deviceId: string, slots: readonly MeasuringRange[]): Envelope[] {
    const inSlots = ({ timestamp }: { timestamp: number }): boolean =>
      slots.some(({ fromMs, toMs }) => timestamp >= fromMs && timestamp < toMs);
    return (this.devices.get(deviceId) ?? []).flatMap((envelope) => {
      const chosen = envelope.readings.filter(inSlots);
      return chosen.length === 0 ? [] : [{ ...envelope, readings: chosen }];
    });
  }

  /**
   * The blocks that a device's readings make, by slot start: converted by the registry as of each reading's own time, united
   * by rank. What the registry refuses is not part of them, as it is in quarantine.
   */
  blocksOf(deviceId: string, entries: readonly DeviceEntry[], blockMs: number): ReadonlyMap<number, Block> {
    const parts = (this.devices.get(deviceId) ?? []).map(
      ({ receivedAt: receivedAtMs, readings }, record): DevicePart => ({ record, receivedAtMs, readings }),
    );
    const { slots } = groupReadings(parts, entries, blockMs);
    return new Map(
      slots.map(({ slot, readings }) => [slot.startMs, mergeReadings(emptyBlock(slot), readings).block]),
    );
  }

  private concerns({ deviceId, timestamp }: Envelope['readings'][number]): boolean {
    if (timestamp < this.range.fromMs || timestamp >= this.range.toMs) return false;
    return this.deviceIds.size === 0 || this.deviceIds.has(deviceId);
  }
}

/** Ingest takes readings from five minutes in the future, and clocks differ; nothing is received earlier than this. */
const AHEAD_MS_MAX = 3_600_000;

/** When readings of a range of measuring may have been received: hardly before they were measured, and any time after. */
export function receiptRangeOf({ fromMs }: MeasuringRange, toMs: number): ReceiptRange {
  return { fromMs: fromMs - AHEAD_MS_MAX, toMs };
}
