import { windowAt, type BlockReading, type Window } from '@weir/aggregation';
import type { StoredBlock, WindowSource } from '@weir/dynamo-repo';
import { formatRfc3339 } from '@weir/telemetry-schema';
import type { Schemas } from './contract.js';
import { requireListed } from './device-registry.js';

export interface ReadingQuery {
  readonly deviceId: string;
  /** Only this metric; readings without it are left out. */
  readonly metric?: string;
  readonly order: 'asc' | 'desc';
  /** What is still to be listed. */
  readonly range: Window;
  readonly limit: number;
}

export interface ReadingList {
  readonly page: Schemas['ReadingPage'];
  /** Timestamp to go on with, included; undefined on the last page. */
  readonly nextMs: number | undefined;
}

interface Item {
  readonly timestampMs: number;
  readonly metrics: Schemas['StoredReading']['metrics'];
}

/** What a block holds as a rule, until the first read tells. */
const READINGS_A_BLOCK = 120;
const BLOCKS_A_READ_LEAST = 4;
/** With one more, which tells whether there is another page, as many as one request brings. */
const BLOCKS_A_READ_MAX = 99;
/** A page of a metric that is rare ends here, short, with a cursor. */
const BLOCKS_A_PAGE_MAX = 512;
/** Lambda answers with 6 MB at most (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;
const READING_BYTES = 64;
const VALUE_BYTES = 32;

/**
 * Readings as they are stored, one item an instant, as long as their blocks are kept.
 *
 * @throws ProblemError `device_not_found` for a device that neither is registered nor has sent anything
 */
export async function listReadings(query: ReadingQuery, source: WindowSource): Promise<ReadingList> {
  const { deviceId } = query;
  const { repositories, work } = source;
  const { items, nextMs, hasBlocks } = await readPage(query, source);
  if (!hasBlocks) await requireListed(deviceId, repositories, work);
  return {
    page: {
      deviceId,
      items: items.map(({ timestampMs, metrics }) => ({ timestamp: formatRfc3339(timestampMs), metrics })),
    },
    nextMs,
  };
}

async function readPage(
  query: ReadingQuery,
  { repositories, work, blockMs }: WindowSource,
): Promise<Pick<ReadingList, 'nextMs'> & { items: readonly Item[]; hasBlocks: boolean }> {
  const { deviceId, range, order, limit } = query;
  const slots = { fromMs: windowAt(blockMs, range.startMs).startMs, toMs: range.endMs, order };
  const items: Item[] = [];
  let sizeBytes = 0;
  let afterMs: number | undefined;
  let blocksRead = 0;
  const pageTo = (nextMs: number | undefined) => ({ items, nextMs, hasBlocks: blocksRead > 0 });
  do {
    if (blocksRead >= BLOCKS_A_PAGE_MAX && afterMs !== undefined) {
      return pageTo(order === 'asc' ? afterMs + blockMs : afterMs - 1);
    }
    const blocks = blocksToRead(limit - items.length, items.length, blocksRead);
    const page = await repositories.blocks.range(deviceId, { ...slots, limit: blocks, afterMs }, work);
    blocksRead += page.blocks.length;
    for (const item of page.blocks.flatMap((stored) => itemsOf(stored, query))) {
      sizeBytes += sizeOf(item);
      const full = items.length === limit || (items.length > 0 && sizeBytes > PAGE_BYTES_MAX);
      if (full) return pageTo(item.timestampMs);
      items.push(item);
    }
    afterMs = page.nextAfterMs;
  } while (afterMs !== undefined);
  return pageTo(undefined);
}

/** As many blocks as the missing items will take, as far as those tell that were read. */
function blocksToRead(missing: number, items: number, blocksRead: number): number {
  const itemsABlock = blocksRead === 0 ? READINGS_A_BLOCK : items / blocksRead;
  const blocks = Math.max(BLOCKS_A_READ_LEAST, Math.ceil((missing + 1) / itemsABlock));
  return Math.min(blocks, BLOCKS_A_READ_MAX, BLOCKS_A_PAGE_MAX - blocksRead);
}

/** The instants of a block that lie in the range and have the metric, in the order asked for. */
function itemsOf({ block }: StoredBlock, { range, metric, order }: ReadingQuery): Item[] {
  const items: Item[] = [];
  for (const readings of byInstant(block.readings)) {
    const timestampMs = readings[0]?.timestampMs ?? NaN;
    if (!(timestampMs >= range.startMs && timestampMs < range.endMs)) continue;
    const values = readings
      .flatMap(({ metrics }) => Object.entries(metrics))
      .filter(([name]) => metric === undefined || name === metric)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    if (values.length > 0) items.push({ timestampMs, metrics: Object.fromEntries(values) });
  }
  return order === 'asc' ? items : items.reverse();
}

/** A block may hold several readings of one instant, with different metrics: they were sent apart. */
function byInstant(readings: readonly BlockReading[]): BlockReading[][] {
  const groups: BlockReading[][] = [];
  for (const reading of readings) {
    const group = groups.at(-1);
    if (group?.[0]?.timestampMs === reading.timestampMs) group.push(reading);
    else groups.push([reading]);
  }
  return groups;
}

/** No less than the item takes in an answer. */
function sizeOf({ metrics }: Item): number {
  return Object.keys(metrics).reduce((sum, metric) => sum + metric.length + VALUE_BYTES, READING_BYTES);
}
