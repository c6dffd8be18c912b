/** The latest durations, for quantiles of what happened lately. */
export interface LatencyRecord {
  add(durationMs: number): void;
  /** A duration that the given part of them does not exceed, in milliseconds; undefined while there are none. */
  quantile(part: number): number | undefined;
}

const KEPT = 4_096;

export function createLatencyRecord(): LatencyRecord {
  const durations: number[] = [];
  let added = 0;
  return {
    add: (durationMs) => {
      durations[added % KEPT] = durationMs;
      added += 1;
    },
    quantile: (part) => {
      const sorted = [...durations].sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];
    },
  };
}
