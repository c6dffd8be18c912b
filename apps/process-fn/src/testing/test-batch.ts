import { createMemoryRepositories, type MemoryRepositories, type Repositories } from '@weir/dynamo-repo';
import type { Envelope, EnvelopeReading } from '@weir/telemetry-schema';
import { DeviceMemory } from '../device-memory.js';
import { processBatch, type BatchReport, type ProcessPorts, type ProcessSettings } from '../process-batch.js';
import type { QuarantinedItem } from '../quarantine.js';
import { createRegistryCache } from '../registry-cache.js';
import type { StreamRecord } from '../transport.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The first slot of an hour, in the middle of a day and a month. */
export const NOON_MS = Date.UTC(2026, 4, 14, 12);

export const SETTINGS: ProcessSettings = {
  blockMs: 10 * MINUTE_MS,
  deviceConcurrency: 4,
  roundSlotsMax: 24,
  conflictTriesMax: 4,
};

export function makeReading(overrides: Partial<EnvelopeReading> = {}): EnvelopeReading {
  return { deviceId: 'pump-1', timestamp: NOON_MS, metrics: { flow: 1 }, ...overrides };
}

let nextSequence = 1;

/** A record of the stream with a sequence number of its own. */
export function makeRecord(
  readings: readonly EnvelopeReading[] = [makeReading()],
  overrides: Partial<Envelope> = {},
): StreamRecord {
  const envelope: Envelope = {
    version: 1,
    receivedAt: NOON_MS,
    requestId: 'request-1',
    readings,
    ...overrides,
  };
  return { decoded: true, origin: makeOrigin(envelope.receivedAt), envelope };
}

export function makeUndecodable(): StreamRecord {
  return { decoded: false, origin: makeOrigin(NOON_MS), detail: 'is not JSON', payloadBase64: 'AAAA' };
}

function makeOrigin(receivedAtMs: number): StreamRecord['origin'] {
  const sequenceNumber = String(nextSequence++);
  return {
    eventId: `shardId-000000000000:${sequenceNumber}`,
    sequenceNumber,
    shardId: 'shardId-000000000000',
    partitionKey: 'g001',
    receivedAtMs,
  };
}

/** A function with a store in memory. `container` begins with nothing remembered; `process` runs a batch in it. */
export interface TestFunction {
  readonly store: MemoryRepositories;
  readonly quarantined: QuarantinedItem[];
  nowMs: number;
  process(records: readonly StreamRecord[], deadlineMs?: number): Promise<BatchReport>;
  /** What happens when the container is replaced. */
  forgetEverything(): void;
}

/** What a new container of the function begins with: nothing remembered. */
export function makeContainer(world: {
  readonly repositories: Repositories;
  readonly clock: () => number;
  readonly quarantined: QuarantinedItem[];
}): ProcessPorts {
  const { repositories, clock, quarantined } = world;
  return {
    repositories,
    registry: createRegistryCache({ devices: repositories.devices, maxAgeMs: MINUTE_MS, clock }),
    quarantine: { put: async (item) => void quarantined.push(item) },
    memory: new DeviceMemory({ blocksMax: 10_000, bytesMax: 100_000_000 }),
    clock,
    random: () => 0.5,
    sleep: () => Promise.resolve(),
  };
}

export interface TestFunctionOptions {
  readonly settings?: Partial<ProcessSettings>;
  readonly ports?: Partial<ProcessPorts>;
  /** Stands between the use case and the store. */
  readonly wrap?: (store: Repositories) => Repositories;
}

export function makeFunction(options: TestFunctionOptions = {}): TestFunction {
  const clock = (): number => self.nowMs;
  const store = createMemoryRepositories({ blockMinutes: 10, clock });
  const repositories = options.wrap?.(store) ?? store;
  const quarantined: QuarantinedItem[] = [];
  const newPorts = (): ProcessPorts => ({
    ...makeContainer({ repositories, clock, quarantined }),
    ...options.ports,
  });
  let ports = newPorts();
  const self: TestFunction = {
    store,
    quarantined,
    nowMs: NOON_MS + HOUR_MS,
    process: (records, deadlineMs = Infinity) =>
      processBatch(records, deadlineMs, ports, { ...SETTINGS, ...options.settings }),
    forgetEverything: () => {
      ports = newPorts();
    },
  };
  return self;
}

export function unlimited(): { deadlineMs: number; meter: BatchReport['meter'] } {
  return { deadlineMs: Infinity, meter: { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 } };
}
