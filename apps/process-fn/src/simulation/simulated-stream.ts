import type { StreamRecord } from '../transport.js';
import type { SeededRandom } from './seeded-random.js';
import { FIRST_SLOT_MS, type PutRecord } from './workload.js';

/** Records of one partition key come one batch after the other; a shard has as many lanes as its parallelization factor. */
export interface Lane {
  readonly shard: Shard;
  readonly queue: StreamRecord[];
  /** Index in the queue of the first record that is not known to be finished. */
  position: number;
  /** A batch that failed comes again in halves. */
  batchSizeMax: number;
  /** The invocation that the mapping waits for. */
  delivery: Delivery | undefined;
}

export interface Shard {
  readonly id: string;
  readonly groups: ReadonlySet<number>;
  readonly parents: readonly Shard[];
  readonly lanes: readonly Lane[];
  open: boolean;
}

/** One batch on its way. */
export interface Delivery {
  readonly lane: Lane;
  readonly from: number;
  readonly records: readonly StreamRecord[];
}

export interface StreamSettings {
  readonly groupCount: number;
  readonly shardCount: number;
  readonly parallelizationFactor: number;
  readonly batchSizeMax: number;
}

/**
 * A stream and what the event source mapping knows of it: shards that split and merge, children that wait for their
 * parents, batches of one lane one after the other, partial responses, bisection, and checkpoints that may be old.
 */
export class SimulatedStream {
  readonly shards: Shard[] = [];
  private shardNumber = 0;
  private sequenceNumber = 1000;

  constructor(private readonly settings: StreamSettings) {
    const { groupCount, shardCount } = settings;
    const groups = Array.from({ length: groupCount }, (_, group) => group);
    for (let shard = 0; shard < shardCount; shard += 1) {
      this.openShard(
        groups.filter((group) => group % shardCount === shard),
        [],
      );
    }
  }

  put({ group, requestId, envelope }: PutRecord): StreamRecord {
    const shard = this.shards.find(({ open, groups }) => open && groups.has(group));
    const lane = shard?.lanes[group % shard.lanes.length];
    if (!shard || !lane) throw new Error(`group ${group} has no open shard`);
    const sequenceNumber = String((this.sequenceNumber += 1));
    const origin = {
      eventId: `${shard.id}:${sequenceNumber}`,
      sequenceNumber,
      shardId: shard.id,
      partitionKey: `g00${group}`,
      requestId,
      receivedAtMs: envelope?.receivedAt ?? FIRST_SLOT_MS,
    };
    const record: StreamRecord = envelope
      ? { decoded: true, origin, envelope }
      : { decoded: false, origin, detail: 'is poison', payloadBase64: requestId };
    lane.queue.push(record);
    return record;
  }

  /** Splits a shard or merges two. */
  reshard(random: SeededRandom): void {
    const [first, second] = random.shuffled(this.shards.filter(({ open }) => open));
    if (!first) return;
    if (second && random.chance(0.5)) {
      first.open = second.open = false;
      this.openShard([...first.groups, ...second.groups], [first, second]);
    } else {
      first.open = false;
      const left = [...first.groups].filter(() => random.chance(0.5));
      this.openShard(left, [first]);
      this.openShard(
        [...first.groups].filter((group) => !left.includes(group)),
        [first],
      );
    }
  }

  /** Lanes that have something to deliver and nothing under way, whose shard's parents are read to the end. */
  deliverable(): Lane[] {
    return this.lanes().filter(
      ({ shard, delivery, position, queue }) =>
        !delivery && position < queue.length && shard.parents.every(isDrained),
    );
  }

  /** Takes the next batch of a lane, which then waits for {@link completed}, {@link failed} or {@link handOver}. */
  deliver(lane: Lane, sizeMax: number): Delivery {
    const from = lane.position;
    const records = lane.queue.slice(from, from + Math.min(sizeMax, lane.batchSizeMax));
    return (lane.delivery = { lane, from, records });
  }

  /** The checkpoint goes to the lowest unfinished record; everything from there comes again. */
  completed(delivery: Delivery, unfinished: ReadonlySet<string>): void {
    const { lane, from, records } = delivery;
    if (lane.delivery !== delivery) return;
    lane.delivery = undefined;
    lane.batchSizeMax = this.settings.batchSizeMax;
    const lowest = records.findIndex(({ origin }) => unfinished.has(origin.sequenceNumber));
    lane.position = from + (lowest === -1 ? records.length : lowest);
  }

  /** The invocation failed as a whole: its batch comes again, cut in half. */
  failed(delivery: Delivery): void {
    const { lane, records } = delivery;
    if (lane.delivery !== delivery) return;
    lane.delivery = undefined;
    lane.batchSizeMax = Math.max(1, Math.ceil(records.length / 2));
  }

  /** Another poller takes a lane over, from its last checkpoint or one before; what is under way is not waited for. */
  handOver(random: SeededRandom): void {
    const lanes = this.lanes().filter(({ delivery }) => delivery);
    if (lanes.length === 0) return;
    const lane = random.pick(lanes);
    lane.delivery = undefined;
    lane.position = Math.max(0, lane.position - random.whole(0, 2));
  }

  /** What is finished leaves the stream, and so never comes again. */
  trim(): void {
    for (const lane of this.lanes()) {
      lane.queue.splice(0, lane.position);
      lane.position = 0;
    }
  }

  /** Whether every record is known to be finished. */
  get drained(): boolean {
    return this.shards.every(isDrained);
  }

  get laneCount(): number {
    return this.lanes().length;
  }

  /** How many records are not known to be finished. */
  get backlog(): number {
    return this.lanes().reduce((sum, { queue, position }) => sum + queue.length - position, 0);
  }

  private lanes(): Lane[] {
    return this.shards.flatMap(({ lanes }) => lanes);
  }

  private openShard(groups: readonly number[], parents: readonly Shard[]): void {
    const lanes: Lane[] = [];
    const shard: Shard = {
      id: `shard-${this.shardNumber++}`,
      groups: new Set(groups),
      parents,
      lanes,
      open: true,
    };
    const { parallelizationFactor, batchSizeMax } = this.settings;
    for (let n = 0; n < parallelizationFactor; n += 1) {
      lanes.push({ shard, queue: [], position: 0, batchSizeMax, delivery: undefined });
    }
    this.shards.push(shard);
  }
}

function isDrained({ lanes }: Shard): boolean {
  return lanes.every(({ position, queue }) => position === queue.length);
}
