import { SummaryDecodeError, type DecodeErrorCode } from './decode-error.js';
import { packJson, unpackJson } from './deflated-json.js';
import { SKETCH_BINS_MAX, SKETCH_LEVEL_MAX, countOf, isKeyAt, type Sketch } from './sketch.js';
import { isSumSafe, totalsFromMean, totalsFromSum, type Summary } from './summary.js';
import type { Summaries } from './summaries.js';

/** The first byte of all encoded summaries. It changes whenever an older release could not read the rest. */
export const SUMMARY_FORMAT_VERSION = 1;

/**
 * `[level, first key, …]`, then for each bin its count. A negative number -g says that g empty bins come before the next
 * one; neighbouring bins, which are the rule, cost nothing but their counts.
 */
type SketchColumn = readonly number[];

/**
 * The JSON under the deflation: columns, with an entry for each metric, sorted by name. `totals` are sums, or means where
 * the sum could overflow (see Summary): the one follows from the other. Instants are differences, as those of one device's
 * metrics mostly agree: `firstAt` from the metric before, `lastFor` from the metric's own first instant.
 */
type SummariesContent = readonly [
  names: readonly string[],
  counts: readonly number[],
  totals: readonly number[],
  deviations: readonly number[],
  minima: readonly number[],
  maxima: readonly number[],
  firstAt: readonly number[],
  firstValues: readonly number[],
  lastFor: readonly number[],
  lastValues: readonly number[],
  sketches: readonly SketchColumn[],
];

const COLUMNS = 11;

/**
 * The bytes of the summaries of one window: a version byte, deflated canonical JSON in columns, and a CRC-32 of both.
 *
 * Equal summaries give equal bytes with the same build of zlib, whatever the order of the map.
 */
export function encodeSummaries(summaries: Summaries): Uint8Array {
  const entries = [...summaries].sort(([a], [b]) => (a < b ? -1 : 1));
  const each = <T>(column: (summary: Summary) => T): T[] => entries.map(([, summary]) => column(summary));
  let before = 0;
  const content: SummariesContent = [
    entries.map(([name]) => name),
    each(({ count }) => count),
    each(({ count, min, max, sum, mean }) => (isSumSafe(count, min, max) ? sum : mean)),
    each(({ deviation }) => deviation),
    each(({ min }) => min),
    each(({ max }) => max),
    each(({ first }) => {
      const difference = first.timestampMs - before;
      before = first.timestampMs;
      return difference;
    }),
    each(({ first }) => first.value),
    each(({ first, last }) => last.timestampMs - first.timestampMs),
    each(({ last }) => last.value),
    each(({ sketch }) => sketchColumn(sketch)),
  ];
  return packJson(SUMMARY_FORMAT_VERSION, content);
}

/**
 * Reverses {@link encodeSummaries}, and accepts only what can be the summaries of values.
 *
 * @throws SummaryDecodeError whatever is wrong with the bytes; no other error is thrown
 */
export function decodeSummaries(bytes: Uint8Array): Summaries {
  const content = unpackJson(SUMMARY_FORMAT_VERSION, bytes, failure);
  if (!Array.isArray(content) || content.length !== COLUMNS || !content.every(Array.isArray)) {
    throw invalid('the content is not a list of columns');
  }
  const [names, ...columns] = content as unknown[][];
  const sketches = columns.pop();
  if (!names || !sketches || !names.every((name) => typeof name === 'string'))
    throw invalid('a name is not a text');
  if ([...columns, sketches].some(({ length }) => length !== names.length)) {
    throw invalid('the columns differ in length');
  }
  const summaries = new Map<string, Summary>();
  let firstAtMs = 0;
  names.forEach((name, row) => {
    const before = names[row - 1];
    if (before !== undefined && before >= name) throw invalid('metrics are not sorted by name');
    const numbers = columns.map((column) => finite(name, column[row]));
    firstAtMs += numbers[5] ?? 0;
    summaries.set(name, readSummary(name, numbers, firstAtMs, readSketch(name, sketches[row])));
  });
  return summaries;
}

/** `numbers` are the columns between the name and the sketch. */
function readSummary(name: string, numbers: readonly number[], firstAtMs: number, sketch: Sketch): Summary {
  const [
    count = 0,
    total = 0,
    deviation = 0,
    min = 0,
    max = 0,
    ,
    firstValue = 0,
    lastForMs = 0,
    lastValue = 0,
  ] = numbers;
  if (!Number.isSafeInteger(count) || count !== countOf(sketch)) throw invalid(`${name}: counts disagree`);
  const inRange = (value: number): boolean => value >= min && value <= max;
  if (!inRange(firstValue) || !inRange(lastValue) || deviation < 0)
    throw invalid(`${name}: a value is out of range`);
  const lastAtMs = firstAtMs + lastForMs;
  if (!Number.isSafeInteger(firstAtMs) || !Number.isSafeInteger(lastAtMs) || lastForMs < 0) {
    throw invalid(`${name}: an instant is out of range`);
  }
  const totals = isSumSafe(count, min, max) ? totalsFromSum : totalsFromMean;
  return {
    count,
    min,
    max,
    ...totals(total, count, min, max),
    deviation,
    first: { timestampMs: firstAtMs, value: firstValue },
    last: { timestampMs: lastAtMs, value: lastValue },
    sketch,
  };
}

function sketchColumn(sketch: Sketch): SketchColumn {
  const first = sketch.keys[0] ?? 0;
  const column = [sketch.level, first];
  let expected = first;
  sketch.keys.forEach((key, bin) => {
    if (key > expected) column.push(expected - key);
    column.push(sketch.counts[bin] ?? 0);
    expected = key + 1;
  });
  return column;
}

function readSketch(name: string, column: unknown): Sketch {
  if (!Array.isArray(column)) throw invalid(`${name}: the sketch is not a list`);
  const [level = 0, first = 0, ...bins] = column.map((entry) => finite(name, entry));
  if (!Number.isInteger(level) || level < 0 || level > SKETCH_LEVEL_MAX)
    throw invalid(`${name}: no such sketch level`);
  const keys: number[] = [];
  const counts: number[] = [];
  let key = first;
  let afterGap = true;
  for (const entry of bins) {
    if (!Number.isSafeInteger(entry) || entry === 0 || (entry < 0 && afterGap)) {
      throw invalid(`${name}: the sketch has a bin that is neither a count nor a gap`);
    }
    afterGap = entry < 0;
    if (afterGap) key -= entry;
    else {
      if (!isKeyAt(key, level)) throw invalid(`${name}: the sketch has a bin beyond the numbers`);
      keys.push(key);
      counts.push(entry);
      key += 1;
    }
  }
  if (afterGap || keys.length > SKETCH_BINS_MAX)
    throw invalid(`${name}: the sketch has too few or too many bins`);
  return { level, keys, counts };
}

function finite(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw invalid(`${name}: a number is missing or not finite`);
  return value + 0;
}

function failure(code: DecodeErrorCode, reason: string, options?: ErrorOptions): SummaryDecodeError {
  return new SummaryDecodeError(code, reason, options);
}

function invalid(reason: string): SummaryDecodeError {
  return failure('content_invalid', reason);
}
