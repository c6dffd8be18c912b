import { packEnvelopes } from '@weir/envelope-stream';
import { DEVICE_GROUPS, type EnvelopeReading } from '@weir/telemetry-schema';
import type { Delivery, StreamRecord } from '../kinesis-event.js';
import { randomOf, type Random } from '../random.js';
import { HOUR_MS, MINUTE_MS, START_MS, readingsAt } from '../readings.js';
import { groupBy } from './designs/received-reading.js';

/** What is sent, and what happens to it on its way. Every device measures once a minute and sends by itself. */
export interface WorkloadSettings {
  readonly devices: number;
  readonly hours: number;
  /** Readings of a device in a batch: a divisor of 60. */
  readonly perBatch: number;
  readonly metrics: number;
  /** 20 % of the batches come again, half of them cut elsewhere; 1 % of the readings are sent twice. */
  readonly faults: boolean;
  /** In the end, everything comes once more from the archive, under new sequence numbers, to a new container. */
  readonly replay: boolean;
  readonly seed: number;
}

export interface Workload {
  /** The hour before, with one reading a device: the container is warm and has a block to seal. Not measured. */
  readonly warmUp: readonly Delivery[];
  readonly deliveries: readonly Delivery[];
  /** To a new container. */
  readonly replay: readonly Delivery[];
  /** What was measured, each once, the warm-up included: what every count is held against. */
  readonly distinct: readonly EnvelopeReading[];
  /** Distinct readings of the measured hours: what costs are divided by. */
  readonly readings: number;
}

const REDELIVERED = 0.2;
const SENT_TWICE = 0.01;

export function makeWorkload(settings: WorkloadSettings): Workload {
  const { devices, hours, perBatch, faults, replay, seed } = settings;
  const random = randomOf(seed);
  const stream = new StreamOfRecords();
  const earlier = readingsAt(settings, START_MS - HOUR_MS, 1);
  const warmUp = [{ atMs: START_MS - HOUR_MS, records: stream.send(earlier, START_MS - HOUR_MS) }];
  const distinct = [...earlier];
  let again: EnvelopeReading[] = [];
  const batches = Array.from({ length: (hours * 60) / perBatch }, (_, batch): Delivery => {
    const fromMs = START_MS + batch * perBatch * MINUTE_MS;
    const atMs = fromMs + perBatch * MINUTE_MS;
    const readings = readingsAt(settings, fromMs, perBatch);
    const records = [...stream.send(readings, atMs), ...stream.send(again, atMs + 1)];
    again = faults ? readings.filter(() => random() < SENT_TWICE) : [];
    distinct.push(...readings);
    return { atMs, records };
  });
  const replayedAtMs = START_MS + hours * HOUR_MS + MINUTE_MS;
  return {
    warmUp,
    deliveries: faults ? disturbed(batches, random) : batches,
    replay: replay
      ? batches.map(({ records }) => ({ atMs: replayedAtMs, records: stream.resend(records) }))
      : [],
    distinct,
    readings: devices * hours * 60,
  };
}

/**
 * Deliveries as after failed invocations. A batch comes again as it was, or cut elsewhere: its first half alone, its second
 * half together with the batch after it.
 */
function disturbed(batches: readonly Delivery[], random: Random): Delivery[] {
  let tail: readonly StreamRecord[] = [];
  return batches.flatMap(({ atMs, records }): Delivery[] => {
    const delivery = { atMs, records: [...tail, ...records] };
    tail = [];
    if (random() >= REDELIVERED) return [delivery];
    if (random() < 0.5) return [delivery, delivery];
    const middle = delivery.records.length >> 1;
    tail = delivery.records.slice(middle);
    return [delivery, { atMs, records: delivery.records.slice(0, middle) }];
  });
}

/** Gives records their sequence numbers. */
class StreamOfRecords {
  private last = 0;

  send(readings: readonly EnvelopeReading[], receivedAt: number): StreamRecord[] {
    const byDevice = groupBy(readings, ({ deviceId }) => deviceId);
    return [...byDevice].flatMap(([deviceId, sent]) =>
      this.resend(
        packEnvelopes(sent, { receivedAt, requestId: `${deviceId}-${receivedAt}` }, DEVICE_GROUPS.fallback),
      ),
    );
  }

  resend(records: readonly Omit<StreamRecord, 'sequence'>[]): StreamRecord[] {
    return records.map(({ partitionKey, data }) => ({ sequence: (this.last += 1), partitionKey, data }));
  }
}
