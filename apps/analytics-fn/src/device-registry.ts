import { isDeepStrictEqual } from 'node:util';
import type { DeviceEntry, MetricDefinition, Repositories, WorkContext } from '@weir/dynamo-repo';
import { ProblemError, formatRfc3339 } from '@weir/telemetry-schema';
import type { Schemas } from './contract.js';
import type { DeviceUpdate } from './device-update.js';

/**
 * What has an entry, deleted or not, or a block is in the directory. So this is to be asked only about a device that seems to
 * have neither.
 *
 * @throws ProblemError `device_not_found` for a device that neither is registered nor has ever sent anything
 */
export async function requireListed(
  deviceId: string,
  { devices }: Repositories,
  work: WorkContext,
): Promise<void> {
  if ((await devices.directoryEntry(deviceId, work)) === undefined)
    throw new ProblemError('device_not_found');
}

/** The unit of a metric as last registered. */
export function unitOf(entries: readonly DeviceEntry[], metric: string): string | undefined {
  const metrics = entries.at(-1)?.metrics ?? {};
  return Object.hasOwn(metrics, metric) ? metrics[metric]?.unit : undefined;
}

/**
 * The newest entry of a device.
 *
 * @param earliestMs from when on an entry put now would hold
 * @throws ProblemError `device_not_found` where the device was never registered, or its registration is deleted
 */
export async function getDevice(
  deviceId: string,
  earliestMs: number,
  { devices }: Repositories,
  work: WorkContext,
): Promise<Schemas['Device']> {
  const newest = newestEntry(await devices.entries(deviceId, work), earliestMs);
  if (newest === undefined || newest.deleted === true) throw new ProblemError('device_not_found');
  return contractDevice(newest);
}

/** Replaces the entry of a device from `effectiveFromMs` on, entries that were scheduled for later included. */
export async function putDevice(
  deviceId: string,
  update: DeviceUpdate,
  { devices }: Repositories,
  work: WorkContext,
): Promise<Schemas['Device']> {
  const entry = { deviceId, ...update };
  await putFrom(entry, await devices.entries(deviceId, work), { devices }, work);
  return contractDevice(entry);
}

/**
 * Takes a device out of the registry and its site: readings measured from `earliestMs` on are neither converted nor checked.
 *
 * @throws ProblemError `device_not_found` where it is not registered
 */
export async function deleteDevice(
  deviceId: string,
  earliestMs: number,
  { devices }: Repositories,
  work: WorkContext,
): Promise<void> {
  const entries = await devices.entries(deviceId, work);
  const newest = entries.at(-1);
  if (newest === undefined || newest.deleted === true) throw new ProblemError('device_not_found');
  await putFrom({ deviceId, effectiveFromMs: earliestMs, deleted: true }, entries, { devices }, work);
}

/**
 * Writes an entry, and the same content in place of every later one: what is said last holds. The latest goes last, as the
 * directory shows it; where this ends early, saying the same again finishes it.
 */
async function putFrom(
  entry: DeviceEntry,
  entries: readonly DeviceEntry[],
  { devices }: Pick<Repositories, 'devices'>,
  work: WorkContext,
): Promise<void> {
  await devices.putEntry(entry, work);
  for (const { effectiveFromMs } of entries) {
    if (effectiveFromMs > entry.effectiveFromMs) await devices.putEntry({ ...entry, effectiveFromMs }, work);
  }
}

/** The last entry said; where it also stands in place of a scheduled one, the one from which it holds. */
function newestEntry(entries: readonly DeviceEntry[], earliestMs: number): DeviceEntry | undefined {
  let newest = entries.at(-1);
  for (const entry of entries.toReversed().slice(1)) {
    if (newest === undefined || newest.effectiveFromMs <= earliestMs) break;
    if (!isDeepStrictEqual(contentOf(entry), contentOf(newest))) break;
    newest = entry;
  }
  return newest;
}

function contentOf(entry: DeviceEntry): unknown {
  return JSON.parse(JSON.stringify({ ...entry, effectiveFromMs: undefined }));
}

function contractDevice({
  deviceId,
  siteId,
  model,
  labels,
  metrics,
  effectiveFromMs,
}: DeviceEntry): Schemas['Device'] {
  return {
    deviceId,
    siteId,
    model,
    labels: labels && { ...labels },
    metrics: metrics && contractMetrics(metrics),
    effectiveFrom: formatRfc3339(effectiveFromMs),
  };
}

/** The contract's defaults stand in an answer, so that nobody who reads it has to know them. */
function contractMetrics(
  metrics: Readonly<Record<string, MetricDefinition>>,
): Record<string, Schemas['MetricDefinition']> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, definition]) => [name, { scale: 1, offset: 0, ...definition }]),
  );
}
