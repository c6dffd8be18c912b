import {
  MemoryTable,
  createMemoryRepositories,
  type DeviceEntry,
  type Repositories,
  type TableItem,
  type WorkContext,
} from '@weir/dynamo-repo';
import { processBatch, type BatchReport } from '../process-batch.js';
import type { Quarantine, QuarantinedItem } from '../quarantine.js';
import { quarantineObjectOf } from '../s3-quarantine.js';
import type { StreamRecord } from '../transport.js';
import type { FaultyLine } from './faulty-line.js';
import { faultyRepositories } from './faulty-repositories.js';
import { NextReleaseTable } from './next-release-table.js';
import type { SeededRandom } from './seeded-random.js';
import { startContainer, type SimulatedContainer } from './simulated-container.js';
import { SimulatedStream, type Delivery } from './simulated-stream.js';
import { TurnScheduler } from './turn-scheduler.js';
import {
  BLOCK_MS,
  DEVICE_GROUPS,
  FIRST_SLOT_MS,
  NO_FAULTS,
  RANGED_MAX,
  RANGED_METRIC,
  REGISTERED_DEVICE,
  type FaultRates,
  type PutRecord,
  type Workload,
} from './workload.js';

const DEVICE_ENTRY: DeviceEntry = {
  deviceId: REGISTERED_DEVICE,
  effectiveFromMs: 0,
  metrics: { [RANGED_METRIC]: { max: RANGED_MAX } },
};

/** How much time a hurried invocation has at most, and how long after its deadline it is killed. */
const HURRY_MS_MAX = 60;
const STORM_TURNS_MAX = 60;
const STORM_THROTTLE = 0.9;

/** What the checks use: no deadline, and nobody adds up. */
export function freely(): WorkContext {
  return { deadlineMs: Infinity, meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 } };
}

/** A stream, a table, a quarantine, and containers that work on the stream at the same time. Time goes on with turns. */
export class SimulatedWorld {
  readonly scheduler: TurnScheduler;
  readonly stream: SimulatedStream;
  readonly quarantined = new Map<string, QuarantinedItem>();
  /** Records that some invocation has reported as finished. */
  readonly finished = new Set<StreamRecord>();
  /** Errors that no fault explains. */
  readonly bugs: unknown[] = [];
  /** The table as readers see it. */
  readonly repositories: Repositories;
  readonly table: MemoryTable;
  /** Reports of invocations that nobody hurried, for who wants to look at them. */
  readonly reports: BatchReport[] = [];
  faults = true;
  refusedDevice: string | undefined;
  private timeMs = FIRST_SLOT_MS;
  private stormEndsMs = 0;
  private containerNumber = 0;
  private containers: SimulatedContainer[] = [];
  private readonly sharedTable = new MemoryTable();

  constructor(
    readonly workload: Workload,
    private readonly random: SeededRandom,
    private readonly log?: (line: string) => void,
  ) {
    this.scheduler = new TurnScheduler(random);
    this.stream = new SimulatedStream({ ...workload, groupCount: DEVICE_GROUPS.length });
    this.table = workload.mixedReleases ? new NextReleaseTable(this.sharedTable) : this.sharedTable;
    this.repositories = createMemoryRepositories({
      table: this.table,
      blockMinutes: BLOCK_MS / 60_000,
      clock: () => this.nowMs,
    });
    this.refusedDevice = workload.hotDevice;
  }

  /** The world's clock goes on by one millisecond a turn. */
  get nowMs(): number {
    return this.timeMs + this.scheduler.turns;
  }

  /** Repositories of a reader, who never fails, and waits for a turn at every item. */
  readerRepositories(): Repositories {
    const line: FaultyLine = {
      scheduler: this.scheduler,
      random: this.random,
      owner: {},
      rates: () => NO_FAULTS,
      isRefused: () => false,
      crash: () => undefined,
      trace: (event) => this.trace('reader', event),
    };
    return faultyRepositories(this.repositories, line, this.workload);
  }

  /** What is encoded in the table, by item and attribute. (Versions count writes, and so differ from run to run.) */
  bytes(): Map<string, string> {
    const bytes = new Map<string, string>();
    for (const item of this.table.items()) {
      if (this.isExpired(item)) continue;
      for (const [name, value] of Object.entries(item)) {
        if (value instanceof Uint8Array) {
          bytes.set(`${item.pk} ${item.sk} ${name}`, Buffer.from(value).toString('hex'));
        }
      }
    }
    return bytes;
  }

  async register(): Promise<void> {
    await this.repositories.devices.putEntry(DEVICE_ENTRY, freely());
  }

  /** Time passes in which nothing happens but that some of what has expired is deleted, in the stream and in the table. */
  pause(untilMs: number): void {
    this.stream.trim();
    this.timeMs = Math.max(this.nowMs, untilMs) - this.scheduler.turns;
    for (const item of this.sharedTable.items()) {
      if (this.isExpired(item) && this.random.chance(0.5)) this.sharedTable.delete(item);
    }
  }

  put(record: PutRecord): void {
    this.stream.put(record);
    if (this.faults && this.random.chance(this.workload.faults.putAgain)) this.stream.put(record);
  }

