import { unpackEnvelope } from '@weir/envelope-stream';
import type { EnvelopeReading } from '@weir/telemetry-schema';
import type { Objects } from './objects.js';
import {
  INVOCATION_RECORD_PREFIX,
  readQuarantinedObject,
  type ObjectReason,
  type QuarantinedObject,
} from './quarantined-object.js';

/** Which objects of the quarantine are meant. What is absent does not matter. */
export interface QuarantineFilter {
  readonly reason?: ObjectReason;
  readonly deviceId?: string;
  /** By the time of receipt, from inclusive, to exclusive. Epoch milliseconds. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** The objects of the quarantine that match, in the order of their keys. Objects that vanish meanwhile are left out. */
export async function* quarantinedObjects(
  quarantine: Objects,
  filter: QuarantineFilter,
): AsyncGenerator<QuarantinedObject> {
  for (const prefix of prefixesOf(filter.reason)) {
    for await (const { key } of quarantine.list(prefix)) {
      if (!mayMatch(key, filter)) continue;
      const body = await quarantine.get(key);
      if (body === undefined) continue;
      const object = readQuarantinedObject(key, body);
      if (matches(object, filter)) yield object;
    }
  }
}

/** The readings of an object, as far as its records can be decoded. */
export function readingsIn({ content }: QuarantinedObject): readonly EnvelopeReading[] {
  if (content.kind === 'readings') return content.readings;
  return content.records.flatMap(({ data }) => {
    try {
      return unpackEnvelope(data).readings;
    } catch {
      return [];
    }
  });
}

function prefixesOf(reason: ObjectReason | undefined): readonly string[] {
  if (reason === undefined) return [INVOCATION_RECORD_PREFIX, 'reason='];
  return [reason === 'batch_failed' ? INVOCATION_RECORD_PREFIX : `reason=${reason}/`];
}

/** Spares a read where the key, `reason=…/<yyyy>/<mm>/<dd>/…`, has a day of receipt that lies outside. */
function mayMatch(key: string, { fromMs = -Infinity, toMs = Infinity }: QuarantineFilter): boolean {
  const [, year, month, day] = /^reason=[^/]+\/(\d{4})\/(\d\d)\/(\d\d)\//.exec(key) ?? [];
  if (year === undefined) return true;
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return dayMs < toMs && dayMs + 86_400_000 > fromMs;
}

function matches(
  object: QuarantinedObject,
  { deviceId, fromMs = -Infinity, toMs = Infinity }: QuarantineFilter,
) {
  if (object.receivedAtMs < fromMs || object.receivedAtMs >= toMs) return false;
  return deviceId === undefined || readingsIn(object).some((reading) => reading.deviceId === deviceId);
}
