import type { Block, BlockReading } from './block.js';
import { fromDecimalColumn, toDecimalColumn } from './decimal-column.js';
import { BlockDecodeError, type DecodeErrorCode } from './decode-error.js';
import { frame, unframe } from './framed-bytes.js';
import { emptyMetrics } from './metrics.js';
import { packContent, unpackContent } from './packed-content.js';
import { isBlockTime, type Window } from './window.js';

/** The first byte of every encoded block. It changes whenever an older release could not read the rest. */
export const BLOCK_FORMAT_VERSION = 2;

/**
 * One metric: its name, the decimal places of its values (see DecimalColumn), then an entry for each row that has it. A run
 * of rows without it is `[length of the run]`, so that the size follows the number of points, however sparse they are.
 */
type MetricColumn = readonly [name: string, places: number, ...entries: (number | readonly [gap: number])[]];

/**
 * What is packed. A row is a reading. `timestamps` and `receivedAt` are differences from the row before (the first ones
 * from the slot's start), and `revisions` is 0 when every revision is. Columns are sorted by name.
 */
type BlockContent = readonly [
  startMs: number,
  lengthMs: number,
  timestamps: readonly number[],
  receivedAt: readonly number[],
  revisions: readonly number[] | 0,
  columns: readonly MetricColumn[],
];

/** A reading while its metrics are filled in. */
type Row = BlockReading & { readonly metrics: Record<string, number> };

/** A column while it is read: the rows that have the metric, ascending, and the values there. */
interface SparseColumn {
  readonly rows: number[];
  readonly values: number[];
}

/**
 * The bytes of a block: a version byte, its packed columns, and a CRC-32 of both.
 *
 * Equal blocks give equal bytes, those that are deflated with the same build of zlib. Another zlib may deflate the same
 * content differently, so compare blocks of different machines by what they decode to.
 */
export function encodeBlock(block: Block): Uint8Array {
  const { startMs, endMs } = block.slot;
  const timestamps: number[] = [];
  const receivedAt: number[] = [];
  const revisions: number[] = [];
  let timestampMs = startMs;
  let receivedAtMs = startMs;
  for (const reading of block.readings) {
    timestamps.push(reading.timestampMs - timestampMs);
    receivedAt.push(reading.receivedAtMs - receivedAtMs);
    revisions.push(reading.revision);
    timestampMs = reading.timestampMs;
    receivedAtMs = reading.receivedAtMs;
  }
  const content: BlockContent = [
    startMs,
    endMs - startMs,
    timestamps,
    receivedAt,
    revisions.some((revision) => revision !== 0) ? revisions : 0,
    metricColumns(block.readings),
  ];
  return frame(BLOCK_FORMAT_VERSION, packContent(content));
}

/**
 * Reverses {@link encodeBlock}, and accepts only what is a canonical block.
 *
 * @throws BlockDecodeError whatever is wrong with the bytes; no other error is thrown
 */
export function decodeBlock(bytes: Uint8Array): Block {
  const content: unknown = unframe(BLOCK_FORMAT_VERSION, bytes, failure, unpackContent);
  if (!Array.isArray(content) || content.length !== 6) throw invalid('the content is not a block');
  const [startMs, lengthMs, timestamps, receivedAt, revisions, columns] = content as unknown[];
  if (!isBlockTime(startMs) || !isBlockTime(lengthMs) || lengthMs === 0 || !isBlockTime(startMs + lengthMs)) {
    throw invalid('the slot is not an interval');
  }
  const slot = { startMs, endMs: startMs + lengthMs };
  const readings = emptyReadings(slot, timestamps, receivedAt, revisions);
  fillMetrics(readings, columns);
  if (readings.some(({ metrics }) => Object.keys(metrics).length === 0))
    throw invalid('a reading has no metrics');
  requireUniquePoints(readings);
  return { slot, readings };
}

function metricColumns(readings: readonly BlockReading[]): MetricColumn[] {
  const names = new Set<string>();
  for (const { metrics } of readings) for (const name in metrics) names.add(name);
  return [...names].sort().map((name) => metricColumn(name, readings));
}

