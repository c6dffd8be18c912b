import {
  createMemoryRepositories,
  type DeviceEntry,
  type MemoryRepositories,
  type WorkContext,
} from '@weir/dynamo-repo';
import { DeviceMemory } from '../device-memory.js';
import { processBatch, type BatchReport, type ProcessPorts } from '../process-batch.js';
import type { Quarantine, QuarantinedItem } from '../quarantine.js';
import { createRegistryCache } from '../registry-cache.js';
import { quarantineObjectOf } from '../s3-quarantine.js';
import type { StreamRecord } from '../transport.js';
import { NO_FAULTS, faultyQuarantine, faultyRepositories, type FaultyLine } from './faulty-repositories.js';
import type { SeededRandom } from './seeded-random.js';
import { TurnScheduler } from './turn-scheduler.js';
import { BLOCK_MS, RANGED_MAX, RANGED_METRIC, REGISTERED_DEVICE, type Workload } from './workload.js';

/** A function container: it keeps its ports, and so its memory, from one invocation to the next, until it dies. */
interface Container {
  readonly ports: ProcessPorts;
  busy: boolean;
  dead: boolean;
}

const DEVICE_ENTRY: DeviceEntry = {
  deviceId: REGISTERED_DEVICE,
  effectiveFromMs: 0,
  metrics: { [RANGED_METRIC]: { max: RANGED_MAX } },
};

/** What the checks use: no deadline, and nobody adds up. */
export function freely(): WorkContext {
  return { deadlineMs: Infinity, meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 } };
}

/**
 * A table, a quarantine, and containers that work on a stream at the same time. Records are handed out in any ranges, also
 * while another container still has them; what a report does not list as unfinished never comes again.
 */
export class SimulatedWorld {
  readonly scheduler: TurnScheduler;
  readonly repositories: MemoryRepositories;
  readonly quarantined = new Map<string, QuarantinedItem>();
  readonly acknowledged = new Set<StreamRecord>();
  readonly bugs: unknown[] = [];
  faults = true;
  private readonly startMs: number;
  private containers: Container[] = [];

  constructor(
    readonly workload: Workload,
    private readonly random: SeededRandom,
    private readonly onAcknowledged: (records: readonly StreamRecord[]) => Promise<void>,
  ) {
    this.startMs = workload.nowMs;
    this.scheduler = new TurnScheduler(random);
    this.repositories = createMemoryRepositories({
      blockMinutes: BLOCK_MS / 60_000,
      clock: () => this.nowMs,
    });
  }

  /** The world's clock goes on by one millisecond a turn. */
  get nowMs(): number {
    return this.startMs + this.scheduler.turns;
  }

  get pending(): StreamRecord[] {
    return this.workload.records.filter((record) => !this.acknowledged.has(record));
  }

  async register(): Promise<void> {
    await this.repositories.devices.putEntry(DEVICE_ENTRY, freely());
  }

  /** Begins an invocation with some pending records in a container that has nothing to do. False if there is none. */
  invoke(records: readonly StreamRecord[]): boolean {
    this.containers = this.containers.filter(({ dead }) => !dead);
    while (this.containers.length < this.workload.containerCount) this.containers.push(this.startContainer());
    const idle = this.containers.filter(({ busy }) => !busy);
    if (idle.length === 0 || records.length === 0) return false;
    void this.run(this.random.pick(idle), records);
    return true;
  }

  /** Lets everything that is under way come to an end. */
  async settle(): Promise<void> {
    do await this.scheduler.step();
    while (!this.scheduler.idle);
  }

  /** Containers that nobody has used yet take over, as after a deployment. */
  replaceContainers(): void {
    this.containers = [];
  }

  private async run(container: Container, records: readonly StreamRecord[]): Promise<void> {
    container.busy = true;
    const hurried = this.faults && this.random.chance(0.1);
    const deadlineMs = hurried ? this.nowMs + this.random.whole(1, 60) : Infinity;
    const report = await processBatch(records, deadlineMs, container.ports, {
      blockMs: BLOCK_MS,
      deviceConcurrency: 2,
      roundSlotsMax: this.workload.roundSlotsMax,
      conflictTriesMax: 6,
    });
    await this.acknowledge(records, report);
    container.busy = false;
  }

  private async acknowledge(records: readonly StreamRecord[], report: BatchReport): Promise<void> {
    for (const { error } of report.failures) {
      const transient = error instanceof Error && 'code' in error && error.code === 'store_transient';
      if (!transient) this.bugs.push(error);
    }
    const unfinished = new Set(report.unfinished);
    const finished = records.filter(({ origin }) => !unfinished.has(origin.sequenceNumber));
    for (const record of finished) this.acknowledged.add(record);
    await this.onAcknowledged(finished);
  }

  private startContainer(): Container {
    const owner = {};
    const skewMs = this.random.whole(-2000, 2000);
    const clock = (): number => this.nowMs + skewMs;
    const line: FaultyLine = {
      scheduler: this.scheduler,
      random: this.random,
      owner,
      rates: () => (this.faults ? this.workload.rates : NO_FAULTS),
      crash: () => {
        container.dead = true;
        this.scheduler.drop(owner);
      },
    };
    const repositories = faultyRepositories(this.repositories, line);
    const container: Container = {
      busy: false,
      dead: false,
      ports: {
        repositories,
        registry: createRegistryCache({ devices: repositories.devices, maxAgeMs: 60_000, clock }),
        quarantine: faultyQuarantine(this.quarantine(), line),
        memory: new DeviceMemory({ blocksMax: 1000, bytesMax: this.workload.warm ? 10_000_000 : 1 }),
        clock,
        random: () => this.random.next(),
        sleep: () => this.scheduler.turn(owner),
      },
    };
    return container;
  }

  private quarantine(): Quarantine {
    return {
      put: async (item) => {
        this.quarantined.set(quarantineObjectOf(item).key, item);
      },
    };
  }
}
