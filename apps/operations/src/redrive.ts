import { cleanseReading } from '@weir/device-blocks';
import type { DeviceRepository, WorkContext } from '@weir/dynamo-repo';
import {
  packEnvelopes,
  unpackEnvelope,
  type PackedEnvelope,
  type PublishEnvelopes,
} from '@weir/envelope-stream';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import type { Objects } from './objects.js';
import { OperationError } from './operation-error.js';
import type { QuarantinedObject } from './quarantined-object.js';

/** What a redrive needs of the world. */
export interface RedrivePorts {
  readonly quarantine: Objects;
  readonly publish: PublishEnvelopes;
  /** Into how many groups the stage divides its devices. */
  readonly deviceGroups: number;
  readonly devices: Pick<DeviceRepository, 'entries'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly newWork: () => WorkContext;
}

/** What became of one object. */
export interface RedriveOutcome {
  readonly key: string;
  readonly reason: QuarantinedObject['reason'];
  /** `redriven`: in the stream, and no longer in the quarantine. `possible`: would be, without `dryRun`. */
  readonly result: 'redriven' | 'possible' | 'refused';
  /** Why it was refused. */
  readonly detail?: string;
}

export interface RedriveOptions {
  readonly dryRun: boolean;
  /** Put back even what will be refused again. */
  readonly force: boolean;
}

/** How long Kinesis is tried for one object. */
const PUBLISH_MS_MAX = 60_000;

/**
 * Puts an object of the quarantine back into the stream, under the time at which it was received, so that it counts
 * against other readings as it would have then. The object is deleted only after Kinesis has acknowledged all of it; a crash
 * in between leaves it to be redriven again, which changes nothing.
 *
 * @throws OperationError when Kinesis did not take all of it; the object is still there
 */
export async function redriveObject(
  object: QuarantinedObject,
  { dryRun, force }: RedriveOptions,
  ports: RedrivePorts,
): Promise<RedriveOutcome> {
  const { key, reason } = object;
  const refusal = force ? undefined : await refusalOf(object, ports);
  if (refusal !== undefined) return { key, reason, result: 'refused', detail: refusal };
  if (dryRun) return { key, reason, result: 'possible' };
  const { failed } = await ports.publish(
    recordsOf(object, ports.deviceGroups),
    ports.clock() + PUBLISH_MS_MAX,
  );
  if (failed > 0) {
    throw new OperationError(`Kinesis did not take ${failed} of the records of ${key}; the object was kept.`);
  }
  await ports.quarantine.delete(key);
  return { key, reason, result: 'redriven' };
}

function recordsOf(
  { content, receivedAtMs }: QuarantinedObject,
  deviceGroups: number,
): readonly PackedEnvelope[] {
  if (content.kind === 'records') return content.records;
  const context = { receivedAt: receivedAtMs, requestId: content.requestId };
  return packEnvelopes(content.readings, context, deviceGroups);
}

/** Why an object would be back in the quarantine at once, or undefined where it may succeed. */
async function refusalOf(object: QuarantinedObject, ports: RedrivePorts): Promise<string | undefined> {
  const { content, reason } = object;
  if (reason === 'block_expired') {
    return 'the block has expired: rebuild its window from the archive with weir verify --repair';
  }
  if (reason === 'block_full') return 'the block is full, and a block never becomes smaller';
  if (content.kind === 'readings') return rejectionOf(content.readings, ports);
  if (reason !== 'undecodable') return undefined;
  const [record] = content.records;
  try {
    unpackEnvelope(record?.data ?? new Uint8Array());
    return undefined;
  } catch (error) {
    return `it still is no envelope: ${(error as Error).message}`;
  }
}

/** What the registry says now, if it lets nothing of the readings through. */
async function rejectionOf(
  readings: readonly EnvelopeReading[],
  { devices, newWork }: RedrivePorts,
): Promise<string | undefined> {
  let detail: string | undefined;
  for (const reading of readings) {
    const { metrics, rejected } = cleanseReading(reading, await devices.entries(reading.deviceId, newWork()));
    if (Object.keys(metrics).length > 0) return undefined;
    detail ??= rejected[0]?.detail;
  }
  return detail === undefined ? 'it holds no reading' : `the registry still refuses it: ${detail}`;
}
