import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';
import type { StreamRecord } from '../transport.js';
import type { FaultRates } from './faulty-repositories.js';
import type { SeededRandom } from './seeded-random.js';

export const MINUTE_MS = 60_000;
export const BLOCK_MS = 10 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Shortly before a month ends, so that hours, days and months all begin within a schedule. */
const FIRST_SLOT_MS = Date.UTC(2026, 0, 31, 22, 40);

/** The one device that is registered, and the values of its metric that are in range: up to this. */
export const REGISTERED_DEVICE = 'left';
export const RANGED_METRIC = 'ranged';
export const RANGED_MAX = 80;

const DEVICES = [REGISTERED_DEVICE, 'right'];
const METRICS = ['free', RANGED_METRIC];

/** Everything about a schedule that is decided before it runs. */
export interface Workload {
  /** The stream, in order. Some records carry an envelope that another one carries too. */
  readonly records: readonly StreamRecord[];
  readonly nowMs: number;
  readonly rates: FaultRates;
  readonly containerCount: number;
  readonly roundSlotsMax: number;
  /** Whether containers remember anything. */
  readonly warm: boolean;
  /** How many invocations are begun while faults last. */
  readonly invocationsMax: number;
}

/** Makes a schedule's workload: time goes on from record to record, with late, repeated, corrected and contradicting readings. */
export function makeWorkload(random: SeededRandom): Workload {
  const envelopes: Envelope[] = [];
  const recordCount = random.whole(3, 9);
  const strides = random.pick([
    [0, 0, 1],
    [0, 1, 1, 2],
    [1, 2, 6, 7],
    [0, 1, 20, 150],
  ]);
  let slot = 0;
  for (let index = 0; index < recordCount; index += 1) {
    slot += random.pick(strides);
    const earlier = envelopes.length > 0 && random.chance(0.15) ? random.pick(envelopes) : undefined;
    envelopes.push(earlier ? resend(earlier, index, random) : makeEnvelope(index, slot, envelopes, random));
  }
  const calm = random.chance(0.15);
  const rate = (): number => (calm ? 0 : random.pick([0, 0.02, 0.08]));
  return {
    records: envelopes.map(recordOf),
    nowMs: FIRST_SLOT_MS + (slot + 2) * BLOCK_MS + random.pick([0, 2 * DAY_MS]),
    rates: { throttle: rate(), lostResponse: rate(), lateEffect: rate(), crash: rate() / 2 },
    containerCount: random.whole(1, 3),
    roundSlotsMax: random.pick([1, 2, 24]),
    warm: random.chance(0.85),
    invocationsMax: recordCount * 2,
  };
}

/** The stream retries a publish: the very same envelope. Or a device resends: the same readings, received later. */
function resend(earlier: Envelope, index: number, random: SeededRandom): Envelope {
  return random.chance(0.5)
    ? earlier
    : { ...earlier, receivedAt: receivedAtOf(index, random), requestId: `r${index}` };
}

function makeEnvelope(
  index: number,
  slot: number,
  before: readonly Envelope[],
  random: SeededRandom,
): Envelope {
  const readings: EnvelopeReading[] = [];
  const count = random.whole(1, 4);
  for (let n = 0; n < count; n += 1) {
    const known = before.flatMap((envelope) => envelope.readings).concat(readings);
    if (known.length > 0 && random.chance(0.25)) readings.push(contradict(random.pick(known), random));
    else
      readings.push(makeReading(random.chance(0.25) ? Math.max(0, slot - random.whole(1, 9)) : slot, random));
  }
  return { version: 1, receivedAt: receivedAtOf(index, random), requestId: `r${index}`, readings };
}

function makeReading(slot: number, random: SeededRandom): EnvelopeReading {
  const timestamp = FIRST_SLOT_MS + slot * BLOCK_MS + random.whole(0, 9) * MINUTE_MS;
  const metrics: Record<string, number> = {};
  for (const metric of METRICS) if (random.chance(0.7)) metrics[metric] = random.whole(-20, 100);
  if (Object.keys(metrics).length === 0) metrics[random.pick(METRICS)] = 7;
  return { deviceId: random.pick(DEVICES), timestamp, metrics };
}

/** The same identity with other values: with a higher revision a correction, without one a contradiction. */
function contradict(known: EnvelopeReading, random: SeededRandom): EnvelopeReading {
  const metrics = Object.fromEntries(
    Object.keys(known.metrics).map((metric) => [metric, random.whole(-20, 100)]),
  );
  const { revision = 0 } = known;
  return { ...known, metrics, ...(random.chance(0.4) ? { revision: revision + 1 } : {}) };
}

/** The clocks of ingest's containers differ, so receipt times are not in the order of the stream, and some are equal. */
function receivedAtOf(index: number, random: SeededRandom): number {
  return FIRST_SLOT_MS + (index + random.whole(0, 3)) * 1000;
}

function recordOf(envelope: Envelope, index: number): StreamRecord {
  const sequenceNumber = String(1000 + index);
  const origin = {
    eventId: `shard-0:${sequenceNumber}`,
    sequenceNumber,
    shardId: 'shard-0',
    partitionKey: 'g000',
    requestId: envelope.requestId,
    receivedAtMs: envelope.receivedAt,
  };
  return { decoded: true, origin, envelope };
}
