import { mergeSummaries, windowAt, type Summary, type Window } from '@weir/aggregation';

/** One metric in one window of one device, as one place in the store knows it. */
export interface WindowPart {
  readonly window: Window;
  /** Version of the whole window, all metrics together: the sum over the blocks in it. */
  readonly version: number;
  /** Undefined where the window holds readings, but none of the metric. */
  readonly summary: Summary | undefined;
}

/** Of each window the newest version that any of the lists has, in time order. Of equal versions the first counts. */
export function newestOf(...lists: readonly (readonly WindowPart[])[]): WindowPart[] {
  const newest = new Map<number, WindowPart>();
  for (const part of lists.flat()) {
    const known = newest.get(part.window.startMs);
    if (known === undefined || part.version > known.version) newest.set(part.window.startMs, part);
  }
  return [...newest.values()].sort((a, b) => a.window.startMs - b.window.startMs);
}

/** Of each window what the first of the lists has that knows it, in time order. */
export function firstOf(...lists: readonly (readonly WindowPart[])[]): WindowPart[] {
  const first = new Map<number, WindowPart>();
  for (const part of lists.flat()) if (!first.has(part.window.startMs)) first.set(part.window.startMs, part);
  return [...first.values()].sort((a, b) => a.window.startMs - b.window.startMs);
}

/**
 * The windows of `lengthMs` that parts make up: summaries folded from the left, versions added up, so that bits and
 * version are those of the rollup that process-fn will write.
 *
 * @param parts in time order, each inside one window
 */
export function joinInto(lengthMs: number, parts: readonly WindowPart[]): WindowPart[] {
  const joined: WindowPart[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before !== undefined && part.window.startMs < before.window.endMs) {
      joined[joined.length - 1] = {
        window: before.window,
        version: before.version + part.version,
        summary: mergePresent(before.summary, part.summary),
      };
    } else {
      joined.push({ ...part, window: windowAt(lengthMs, part.window.startMs) });
    }
  }
  return joined;
}

/** The summary of both, where there are two. */
export function mergePresent(earlier: Summary | undefined, later: Summary | undefined): Summary | undefined {
  if (earlier === undefined || later === undefined) return earlier ?? later;
  return mergeSummaries(earlier, later);
}