function metricColumn(name: string, readings: readonly BlockReading[]): MetricColumn {
  const values: number[] = [];
  for (const { metrics } of readings) {
    const value = metrics[name];
    if (value !== undefined) values.push(value);
  }
  const { places, entries } = toDecimalColumn(values);
  const column: [string, number, ...(number | readonly [number])[]] = [name, places];
  let next = 0;
  let gap = 0;
  for (const { metrics } of readings) {
    if (metrics[name] === undefined) gap += 1;
    else {
      if (gap > 0) column.push([gap]);
      column.push(entries[next] as number);
      next += 1;
      gap = 0;
    }
  }
  return column;
}

function emptyReadings(slot: Window, timestamps: unknown, receivedAt: unknown, revisions: unknown): Row[] {
  if (!isWholeList(timestamps) || !isWholeList(receivedAt) || receivedAt.length !== timestamps.length) {
    throw invalid('timestamps and receivedAt are not lists of equal length');
  }
  if (revisions !== 0 && (!isWholeList(revisions) || revisions.length !== timestamps.length)) {
    throw invalid('revisions are not a list of the same length');
  }
  let timestampMs = slot.startMs;
  let receivedAtMs = slot.startMs;
  let before: BlockReading | undefined;
  return timestamps.map((difference, row) => {
    timestampMs += difference;
    receivedAtMs += receivedAt[row] ?? 0;
    const revision = revisions === 0 ? 0 : (revisions[row] ?? 0);
    if (timestampMs < slot.startMs || timestampMs >= slot.endMs)
      throw invalid('a reading is outside the slot');
    if (!isBlockTime(receivedAtMs) || revision < 0) throw invalid('receivedAt or a revision is out of range');
    const reading = { timestampMs, metrics: emptyMetrics(), revision, receivedAtMs };
    if (before && compareReadings(before, reading) >= 0) throw invalid('readings are not in canonical order');
    before = reading;
    return reading;
  });
}

function fillMetrics(readings: readonly Row[], columns: unknown): void {
  if (!Array.isArray(columns)) throw invalid('columns are not a list');
  let before: string | undefined;
  for (const column of columns as unknown[]) {
    if (!Array.isArray(column)) throw invalid('a column is not a list');
    const [name, places, ...entries] = column as unknown[];
    if (typeof name !== 'string' || !isWhole(places)) throw invalid('a column has no name or no places');
    if (before !== undefined && before >= name) throw invalid('columns are not sorted by name');
    before = name;
    const { rows, values } = readColumn(name, places, entries);
    rows.forEach((row, index) => {
      const reading = readings[row];
      const value = values[index];
      if (!reading || value === undefined) throw invalid(`column ${name} is longer than the block`);
      reading.metrics[name] = value;
    });
  }
}

function readColumn(name: string, places: number, spaced: readonly unknown[]): SparseColumn {
  const rows: number[] = [];
  const entries: number[] = [];
  let row = 0;
  for (const entry of spaced) {
    if (typeof entry === 'number') {
      rows.push(row);
      entries.push(entry);
      row += 1;
    } else if (Array.isArray(entry) && entry.length === 1 && isWhole(entry[0]) && entry[0] > 0) {
      row += entry[0];
    } else {
      throw invalid(`column ${name} has an entry that is neither a number nor a gap`);
    }
  }
  if (entries.length === 0) throw invalid(`column ${name} is empty`);
  try {
    return { rows, values: fromDecimalColumn({ places, entries }) };
  } catch (cause) {
    throw invalid(`column ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Readings of one instant must not share a metric: each point occurs once. */
function requireUniquePoints(readings: readonly BlockReading[]): void {
  let timestampMs: number | undefined;
  let seen = new Set<string>();
  let sharing = false;
  readings.forEach((reading, row) => {
    if (reading.timestampMs !== timestampMs) {
      timestampMs = reading.timestampMs;
      sharing = readings[row + 1]?.timestampMs === timestampMs;
      if (sharing) seen = new Set();
    }
    if (!sharing) return;
    for (const name of Object.keys(reading.metrics)) {
      if (seen.has(name)) throw invalid(`a point of metric ${name} occurs twice`);
      seen.add(name);
    }
  });
}

function compareReadings(a: BlockReading, b: BlockReading): number {
  return a.timestampMs - b.timestampMs || a.revision - b.revision || a.receivedAtMs - b.receivedAtMs;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isWholeList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isWhole);
}

function failure(code: DecodeErrorCode, reason: string, options?: ErrorOptions): BlockDecodeError {
  return new BlockDecodeError(code, reason, options);
}

function invalid(reason: string, options?: ErrorOptions): BlockDecodeError {
  return new BlockDecodeError('content_invalid', reason, options);
}
