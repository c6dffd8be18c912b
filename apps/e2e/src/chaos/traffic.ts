import { DAY_MS, HOUR_MS, METRICS, MINUTE_MS, type Device, type Gateway, type Metric } from './fleet.js';
import { refusedReading } from './refused-reading.js';
import { SeededRandom } from './seeded-random.js';

/** A reading that the contract accepts. */
export interface Reading {
  readonly deviceId: string;
  readonly timestampMs: number;
  readonly metrics: Readonly<Partial<Record<Metric, number>>>;
  readonly revision: number;
}

/** One element of a request, and what must become of it. */
export type Item =
  | {
      readonly wire: unknown;
      readonly reading: Reading;
      /** Whether it brings points that nothing before it had, so that sending it elsewhere too changes nothing. */
      readonly fresh: boolean;
    }
  | { readonly wire: unknown; readonly refusal: string };

export interface DeviceRequest {
  readonly items: readonly Item[];
  readonly gzip: boolean;
  /** How long the sender waits before it sends the next one, in milliseconds. */
  readonly pauseMs: number;
}

/** Timestamps of one device end in an odd or even number, by who sends them, and those of two devices never agree. */
const TIMESTAMP_GRID_MS = 16;
const HISTORY_MAX = 400;

type Kind = 'onTime' | 'late' | 'again' | 'correction' | 'contradiction' | 'refused';

const KIND_WEIGHTS: Readonly<Record<Kind, number>> = {
  onTime: 58,
  late: 14,
  again: 12,
  correction: 7,
  contradiction: 5,
  refused: 4,
};

/**
 * What a sender sends, request by request; the n-th request depends on the seed, the fleet and n alone.
 *
 * Which of two contradicting values stays is decided by when the pipeline received them, which no sender can know exactly.
 * So everything here is made such that the order in which one sender sends is enough to tell: a request is only begun when
 * the one before was acknowledged, only one sender contradicts itself at the same revision, and what another sender
 * repeats of it is the first of its kind.
 */
export class Traffic {
  private readonly random: SeededRandom;
  private readonly clocks = new Map<string, number>();
  private readonly taken = new Set<string>();
  private readonly history: Reading[] = [];

  constructor(
    seed: number,
    private readonly gateway: Gateway,
  ) {
    this.random = new SeededRandom(`${seed}/${gateway.name}/traffic`);
  }

  next(): DeviceRequest {
    const { random } = this;
    const count = random.chance(0.1) ? random.whole(40, 150) : random.whole(1, 15);
    const items: Item[] = [];
    for (let n = 0; n < count; n += 1) items.push(this.item());
    return { items, gzip: random.chance(0.4), pauseMs: random.whole(20, 160) };
  }

  private item(): Item {
    const { random } = this;
    const device = random.pick(this.gateway.devices);
    const kind = this.history.length === 0 ? 'onTime' : random.weighted(KIND_WEIGHTS);
    if (kind === 'refused') return refusedReading(device.deviceId, random);
    if (kind === 'onTime' || kind === 'late') {
      const reading = this.measure(device, kind === 'late');
      this.remember(reading);
      return itemOf(reading, true, random);
    }
    const earlier = random.pick(this.history);
    if (kind === 'again') return itemOf(earlier, false, random);
    // Odd revisions are this sender's. A correction may be older than what it corrects, and then changes nothing.
    const revision = kind === 'correction' ? random.whole(0, 3) * 2 + 1 : earlier.revision;
    const changed = { ...earlier, metrics: someMetrics(random), revision };
    this.remember(changed);
    return itemOf(changed, false, random);
  }

  /** A reading at a time at which the device has sent none. */
  private measure(device: Device, late: boolean): Reading {
    const { random } = this;
    const timestampMs = this.freeTimestamp(device, late ? this.lateTime(device) : this.currentTime(device));
    return { deviceId: device.deviceId, timestampMs, metrics: someMetrics(random), revision: 0 };
  }

  /** The device's clock goes on, and begins again when its span is over; up to two minutes out of order. */
  private currentTime(device: Device): number {
    const { random } = this;
    const { deviceId, fromMs, toMs, registration } = device;
    if (registration !== undefined && random.chance(0.2)) {
      return random.whole(registration.effectiveFromMs, toMs - 1);
    }
    const span = toMs - fromMs;
    const before = this.clocks.get(deviceId) ?? fromMs + Math.floor(span / 2);
    const after = fromMs + ((before - fromMs + random.pick(device.stridesMs)) % span);
    this.clocks.set(deviceId, after);
    return after - random.whole(0, random.pick([0, 2 * MINUTE_MS]));
  }

