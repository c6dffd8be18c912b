import type { Repositories, WorkContext } from '@weir/dynamo-repo';
import type { BatchTally } from './batch-tally.js';
import type { DeviceMemory } from './device-memory.js';
import type { NewestBlock } from './newest-block.js';

/** Everything that the work on one device in one batch needs. */
export interface DeviceWork {
  readonly deviceId: string;
  readonly repositories: Repositories;
  readonly memory: DeviceMemory;
  readonly newest: NewestBlock;
  readonly clock: () => number;
  /** Waits before the attempt after number `attempt` (from 1): somebody else writes the same item. */
  readonly pause: (attempt: number) => Promise<void>;
  readonly work: WorkContext;
  /** Of this device in this batch; counted up as it goes. */
  readonly tally: BatchTally;
  /** How often a conflicting write is tried before its records are left for another delivery. */
  readonly conflictTriesMax: number;
}
