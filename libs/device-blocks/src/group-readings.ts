import { emptyMetrics, windowAt, windowContains, type BlockReading, type Window } from '@weir/aggregation';
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
    const repeated = repeatedInstants(part.readings);
    const seen = new Set<string>();
    let draft: SlotDraft | undefined;
    for (const reading of part.readings) {
      const { metrics, rejected: refusedMetrics } = cleanseReading(reading, entries);
      if (refusedMetrics.length > 0) refused.push({ reading, metrics: refusedMetrics });
      const fresh = repeated.has(reading.timestamp) ? keepFirst(reading, metrics, seen) : metrics;
      const freshCount = Object.keys(fresh).length;
      const repeats = fresh === metrics ? 0 : Object.keys(metrics).length - freshCount;
      duplicatePoints += repeats;
      if (freshCount === 0) continue;
      const sent = refusedMetrics.length + repeats === 0 ? reading : withMetrics(reading, Object.keys(fresh));
      if (!draft || !windowContains(draft.slot, reading.timestamp))
        draft = draftAt(windowAt(blockMs, reading.timestamp), slots);
      addToSlot(draft, part, sent, fresh);
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

/** Instants at which more than one of the readings was measured. */
function repeatedInstants(readings: readonly EnvelopeReading[]): ReadonlySet<number> {
  const repeated = new Set<number>();
  // As a rule they come in the order of time.
  if (readings.every(({ timestamp }, index) => timestamp > (readings[index - 1]?.timestamp ?? -Infinity)))
    return repeated;
  const instants = new Set<number>();
  for (const { timestamp } of readings) {
    if (instants.has(timestamp)) repeated.add(timestamp);
    instants.add(timestamp);
  }
  return repeated;
}

/** The metrics whose identity and revision have not been `seen` before in the envelope. */
function keepFirst(
  reading: EnvelopeReading,
  metrics: Readonly<Record<string, number>>,
  seen: Set<string>,
): Record<string, number> {
  const fresh = emptyMetrics();
  for (const [metric, value] of Object.entries(metrics)) {
    const identity = `${reading.timestamp}/${reading.revision ?? 0}/${metric}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    fresh[metric] = value;
  }
  return fresh;
}

function draftAt(slot: Window, slots: Map<number, SlotDraft>): SlotDraft {
  const draft = slots.get(slot.startMs) ?? { slot, readings: [], sent: new Map<number, EnvelopeReading[]>() };
  slots.set(slot.startMs, draft);
  return draft;
}

function addToSlot(
  draft: SlotDraft,
  { record, receivedAtMs }: DevicePart,
  sent: EnvelopeReading,
  metrics: Readonly<Record<string, number>>,
): void {
  const { timestamp: timestampMs, revision = 0 } = sent;
  draft.readings.push({ timestampMs, metrics, revision, receivedAtMs });
  const ofRecord = draft.sent.get(record);
  if (ofRecord) ofRecord.push(sent);
  else draft.sent.set(record, [sent]);
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
  const metrics = emptyMetrics();
  for (const name of names) {
    const value = reading.metrics[name];
    if (value !== undefined) metrics[name] = value;
  }
  return { ...reading, metrics };
}