  /** Minutes, hours or days behind: in open blocks, sealed ones, and where there is none yet. */
  private lateTime({ deviceId, fromMs, toMs }: Device): number {
    const now = this.clocks.get(deviceId) ?? Math.floor((fromMs + toMs) / 2);
    return now - this.random.whole(0, this.random.pick([10 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS, 9 * DAY_MS]));
  }

  private freeTimestamp({ deviceId, index }: Device, wantedMs: number): number {
    let timestampMs = wantedMs - (wantedMs % TIMESTAMP_GRID_MS) + 2 * index;
    while (this.taken.has(`${deviceId} ${timestampMs}`)) timestampMs -= TIMESTAMP_GRID_MS;
    this.taken.add(`${deviceId} ${timestampMs}`);
    return timestampMs;
  }

  private remember(reading: Reading): void {
    this.history.push(reading);
    if (this.history.length > HISTORY_MAX) this.history.splice(this.random.whole(0, HISTORY_MAX - 1), 1);
  }
}

/**
 * What a second sender sends while the first one is sending its n-th request: most of the same readings in another order,
 * readings of its own between them, and corrections at even revisions. It depends on the seed and that request alone.
 */
export class EchoTraffic {
  private readonly random: SeededRandom;
  private readonly taken = new Set<string>();

  constructor(seed: number, gateway: Gateway) {
    this.random = new SeededRandom(`${seed}/${gateway.name}/echo`);
  }

  /** @returns undefined where the request holds nothing to go by */
  after({ items }: DeviceRequest): DeviceRequest | undefined {
    const { random } = this;
    const heard = items.flatMap((item) => ('reading' in item && item.fresh ? [item.reading] : []));
    const echoed: Item[] = heard.flatMap((reading) => {
      const kind = random.weighted({ same: 60, between: 20, correction: 10, nothing: 10 });
      if (kind === 'same') return [itemOf(reading, false, random)];
      if (kind === 'between') return this.between(reading);
      if (kind === 'nothing') return [];
      const revision = random.whole(1, 3) * 2;
      return [itemOf({ ...reading, metrics: someMetrics(random), revision }, false, random)];
    });
    if (echoed.length === 0) return undefined;
    return {
      items: random.shuffled(echoed),
      gzip: random.chance(0.4),
      pauseMs: random.whole(20, 160),
    };
  }

  private between({ deviceId, timestampMs }: Reading): Item[] {
    const own = timestampMs + 1 - TIMESTAMP_GRID_MS * this.random.whole(0, 20_000);
    if (this.taken.has(`${deviceId} ${own}`)) return [];
    this.taken.add(`${deviceId} ${own}`);
    const reading = { deviceId, timestampMs: own, metrics: someMetrics(this.random), revision: 0 };
    return [itemOf(reading, true, this.random)];
  }
}

/** Sums of eighths are exact in doubles, in whatever order; `flow` is as real values are. */
function someMetrics(random: SeededRandom): Reading['metrics'] {
  const values: Record<Metric, () => number> = {
    temperature: () => random.whole(-400, 800) / 8,
    flow: () => (random.chance(0.1) ? 0 : random.whole(1, 100_000) / 100),
    delta: () => random.whole(-80_000, 80_000) * 32,
    load: () => random.whole(-40, 240),
  };
  const chosen = METRICS.filter(() => random.chance(0.6));
  const names = chosen.length === 0 ? [random.pick(METRICS)] : chosen;
  return Object.fromEntries(random.shuffled(names).map((name) => [name, values[name]()]));
}

function itemOf(reading: Reading, fresh: boolean, random: SeededRandom): Item {
  const { deviceId, timestampMs, metrics, revision } = reading;
  const timestamp = random.pick([timestampMs, new Date(timestampMs).toISOString(), withZone(timestampMs)]);
  const explicit = revision > 0 || random.chance(0.1);
  return { wire: { deviceId, timestamp, metrics, ...(explicit ? { revision } : {}) }, reading, fresh };
}

/** The same instant in a zone of its own, with a finer fraction than is kept. */
function withZone(timestampMs: number): string {
  return new Date(timestampMs + 5.5 * HOUR_MS).toISOString().replace('Z', '999+05:30');
}
