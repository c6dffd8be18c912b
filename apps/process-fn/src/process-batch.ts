import type { DevicePart } from '@weir/device-blocks';
import type { CapacityMeter, Repositories, WorkContext } from '@weir/dynamo-repo';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import pLimit from 'p-limit';
import { addTally, emptyTally, type BatchTally } from './batch-tally.js';
import type { DeviceMemory } from './device-memory.js';
import { processDevice } from './process-device.js';
import type { Quarantine } from './quarantine.js';
import { RecordLedger } from './record-ledger.js';
import type { Registry } from './registry-cache.js';
import type { StreamRecord } from './transport.js';

/** All that the use case needs of the world. It does no I/O of its own. */
export interface ProcessPorts {
  readonly repositories: Repositories;
  readonly registry: Registry;
  readonly quarantine: Quarantine;
  /** Lives as long as the container, and belongs to it alone. */
  readonly memory: DeviceMemory;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** Surrounds the work on each device, for whoever observes it; does the work, and hands on what it comes to. */
  readonly surround?: (deviceId: string, begin: () => Promise<void>) => Promise<void>;
}

export interface ProcessSettings {
  /** Length of a block's slot in milliseconds. */
  readonly blockMs: number;
  /** How many devices are worked on at once. */
  readonly deviceConcurrency: number;
  /** How many slots of a device are written before what they leave open is brought to rest: bounds what a crash repeats. */
  readonly roundSlotsMax: number;
  readonly conflictTriesMax: number;
}

/** Work that did not succeed. Its records come again; nothing else is affected. */
export interface WorkFailure {
  /** The device, or undefined where an undecodable record could not be quarantined. */
  readonly deviceId: string | undefined;
  readonly error: unknown;
}

/** What the work on one device came to in this batch. Times are epoch milliseconds. */
export interface DeviceReport {
  readonly startMs: number;
  readonly endMs: number;
  readonly tally: BatchTally;
}

export interface BatchReport {
  /** Sequence numbers of the records that must be delivered again, in the order of the batch. */
  readonly unfinished: readonly string[];
  readonly tally: BatchTally;
  readonly meter: CapacityMeter;
  readonly failures: readonly WorkFailure[];
  /** By device id; of those whose work was begun. */
  readonly devices: ReadonlyMap<string, DeviceReport>;
}

/** What the pieces of work on one batch share. */
export interface BatchWork {
  readonly ports: ProcessPorts;
  readonly settings: ProcessSettings;
  readonly records: readonly StreamRecord[];
  readonly ledger: RecordLedger;
  readonly tally: BatchTally;
  readonly work: WorkContext;
}

/**
 * Processes a batch of the stream: every reading of it ends stored, recognised as a duplicate, or in quarantine, or its
 * record is reported as unfinished. Processing any of it again, in any other batch, changes nothing.
 *
 * Devices are worked on concurrently and do not affect each other: what fails is left to the next delivery. Never throws
 * for what a record holds or a store answers. When it returns, no work goes on behind its back.
 *
 * @param deadlineMs epoch milliseconds after which no work is begun; what is left counts as unfinished
 */
export async function processBatch(
  records: readonly StreamRecord[],
  deadlineMs: number,
  ports: ProcessPorts,
  settings: ProcessSettings,
): Promise<BatchReport> {
  const meter: CapacityMeter = { readUnits: 0, writeUnits: 0, conflicts: 0, retries: 0 };
  const ledger = new RecordLedger(records.length);
  const tally = { ...emptyTally(), records: records.length };
  const batch: BatchWork = { ports, settings, records, ledger, tally, work: { deadlineMs, meter } };
  const failures: WorkFailure[] = [];
  const devices = new Map<string, DeviceReport>();
  const limit = pLimit(settings.deviceConcurrency);
  const attempt = (deviceId: string | undefined, begin: () => Promise<void>): Promise<void> =>
    limit(async () => {
      if (ports.clock() >= deadlineMs) return;
      try {
        await begin();
      } catch (error) {
        failures.push({ deviceId, error });
      }
    });

  const tasks: Promise<void>[] = [];
  records.forEach((record, index) => {
    if (record.decoded) return;
    ledger.expect([index]);
    tasks.push(attempt(undefined, () => quarantineRecord(record, index, batch)));
  });
  for (const [deviceId, parts] of partsByDevice(records)) {
    ledger.expect(parts.map(({ record }) => record));
    tasks.push(
      attempt(deviceId, async () => {
        const startMs = ports.clock();
        const own = emptyTally();
        const begin = (): Promise<void> => processDevice(deviceId, parts, { ...batch, tally: own });
        try {
          await (ports.surround?.(deviceId, begin) ?? begin());
        } finally {
          devices.set(deviceId, { startMs, endMs: ports.clock(), tally: own });
        }
      }),
    );
  }
  await Promise.all(tasks);
  for (const device of devices.values()) addTally(tally, device.tally);
  const unfinished = ledger.unfinished();
  tally.freshnessMs = freshnessOf(records, new Set(unfinished), ports.clock());
  return {
    unfinished: unfinished.map((index) => sequenceNumberOf(records, index)),
    tally,
    meter,
    failures,
    devices,
  };
}

async function quarantineRecord(
  { origin, detail, payloadBase64 }: StreamRecord & { decoded: false },
  index: number,
  { ports, ledger, tally }: BatchWork,
): Promise<void> {
  await ports.quarantine.put({ reason: 'undecodable', detail, origin, content: { payloadBase64 } });
  tally.recordsQuarantined += 1;
  ledger.finish([index]);
}

/** What each device has in the batch, in the order of the stream. */
function partsByDevice(records: readonly StreamRecord[]): ReadonlyMap<string, readonly DevicePart[]> {
  const devices = new Map<string, (DevicePart & { readonly readings: EnvelopeReading[] })[]>();
  records.forEach((record, index) => {
    if (!record.decoded) return;
    const { readings, receivedAt } = record.envelope;
    for (const reading of readings) {
      const parts = devices.get(reading.deviceId) ?? [];
      devices.set(reading.deviceId, parts);
      const last = parts.at(-1);
      if (last?.record === index) last.readings.push(reading);
      else parts.push({ record: index, receivedAtMs: receivedAt, readings: [reading] });
    }
  });
  return devices;
}

function freshnessOf(
  records: readonly StreamRecord[],
  unfinished: ReadonlySet<number>,
  nowMs: number,
): number | undefined {
  const ages = records.flatMap(({ origin }, index) =>
    unfinished.has(index) ? [] : [nowMs - origin.receivedAtMs],
  );
  return ages.length === 0 ? undefined : ages.reduce((oldest, age) => Math.max(oldest, age), 0);
}

function sequenceNumberOf(records: readonly StreamRecord[], index: number): string {
  const record = records[index];
  if (!record) throw new RangeError(`there is no record ${index}`);
  return record.origin.sequenceNumber;
}
