import { createMemoryRepositories, type MemoryTable } from '@weir/dynamo-repo';
import { DeviceMemory } from '../device-memory.js';
import type { ProcessPorts } from '../process-batch.js';
import type { Quarantine } from '../quarantine.js';
import { createRegistryCache } from '../registry-cache.js';
import type { FaultyLine } from './faulty-line.js';
import { faultyQuarantine, faultyRepositories } from './faulty-repositories.js';
import { BLOCK_MS, type Workload } from './workload.js';

/** A function container: it keeps its ports, and so its memory, from one invocation to the next, until it dies. */
export interface SimulatedContainer {
  readonly name: string;
  /** Whether it cannot read what the next release writes. */
  readonly isOutdated: boolean;
  /** Owner of its turns. */
  readonly owner: object;
  readonly ports: ProcessPorts;
  /** What ends it from outside, undefined while it has nothing to do. */
  invocation: { readonly killAtMs: number; readonly onDeath: () => void } | undefined;
  dead: boolean;
}

export interface ContainerOptions {
  readonly name: string;
  readonly isOutdated: boolean;
  /** The table as the container's release of the code sees it. */
  readonly table: MemoryTable;
  readonly quarantine: Quarantine;
  readonly line: FaultyLine;
  /** The container's own clock, in epoch milliseconds. */
  readonly clock: () => number;
  readonly workload: Workload;
}

export function startContainer(options: ContainerOptions): SimulatedContainer {
  const { name, isOutdated, table, quarantine, line, clock, workload } = options;
  const { owner, random, scheduler } = line;
  const repositories = faultyRepositories(
    createMemoryRepositories({ table, blockMinutes: BLOCK_MS / 60_000, clock }),
    line,
    workload,
  );
  const ports: ProcessPorts = {
    repositories,
    registry: createRegistryCache({ devices: repositories.devices, maxAgeMs: 60_000, clock }),
    quarantine: faultyQuarantine(quarantine, line),
    memory: new DeviceMemory({ blocksMax: 100, bytesMax: workload.warm ? 10_000_000 : 1 }),
    clock,
    random: () => random.next(),
    sleep: () => scheduler.turn(owner),
  };
  return { name, isOutdated, owner, ports, invocation: undefined, dead: false };
}
