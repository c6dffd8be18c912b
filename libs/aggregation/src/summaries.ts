import type { Block } from './block.js';
import { mergeSummaries, summarise, type Summary, type TimedValue } from './summary.js';
import { windowAt, type Window } from './window.js';

/** One summary for each metric of one window of one device, in the order of the metrics' names. */
export type Summaries = ReadonlyMap<string, Summary>;

/** The summary of each metric of a block. */
export function summariseBlock(block: Block): Summaries {
  const series = new Map<string, TimedValue[]>();
  for (const { timestampMs, metrics } of block.readings) {
    for (const [metric, value] of Object.entries(metrics)) {
      const values = series.get(metric);
      if (values) values.push({ timestampMs, value });
      else series.set(metric, [{ timestampMs, value }]);
    }
  }
  const summaries = new Map<string, Summary>();
  for (const [metric, values] of series) summaries.set(metric, summarise(values));
  return sortByName(summaries);
}

/**
 * The summaries of one metric of a block over the windows of `lengthMs` that hold a value, in time order.
 *
 * A window that reaches beyond the block is summarised from the values inside it only.
 *
 * @param lengthMs a positive whole number of milliseconds, such as `RESOLUTION_MS['1m']`
 * @throws RangeError when `lengthMs` is not as described
 */
export function summariseWindows(
  block: Block,
  metric: string,
  lengthMs: number,
): { window: Window; summary: Summary }[] {
  const windows: { window: Window; values: TimedValue[] }[] = [];
  for (const { timestampMs, metrics } of block.readings) {
    if (!Object.hasOwn(metrics, metric)) continue;
    const value = metrics[metric];
    if (value === undefined) continue;
    const current = windows.at(-1);
    if (current && timestampMs < current.window.endMs) current.values.push({ timestampMs, value });
    else windows.push({ window: windowAt(lengthMs, timestampMs), values: [{ timestampMs, value }] });
  }
  return windows.map(({ window, values }) => ({ window, summary: summarise(values) }));
}

/**
 * The summaries of a window from those of its parts, folded from the left by `mergeSummaries`.
 *
 * Give the parts in time order and split at the same places, and the result is reproducible to the last bit. A metric need
 * not be in every part. No parts give no summaries.
 */
export function foldSummaries(inTimeOrder: Iterable<Summaries>): Summaries {
  const folded = new Map<string, Summary>();
  for (const part of inTimeOrder) {
    for (const [metric, summary] of part) {
      const before = folded.get(metric);
      folded.set(metric, before ? mergeSummaries(before, summary) : summary);
    }
  }
  return sortByName(folded);
}

/** By code units, so that the order does not depend on a locale. */
function sortByName(summaries: ReadonlyMap<string, Summary>): Summaries {
  return new Map([...summaries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