  /** Something goes on: the mapping hands out a batch, or a fault happens, or somebody's call does. */
  async step(): Promise<void> {
    const { storm, handover, reshard } = this.rates();
    if (this.random.chance(storm)) this.beginStorm();
    if (this.random.chance(reshard)) this.stream.reshard(this.random);
    if (this.random.chance(handover)) this.stream.handOver(this.random);
    if (this.scheduler.idle || this.random.chance(0.15)) this.deliver();
    for (const container of this.containers) {
      if (container.invocation && container.invocation.killAtMs <= this.nowMs) this.kill(container);
    }
    await this.scheduler.step();
  }

  /** Lets everything that is under way come to an end. */
  async settle(): Promise<void> {
    do await this.scheduler.step();
    while (!this.scheduler.idle);
  }

  /** Hands a batch of some lane to a container that has nothing to do. False if there is neither. */
  deliver(): boolean {
    const lanes = this.stream.deliverable();
    const container = this.idleContainer();
    if (lanes.length === 0 || !container) return false;
    const sizeMax = this.faults ? this.random.whole(1, this.workload.batchSizeMax) : Infinity;
    const delivery = this.stream.deliver(this.random.pick(lanes), sizeMax);
    void this.invoke(container, delivery);
    return true;
  }

  /** Containers that nobody has used yet take over, as after a deployment. */
  replaceContainers(): void {
    for (const container of this.containers) if (container.invocation) this.kill(container);
    this.containers = [];
  }

  private async invoke(container: SimulatedContainer, delivery: Delivery): Promise<void> {
    const { records } = delivery;
    const { hurry, lostReport } = this.rates();
    const hurryMs = this.random.chance(hurry) ? this.random.whole(1, HURRY_MS_MAX) : Infinity;
    const numbers = records.map(({ origin }) => origin.sequenceNumber);
    this.trace(container.name, `begins ${numbers.join()}${hurryMs === Infinity ? '' : `, hurried`}`);
    container.invocation = {
      killAtMs: this.nowMs + hurryMs + this.random.whole(0, HURRY_MS_MAX),
      onDeath: () => this.stream.failed(delivery),
    };
    const report = await processBatch(records, container.ports.clock() + hurryMs, container.ports, {
      blockMs: BLOCK_MS,
      deviceConcurrency: 2,
      roundSlotsMax: this.workload.roundSlotsMax,
      conflictTriesMax: 6,
    });
    container.invocation = undefined;
    this.trace(container.name, `ends, unfinished: ${report.unfinished.join() || 'none'}`);
    this.examine(report, container);
    if (hurryMs === Infinity) this.reports.push(report);
    const unfinished = new Set(report.unfinished);
    for (const record of records) {
      if (!unfinished.has(record.origin.sequenceNumber)) this.finished.add(record);
    }
    if (this.random.chance(lostReport)) this.stream.failed(delivery);
    else this.stream.completed(delivery, unfinished);
  }

  /** Only what faults explain may fail: the store refuses, or an item is in a format that its reader does not know yet. */
  private examine({ failures }: BatchReport, { isOutdated }: SimulatedContainer): void {
    for (const { error } of failures) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      const explained = code === 'store_transient' || (code === 'item_corrupt' && isOutdated);
      if (!explained) this.bugs.push(error);
    }
  }

  private idleContainer(): SimulatedContainer | undefined {
    this.containers = this.containers.filter(({ dead }) => !dead);
    while (this.containers.length < this.workload.containerCount) this.containers.push(this.newContainer());
    const idle = this.containers.filter(({ invocation }) => !invocation);
    return idle.length === 0 ? undefined : this.random.pick(idle);
  }

  private newContainer(): SimulatedContainer {
    const owner = {};
    const { clockSkewMsMax, mixedReleases } = this.workload;
    const skewMs = this.random.whole(-clockSkewMsMax, clockSkewMsMax);
    const isOutdated = mixedReleases && this.faults && this.random.chance(0.5);
    const line: FaultyLine = {
      scheduler: this.scheduler,
      random: this.random,
      owner,
      rates: () => this.rates(),
      isRefused: (deviceId) => deviceId !== undefined && deviceId === this.refusedDevice,
      crash: () => this.kill(container),
      trace: (event) => this.trace(container.name, event),
    };
    const container: SimulatedContainer = startContainer({
      name: `${isOutdated ? 'old ' : ''}c${(this.containerNumber += 1)}`,
      isOutdated,
      table: isOutdated ? this.sharedTable : this.table,
      quarantine: this.quarantine(),
      line,
      clock: () => this.nowMs + skewMs,
      workload: this.workload,
    });
    return container;
  }

  private kill(container: SimulatedContainer): void {
    this.trace(container.name, 'is dead');
    container.dead = true;
    this.scheduler.drop(container.owner);
    container.invocation?.onDeath();
    container.invocation = undefined;
  }

  private rates(): FaultRates {
    if (!this.faults) return NO_FAULTS;
    const { faults } = this.workload;
    return this.nowMs < this.stormEndsMs ? { ...faults, throttle: STORM_THROTTLE } : faults;
  }

  private beginStorm(): void {
    this.stormEndsMs = this.nowMs + this.random.whole(1, STORM_TURNS_MAX);
  }

  private quarantine(): Quarantine {
    return {
      put: async (item) => {
        this.quarantined.set(quarantineObjectOf(item).key, item);
      },
    };
  }

  private isExpired({ expiresAt }: TableItem): boolean {
    return typeof expiresAt === 'number' && expiresAt * 1000 <= this.nowMs;
  }

  private trace(who: string, event: string): void {
    this.log?.(`${this.scheduler.turns} ${who} ${event}`);
  }
}
