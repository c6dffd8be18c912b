import { readArchivedObject } from '@weir/envelope-stream';
import type { Envelope } from '@weir/telemetry-schema';
import type { Objects } from './objects.js';

/** Times of receipt, from inclusive, to exclusive. Epoch milliseconds. */
export interface ReceiptRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An object of the archive and what of it was asked for. */
export interface ScannedObject {
  readonly key: string;
  readonly envelopes: readonly Envelope[];
}

const PREFIX = 'envelopes/';
const HOUR_MS = 3_600_000;

/**
 * Objects are named for the hour in which the oldest of their records arrived in the stream. That is up to a quarter of an hour
 * before the others (Firehose buffers no longer), and clocks differ a little, so the hour before is looked through as well.
 */
const EARLIER_MS = HOUR_MS;

/**
 * Keys of the objects that may hold envelopes received in a range, oldest first. Listed at once, so that what is put back
 * into the stream meanwhile, and archived again, is not among them.
 *
 * @param after only keys after this one, to go on where another scan ended
 */
export async function archivedKeys(
  archive: Objects,
  { fromMs, toMs }: ReceiptRange,
  after = '',
): Promise<string[]> {
  const first = hourPrefix(fromMs - EARLIER_MS);
  // Clocks may also be ahead; the envelopes themselves decide.
  const end = toMs === Infinity ? `${PREFIX}~` : hourPrefix(toMs + 2 * HOUR_MS);
  const keys: string[] = [];
  for await (const { key } of archive.list(PREFIX, after > first ? after : first)) {
    if (key >= end) break;
    keys.push(key);
  }
  return keys;
}

/** What of each object was received in the range. Objects without any are left out. */
export async function* scanArchive(
  archive: Objects,
  keys: readonly string[],
  { fromMs, toMs }: ReceiptRange,
): AsyncGenerator<ScannedObject> {
  for (const key of keys) {
    const body = await archive.get(key);
    if (body === undefined) continue;
    const { envelopes } = readArchivedObject(body);
    const received = envelopes.filter(({ receivedAt }) => receivedAt >= fromMs && receivedAt < toMs);
    if (received.length > 0) yield { key, envelopes: received };
  }
}

/** `envelopes/yyyy/MM/dd/HH/`, the prefix of the UTC hour; times before 1970 count as 1970. */
function hourPrefix(timeMs: number): string {
  const hour = new Date(Math.max(timeMs, 0)).toISOString();
  return `${PREFIX}${hour.slice(0, 10).replaceAll('-', '/')}/${hour.slice(11, 13)}/`;
}
