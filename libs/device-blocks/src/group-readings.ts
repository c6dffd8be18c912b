import { windowAt, type BlockReading, type Window } from '@weir/aggregation';
import type { DeviceEntry } from '@weir/dynamo-repo';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import { cleanseReading, type RejectedMetric } from './cleanse-reading.js';

/** What one record of the batch carries of one device, in the order of its envelope. */
export interface DevicePart {
  /** Index of the record in the batch. */
  readonly record: number;
  readonly receivedAtMs: number;
  readonly readings: readonly EnvelopeReading[];
}

/** All readings of a device for one slot that a batch brings, ready to be merged. */
export interface SlotReadings {
  readonly slot: Window;
  readonly readings: readonly BlockReading[];
  /** The same readings as they were sent, by record: what goes to quarantine if the block has expired. */
  readonly sent: ReadonlyMap<number, readonly EnvelopeReading[]>;
}

/** What of one record is to be quarantined: readings as sent, with the offending metrics only. */
export interface RejectedReadings {
  readonly record: number;
  readonly reason: RejectedMetric['reason'];
  readonly detail: string;
  readonly readings: readonly EnvelopeReading[];
  readonly pointCount: number;
}

export interface GroupedReadings {
  /** Oldest slot first. */
  readonly slots: readonly SlotReadings[];
  readonly rejected: readonly RejectedReadings[];
  /** Points that repeat an identity and revision of their own envelope. */
  readonly duplicatePoints: number;
}

interface SlotDraft {
  readonly slot: Window;
  readonly readings: BlockReading[];
  readonly sent: Map<number, EnvelopeReading[]>;
}

/**
 * Cleanses a device's readings, point by point, and sorts them into the slots of its blocks.
 *
 * Within one envelope the first storable occurrence of an identity (timestamp, metric) with the same revision wins,
 * whatever the values, as it was sent first. Between envelopes the block's own total order decides.
 *
 * @param parts at most one a record
 * @param entries the device's registry entries, oldest first
 * @param blockMs length of a block's slot in milliseconds
 */
export function groupReadings(
  parts: readonly DevicePart[],
  entries: readonly DeviceEntry[],
  blockMs: number,
): GroupedReadings {
  const slots = new Map<number, SlotDraft>();
  const rejected: RejectedReadings[] = [];
  let duplicatePoints = 0;
  for (const part of parts) {
    const refused: RefusedReading[] = [];
    const seen = new Set<string>();
    for (const reading of part.readings) {
      const { metrics, rejected: refusedMetrics } = cleanseReading(reading, entries);
      if (refusedMetrics.length > 0) refused.push({ reading, metrics: refusedMetrics });
      const fresh = keepFirst(reading, metrics, seen);
      duplicatePoints += Object.keys(metrics).length - Object.keys(fresh).length;
      if (Object.keys(fresh).length > 0)
        addToSlot(slots, windowAt(blockMs, reading.timestamp), part, reading, fresh);
    }
    rejected.push(...rejectionsOf(part.record, refused));
  }
  return {
    slots: [...slots.values()].sort((a, b) => a.slot.startMs - b.slot.startMs),
    rejected,
    duplicatePoints,
  };
}

interface RefusedReading {
  readonly reading: EnvelopeReading;
  readonly metrics: readonly RejectedMetric[];
}

/** The metrics whose identity and revision have not been `seen` before in the envelope. */
function keepFirst(
  reading: EnvelopeReading,
  metrics: Readonly<Record<string, number>>,
  seen: Set<string>,
): Record<string, number> {
  const fresh = Object.create(null) as Record<string, number>;
  for (const [metric, value] of Object.entries(metrics)) {
    const identity = `${reading.timestamp}/${reading.revision ?? 0}/${metric}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    fresh[metric] = value;
  }
  return fresh;
}

function addToSlot(
  slots: Map<number, SlotDraft>,
  slot: Window,
  part: DevicePart,
  reading: EnvelopeReading,
  metrics: Readonly<Record<string, number>>,
): void {
  const draft: SlotDraft = slots.get(slot.startMs) ?? { slot, readings: [], sent: new Map() };
  slots.set(slot.startMs, draft);
  const revision = reading.revision ?? 0;
  draft.readings.push({ timestampMs: reading.timestamp, metrics, revision, receivedAtMs: part.receivedAtMs });
  const sent = draft.sent.get(part.record) ?? [];
  draft.sent.set(part.record, sent);
  sent.push(withMetrics(reading, Object.keys(metrics)));
}

/** One rejection a reason, so that an operator finds like with like. The detail quotes the first offence. */
function rejectionsOf(record: number, refused: readonly RefusedReading[]): RejectedReadings[] {
  const rejections: RejectedReadings[] = [];
  for (const reason of ['not_finite', 'out_of_range'] as const) {
    const readings: EnvelopeReading[] = [];
    const details: string[] = [];
    for (const { reading, metrics } of refused) {
      const offences = metrics.filter((metric) => metric.reason === reason);
      if (offences.length === 0) continue;
      readings.push(
        withMetrics(
          reading,
          offences.map(({ metric }) => metric),
        ),
      );
      details.push(...offences.map(({ detail }) => detail));
    }
    const [first, ...more] = details;
    if (first === undefined) continue;
    const detail = more.length === 0 ? first : `${first}; and ${more.length} more`;
    rejections.push({ record, reason, detail, readings, pointCount: details.length });
  }
  return rejections;
}

function withMetrics(reading: EnvelopeReading, names: readonly string[]): EnvelopeReading {
  const metrics = Object.create(null) as Record<string, number>;
  for (const name of names) {
    const value = reading.metrics[name];
    if (value !== undefined) metrics[name] = value;
  }
  return { ...reading, metrics };
}
